public import Schema

/// An entry as it comes from an LDIF file or another source, and as export gives it back.
public struct EntryRecord: Sendable {
    /// The distinguished name, as given.
    public var dn: DistinguishedName
    /// The attributes, each once, in the order they are returned in.
    public var attributes: [EntryAttribute]

    /// An entry.
    public init(dn: DistinguishedName, attributes: [EntryAttribute]) {
        self.dn = dn
        self.attributes = attributes
    }

    /// The values of an attribute, by exactly this description; empty when the entry does not have it.
    public func values(of description: AttributeDescription) -> [[UInt8]] {
        attributes.first { $0.description == description }?.values ?? []
    }
}

/// One attribute of an entry: its description and its values, octet for octet as given; never without values.
public struct EntryAttribute: Sendable, Hashable {
    /// Type and options.
    public var description: AttributeDescription
    /// The values, in the order they are returned in.
    public var values: [[UInt8]]

    /// An attribute.
    public init(description: AttributeDescription, values: [[UInt8]]) {
        self.description = description
        self.values = values
    }
}

/// The place of an entry in its segment: its ordinal in the order of DIT keys.
public typealias EntryID = UInt32

/// What a search must know of an entry before it reads it.
public struct EntryFlags: OptionSet, Sendable, Hashable {
    /// The bits, as stored.
    public let rawValue: UInt8
    /// Flags from stored bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// An alias entry (RFC 4512 section 2.6).
    public static let alias = EntryFlags(rawValue: 1)
    /// A referral object (RFC 3296).
    public static let referral = EntryFlags(rawValue: 2)
    /// A subentry (RFC 3672).
    public static let subentry = EntryFlags(rawValue: 4)
    /// Made because an entry below it was given without it.
    public static let glue = EntryFlags(rawValue: 8)
}
