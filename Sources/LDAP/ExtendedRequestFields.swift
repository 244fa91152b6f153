import BER

/// An extended request, as ranges into the PDU (RFC 4511 §4.12).
@frozen
public struct ExtendedRequestFields: Sendable, Equatable {
    /// The operation's object identifier, as the client wrote it.
    public let name: Range<Int>
    /// The operation's value; nil where there is none, which is not the same as an empty one.
    public let value: Range<Int>?
}

extension RequestReader {
    /// Reads the body of an extended request.
    ///
    /// - Throws: `.malformed` for wrong structure.
    public func extendedRequest() throws(LDAPDecodingError) -> ExtendedRequestFields {
        var body = bodyReader()
        let name = try body.octets(Tag.extendedRequestName)
        let value = try body.optionalOctets(Tag.extendedRequestValue)
        try body.ignoreRest()
        return ExtendedRequestFields(name: name, value: value)
    }

    /// Reads the value of a Cancel request (RFC 3909 §2.1): the message ID of the operation to cancel.
    ///
    /// - Parameter value: the `value` of this request's `ExtendedRequestFields`.
    /// - Returns: nil for a number that no request can have.
    /// - Throws: `.protocolError` for a value that is no cancelRequestValue: it is opaque to the PDU's structure.
    public func cancelID(_ value: Range<Int>?) throws(LDAPDecodingError) -> MessageID? {
        guard let value else { throw .protocolError(messageID, "a cancel request without a value") }
        var outer = ElementReader(reader.reader(of: value), messageID)
        do {
            var sequence = try outer.constructed(BERTag.sequence)
            let id = try sequence.integer()
            try sequence.ignoreRest()
            guard outer.isAtEnd else { throw LDAPDecodingError.malformed("octets after the value") }
            return MessageID(id)
        } catch {
            throw .protocolError(messageID, "a cancel request's value is not one message ID")
        }
    }
}
