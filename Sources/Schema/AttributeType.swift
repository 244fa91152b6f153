/// Which attribute type it is in its schema: an index into `Schema.attributeTypes`.
///
/// IDs stay what they are when definitions are added to a schema; they mean nothing in files, which name types.
public struct AttributeTypeID: Hashable, Comparable, Sendable {
    /// The index.
    public let rawValue: UInt32

    /// The ID with this index.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The index, for subscripts.
    public var index: Int { Int(rawValue) }

    /// By index.
    public static func < (left: AttributeTypeID, right: AttributeTypeID) -> Bool { left.rawValue < right.rawValue }
}

/// An attribute type (RFC 4512 section 2.5.1) with its superiors' syntax and rules filled in.
public final class AttributeType: Sendable {
    /// The type's place in its schema.
    public typealias ID = AttributeTypeID

    /// Its index in `Schema.attributeTypes`.
    public let id: AttributeTypeID
    /// The definition as it was written.
    public let definition: AttributeTypeDefinition
    /// The type it is a subtype of.
    public let superior: AttributeType?
    /// The syntax of values, its own or inherited.
    public let syntax: Syntax
    /// The equality rule, its own or inherited.
    public let equality: MatchingRule?
    /// The ordering rule, its own or inherited.
    public let ordering: MatchingRule?
    /// The substrings rule, its own or inherited.
    public let substrings: MatchingRule?
    /// What stands before "=" in keys: the first name, lower-cased, or the OID.
    let keyName: [UInt8]
    /// The first name in UTF-8, for answers.
    public let nameOctets: [UInt8]

    init(
        id: AttributeTypeID, definition: AttributeTypeDefinition, superior: AttributeType?, syntax: Syntax,
        equality: MatchingRule?, ordering: MatchingRule?, substrings: MatchingRule?
    ) {
        self.id = id
        self.definition = definition
        self.superior = superior
        self.syntax = syntax
        self.equality = equality
        self.ordering = ordering
        self.substrings = substrings
        let name = definition.names.first ?? definition.oid
        nameOctets = Array(name.utf8)
        keyName = name.utf8.map(ASCII.lowercased)
    }

    /// The numeric OID.
    public var oid: String { definition.oid }
    /// All short names; the first is the spelling that is returned.
    public var names: [String] { definition.names }
    /// The spelling that is returned: the first name, or the OID where there is none.
    public var name: String { definition.names.first ?? definition.oid }
    /// SINGLE-VALUE.
    public var isSingleValued: Bool { definition.isSingleValued }
    /// USAGE.
    public var usage: AttributeUsage { definition.usage }
    /// Whether the attribute is operational: returned only when it is asked for, or by "+".
    public var isOperational: Bool { definition.usage != .userApplications }
    /// NO-USER-MODIFICATION.
    public var noUserModification: Bool { definition.noUserModification }

    /// Whether this is `other`, or a subtype of it at any depth.
    public func isSubtype(of other: AttributeType) -> Bool {
        var type: AttributeType? = self
        while let current = type {
            if current.id == other.id { return true }
            type = current.superior
        }
        return false
    }
}
