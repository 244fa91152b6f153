import BER

/// The value of the paged results control (RFC 2696 §2), in a request and in a response.
public struct PagedResults: Sendable, Equatable {
    /// In a request the entries wanted in this page; in a response the server's guess at the whole, 0 if it has none.
    public var size: Int32
    /// Empty in the first request and the last response; else what the server gave for going on.
    public var cookie: [UInt8]

    /// A value of `size` and `cookie`.
    public init(size: Int32, cookie: [UInt8] = []) {
        self.size = size
        self.cookie = cookie
    }

    /// Reads a control value.
    ///
    /// - Throws: `.protocolError` for anything but one realSearchControlValue: the octets of a control value are opaque to
    ///   the PDU's structure (RFC 4511 §4.1.11), so that the connection can stay.
    public init(decoding value: Span<UInt8>, messageID: MessageID) throws(LDAPDecodingError) {
        var outer = ElementReader(BERReader(value), messageID)
        do throws(LDAPDecodingError) {
            var sequence = try outer.constructed(BERTag.sequence)
            size = try sequence.nonNegativeInteger("a page size out of range")
            cookie = try sequence.array()
            try sequence.ignoreRest()
            guard outer.isAtEnd else { throw .malformed("octets after the value") }
        } catch {
            guard case .malformed = error else { throw error }
            throw .protocolError(messageID, "not a paged results control value")
        }
    }

    /// The control with this value.
    public func control(isCritical: Bool = false) -> Control {
        Control(OID.Control.pagedResults, isCritical: isCritical, value: encoded)
    }

    /// The octets of the control value.
    public var encoded: [UInt8] {
        var writer = BERWriter(capacity: cookie.count + 16)
        let mark = writer.begin(BERTag.sequence)
        writer.integer(Int64(size))
        writer.octetString(cookie)
        writer.end(mark)
        return writer.array
    }
}
