import BER

/// A request to change an entry (RFC 4511 §4.6).
public struct ModifyRequest: Sendable, Equatable {
    /// The entry, an LDAPDN.
    public var entry: String
    /// The changes, in order; all of them happen or none.
    public var changes: [Change]

    /// One change.
    public struct Change: Sendable, Equatable {
        /// What to do with the values.
        public var kind: Kind
        /// The attribute and the values.
        public var attribute: PartialAttribute

        /// What a change does.
        public enum Kind: Int64, Sendable, CaseIterable {
            /// Adds the values.
            case add = 0
            /// Removes the values, or all of them where none are named.
            case delete = 1
            /// Puts the values in the place of all there are.
            case replace = 2
            /// Adds a number (RFC 4525).
            case increment = 3
        }

        /// A change of its parts.
        public init(_ kind: Kind, _ attribute: PartialAttribute) {
            self.kind = kind
            self.attribute = attribute
        }

        @_lifetime(list: copy list)
        init(_ list: inout ElementReader) throws(LDAPDecodingError) {
            var change = try list.constructed(BERTag.sequence)
            let kind = Kind(rawValue: try change.enumerated())
            attribute = try PartialAttribute(&change)
            try change.ignoreRest()
            guard let kind else { throw .protocolError(list.messageID, "a modification of an unknown kind") }
            self.kind = kind
        }
    }

    /// A request of its parts.
    public init(entry: String, changes: [Change]) {
        self.entry = entry
        self.changes = changes
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(entry)
        let list = writer.begin(BERTag.sequence)
        for change in changes {
            let mark = writer.begin(BERTag.sequence)
            writer.enumerated(change.kind.rawValue)
            change.attribute.encode(into: &writer)
            writer.end(mark)
        }
        writer.end(list)
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        entry = try body.string()
        var list = try body.constructed(BERTag.sequence)
        changes = []
        while !list.isAtEnd { changes.append(try Change(&list)) }
    }
}

/// A request for a new entry (RFC 4511 §4.7).
public struct AddRequest: Sendable, Equatable {
    /// The new entry's name, an LDAPDN.
    public var entry: String
    /// Its attributes.
    public var attributes: [PartialAttribute]

    /// A request of its parts.
    public init(entry: String, attributes: [PartialAttribute]) {
        self.entry = entry
        self.attributes = attributes
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(entry)
        writer.attributes(attributes)
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        entry = try body.string()
        attributes = try body.attributes()
    }
}

/// A request for another name or place (RFC 4511 §4.9).
public struct ModifyDNRequest: Sendable, Equatable {
    /// The entry, an LDAPDN.
    public var entry: String
    /// Its new RDN.
    public var newRDN: String
    /// Whether the values of the old RDN go.
    public var deletesOldRDN: Bool
    /// The entry to be below; nil to stay where it is.
    public var newSuperior: String?

    /// A request of its parts.
    public init(entry: String, newRDN: String, deletesOldRDN: Bool, newSuperior: String? = nil) {
        self.entry = entry
        self.newRDN = newRDN
        self.deletesOldRDN = deletesOldRDN
        self.newSuperior = newSuperior
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(entry)
        writer.octetString(newRDN)
        writer.boolean(deletesOldRDN)
        if let newSuperior { writer.octetString(newSuperior, tag: Tag.newSuperior) }
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        entry = try body.string()
        newRDN = try body.string()
        deletesOldRDN = try body.boolean()
        newSuperior = try body.optionalString(Tag.newSuperior)
    }
}
