import BER

/// A search request (RFC 4511 §4.5.1).
public struct SearchRequest: Sendable, Equatable {
    /// The entry to start from, an LDAPDN.
    public var base: String
    /// How far to look.
    public var scope: SearchScope
    /// Where to follow aliases.
    public var derefAliases: DerefAliases
    /// The most entries wanted; 0 for no limit.
    public var sizeLimit: Int32
    /// The most seconds to wait; 0 for no limit.
    public var timeLimit: Int32
    /// Whether names are wanted without values.
    public var typesOnly: Bool
    /// Which entries are wanted.
    public var filter: Filter
    /// What is wanted of them; empty for all user attributes.
    public var attributes: [String]

    /// A request of its parts.
    public init(
        base: String, scope: SearchScope = .sub, derefAliases: DerefAliases = .never, sizeLimit: Int32 = 0,
        timeLimit: Int32 = 0, typesOnly: Bool = false, filter: Filter, attributes: [String] = []
    ) {
        self.base = base
        self.scope = scope
        self.derefAliases = derefAliases
        self.sizeLimit = sizeLimit
        self.timeLimit = timeLimit
        self.typesOnly = typesOnly
        self.filter = filter
        self.attributes = attributes
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(base)
        writer.enumerated(scope.rawValue)
        writer.enumerated(derefAliases.rawValue)
        writer.integer(Int64(sizeLimit))
        writer.integer(Int64(timeLimit))
        writer.boolean(typesOnly)
        filter.encode(into: &writer)
        let mark = writer.begin(BERTag.sequence)
        for attribute in attributes { writer.octetString(attribute) }
        writer.end(mark)
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        base = try body.string()
        let scope = SearchScope(rawValue: try body.enumerated())
        let derefAliases = DerefAliases(rawValue: try body.enumerated())
        sizeLimit = try body.nonNegativeInteger("a size limit out of range")
        timeLimit = try body.nonNegativeInteger("a time limit out of range")
        typesOnly = try body.boolean()
        filter = try Filter(&body)
        attributes = try body.strings(BERTag.sequence)
        guard let scope else { throw .protocolError(body.messageID, "a scope out of range") }
        guard let derefAliases else { throw .protocolError(body.messageID, "an alias rule out of range") }
        self.scope = scope
        self.derefAliases = derefAliases
    }
}

/// An entry that was found (RFC 4511 §4.5.2).
public struct SearchResultEntry: Sendable, Equatable {
    /// The entry's name, an LDAPDN.
    public var name: String
    /// The attributes that were asked for and that the client may see, in the server's order.
    public var attributes: [PartialAttribute]

    /// An entry of its parts.
    public init(name: String, attributes: [PartialAttribute] = []) {
        self.name = name
        self.attributes = attributes
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(name)
        writer.attributes(attributes)
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        name = try body.string()
        attributes = try body.attributes()
    }
}
