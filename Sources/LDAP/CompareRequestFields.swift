import BER

/// A compare request, as ranges into the PDU (RFC 4511 §4.10).
@frozen
public struct CompareRequestFields: Sendable, Equatable {
    /// The entry to look at, an LDAPDN not yet looked at.
    public let entry: Range<Int>
    /// The attribute description of the assertion.
    public let attribute: Range<Int>
    /// The asserted value.
    public let value: Range<Int>
}

extension RequestReader {
    /// Reads the body of a compare request.
    ///
    /// - Throws: `.malformed` for wrong structure.
    public func compareRequest() throws(LDAPDecodingError) -> CompareRequestFields {
        var body = bodyReader()
        let entry = try body.octets()
        var assertion = try body.constructed(BERTag.sequence)
        let attribute = try assertion.octets()
        let value = try assertion.octets()
        try assertion.ignoreRest()
        try body.ignoreRest()
        return CompareRequestFields(entry: entry, attribute: attribute, value: value)
    }
}
