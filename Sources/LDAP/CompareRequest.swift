import BER

/// A request to say whether an entry has a value (RFC 4511 §4.10).
public struct CompareRequest: Sendable, Equatable {
    /// The entry, an LDAPDN.
    public var entry: String
    /// The attribute description.
    public var attribute: String
    /// The asserted value.
    public var value: [UInt8]

    /// A request of its parts.
    public init(entry: String, attribute: String, value: [UInt8]) {
        self.entry = entry
        self.attribute = attribute
        self.value = value
    }

    func encode(into writer: inout BERWriter) {
        writer.octetString(entry)
        let mark = writer.begin(BERTag.sequence)
        writer.octetString(attribute)
        writer.octetString(value)
        writer.end(mark)
    }

    @_lifetime(body: copy body)
    init(_ body: inout ElementReader) throws(LDAPDecodingError) {
        entry = try body.string()
        var assertion = try body.constructed(BERTag.sequence)
        attribute = try assertion.string()
        value = try assertion.array()
        try assertion.ignoreRest()
    }
}
