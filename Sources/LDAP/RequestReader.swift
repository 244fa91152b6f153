public import BER

/// A request as it lies in the receive buffer: the envelope is read at once, the operation when it is asked for.
///
/// Everything is a range of offsets into the PDU, so that reading a request copies and allocates nothing.
/// The functions that read one operation are beside that operation's fields: `SearchRequestFields.swift` and its like.
@frozen
public struct RequestReader: ~Escapable {
    @usableFromInline
    let reader: BERReader
    /// The request's message ID, 1 to 2³¹ - 1.
    public let messageID: MessageID
    /// Which operation is asked for.
    public let operation: RequestOperation
    /// The contents of the protocolOp element.
    public let body: Range<Int>
    /// The contents of the controls element; nil where there is none.
    public let controls: Range<Int>?

    /// Reads the envelope of `pdu`, one whole message as `nextMessageLength` measured it (RFC 4511 §4.1.1).
    ///
    /// - Throws: `.malformed` always: another tag than SEQUENCE, a message ID outside 1...maxInt, a protocolOp that is no
    ///   request, or octets after the message. Unknown elements after the protocolOp are ignored (§4).
    @_lifetime(copy pdu)
    public init(_ pdu: Span<UInt8>) throws(LDAPDecodingError) {
        reader = BERReader(pdu)
        let envelope = try Envelope(BERReader(pdu))
        // RFC 4511 §4.1.1.1: the message ID of a request is not zero.
        guard envelope.messageID != .unsolicited else { throw .malformed("a request with message ID 0") }
        guard let operation = RequestOperation(rawValue: envelope.operation.tag) else {
            throw .malformed("the protocolOp is not a request")
        }
        messageID = envelope.messageID
        self.operation = operation
        body = envelope.operation.contents
        controls = envelope.controls
    }

    /// The octets of a range that came from this reader. Traps on a range outside the PDU.
    @inlinable @inline(__always)
    @_lifetime(copy self)
    public func bytes(_ range: Range<Int>) -> Span<UInt8> { reader.bytes(range) }

    /// A reader of the protocolOp's contents.
    @inline(__always)
    @_lifetime(copy self)
    func bodyReader() -> ElementReader { ElementReader(reader.reader(of: body), messageID) }
}
