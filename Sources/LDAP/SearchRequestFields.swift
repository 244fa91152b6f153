import BER
public import ReusedMemory

/// A search request, as ranges into the PDU (RFC 4511 §4.5.1). Reused: the attribute list keeps its memory.
public struct SearchRequestFields: ~Copyable, Sendable {
    /// The entry to start from, an LDAPDN not yet looked at.
    public var base: Range<Int> = 0..<0
    /// How far to look.
    public var scope: SearchScope = .base
    /// Where to follow aliases.
    public var derefAliases: DerefAliases = .never
    /// The most entries the client wants; 0 for no limit.
    public var sizeLimit: Int32 = 0
    /// The most seconds the client wants to wait; 0 for no limit.
    public var timeLimit: Int32 = 0
    /// Whether the client wants attribute names without values.
    public var typesOnly = false
    /// The whole filter element, identifier and length included.
    public var filter: Range<Int> = 0..<0
    /// The attribute selectors, as the client wrote them: `cn`, `*`, `+`, `1.1`, `@person`, possibly empty or repeated.
    public var attributes = ReusedList<Range<Int>>()
    /// All of them as elements, one behind the other: the contents of the AttributeSelection.
    public var selection: Range<Int> = 0..<0

    /// Fields to be filled by `RequestReader.searchRequest`.
    public init() {}
}

extension RequestReader {
    /// Reads the body of a search request, compiling its filter; both targets are reused without allocating.
    ///
    /// - Throws: `.malformed` for wrong structure; `.protocolError` for a scope, alias rule or limit out of range and for
    ///   more of anything than `Limits` allows. What the targets hold then is unspecified.
    public func searchRequest(
        into fields: inout SearchRequestFields, filter: inout FlatFilter
    ) throws(LDAPDecodingError) {
        var body = bodyReader()
        fields.base = try body.octets()
        let scope = try body.enumerated()
        let derefAliases = try body.enumerated()
        fields.sizeLimit = try body.nonNegativeInteger("a size limit out of range")
        fields.timeLimit = try body.nonNegativeInteger("a time limit out of range")
        fields.typesOnly = try body.boolean()
        let filterStart = body.position
        try filter.decode(&body)
        fields.filter = filterStart..<body.position
        try readSelectors(&body, into: &fields)
        try body.ignoreRest()
        guard let scope = SearchScope(rawValue: scope) else { throw .protocolError(messageID, "a scope out of range") }
        guard let derefAliases = DerefAliases(rawValue: derefAliases) else {
            throw .protocolError(messageID, "an alias rule out of range")
        }
        fields.scope = scope
        fields.derefAliases = derefAliases
    }

    @inline(__always)
    @_lifetime(body: copy body)
    private func readSelectors(
        _ body: inout ElementReader, into fields: inout SearchRequestFields
    ) throws(LDAPDecodingError) {
        fields.attributes.removeAll()
        fields.selection = try body.octets(BERTag.sequence)
        var list = body.reader(of: fields.selection)
        while !list.isAtEnd {
            guard fields.attributes.count < Limits.requestedAttributes else {
                throw .protocolError(messageID, "too many attributes are asked for")
            }
            fields.attributes.append(try list.octets())
        }
    }
}
