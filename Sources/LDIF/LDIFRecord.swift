/// One record of an LDIF file with its values copied out: for change records, tests and tools.
///
/// An import reads `LDIFReader`'s fields instead, which copy nothing.
public struct LDIFRecord: Sendable, Equatable {
    /// The entry's name as given.
    public var dn: [UInt8]
    /// The line `dn:` stands on; not part of equality.
    public var line: Int
    /// The controls of a change record.
    public var controls: [LDIFControl]
    /// What the record says of the entry.
    public var change: LDIFChange

    /// A record made by hand.
    public init(dn: [UInt8], line: Int = 0, controls: [LDIFControl] = [], change: LDIFChange) {
        self.dn = dn
        self.line = line
        self.controls = controls
        self.change = change
    }

    /// Whether name, controls and change are the same; the line does not count.
    public static func == (left: LDIFRecord, right: LDIFRecord) -> Bool {
        left.dn == right.dn && left.controls == right.controls && left.change == right.change
    }
}

/// What a record says of its entry (RFC 2849, "Formal Syntax Definition of LDIF").
public enum LDIFChange: Sendable, Equatable {
    /// A content record: the entry is this.
    case content([LDIFValue])
    /// `changetype: add`.
    case add([LDIFValue])
    /// `changetype: delete`.
    case delete
    /// `changetype: modify`, in the order of the file.
    case modify([LDIFModification])
    /// `changetype: modrdn` or `moddn`.
    case rename(newRDN: [UInt8], deleteOldRDN: Bool, newSuperior: [UInt8]?)
}

/// An attribute description and one value of it.
public struct LDIFValue: Sendable, Equatable {
    /// The attribute description as given.
    public var name: [UInt8]
    /// The value's octets.
    public var value: [UInt8]
    /// The line it stands on; not part of equality.
    public var line: Int

    /// A value made by hand.
    public init(name: [UInt8], value: [UInt8], line: Int = 0) {
        self.name = name
        self.value = value
        self.line = line
    }

    /// Whether name and value are the same octets.
    public static func == (left: LDIFValue, right: LDIFValue) -> Bool {
        left.name == right.name && left.value == right.value
    }
}

/// One `mod-spec` of a modify record.
public struct LDIFModification: Sendable, Equatable {
    /// What is done with the values.
    public enum Kind: String, Sendable {
        /// Values that are added.
        case add
        /// Values that go; all of them where none is listed.
        case delete
        /// Values that are put in place of all others; none removes the attribute.
        case replace
    }

    /// What is done.
    public var kind: Kind
    /// The attribute description as given.
    public var name: [UInt8]
    /// The values' octets.
    public var values: [LDIFValue]
    /// The line of `add:`, `delete:` or `replace:`; not part of equality.
    public var line: Int

    /// A modification made by hand.
    public init(kind: Kind, name: [UInt8], values: [LDIFValue], line: Int = 0) {
        self.kind = kind
        self.name = name
        self.values = values
        self.line = line
    }

    /// Whether kind, name and values are the same.
    public static func == (left: LDIFModification, right: LDIFModification) -> Bool {
        left.kind == right.kind && left.name == right.name && left.values == right.values
    }
}

/// One `control:` line of a change record (RFC 4511 section 4.1.11).
public struct LDIFControl: Sendable, Equatable {
    /// The control's object identifier.
    public var oid: String
    /// Whether the change must not be made without it.
    public var isCritical: Bool
    /// Its value, where one is given.
    public var value: [UInt8]?

    /// A control made by hand.
    public init(oid: String, isCritical: Bool = false, value: [UInt8]? = nil) {
        self.oid = oid
        self.isCritical = isCritical
        self.value = value
    }
}
