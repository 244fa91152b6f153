public import BER

/// The envelope of every operation (RFC 4511 §4.1.1), as values: for clients, tools and tests.
/// A server reads requests with `RequestReader`, which copies nothing.
public struct LDAPMessage: Sendable, Equatable {
    /// What ties an answer to its request.
    public var messageID: MessageID
    /// The operation.
    public var operation: ProtocolOp
    /// The controls, in order.
    public var controls: [Control]

    /// A message of its parts.
    public init(_ messageID: MessageID, _ operation: ProtocolOp, controls: [Control] = []) {
        self.messageID = messageID
        self.operation = operation
        self.controls = controls
    }

    /// Reads `pdu`, one whole message as `nextMessageLength` measured it.
    ///
    /// - Throws: `.malformed` for wrong structure or an unknown protocolOp; `.protocolError` for a value out of range, a
    ///   string that is not UTF-8, or more of anything than `Limits` allows.
    public init(decoding pdu: Span<UInt8>) throws(LDAPDecodingError) {
        let envelope = try Envelope(BERReader(pdu))
        let reader = ElementReader(BERReader(pdu), envelope.messageID)
        messageID = envelope.messageID
        operation = try ProtocolOp(envelope.operation, reader)
        controls = []
        guard let range = envelope.controls else { return }
        var list = reader.reader(of: range)
        while !list.isAtEnd {
            guard controls.count < Limits.controlsPerRequest else {
                throw .protocolError(messageID, "too many controls")
            }
            controls.append(try Control(&list))
        }
    }

    /// Writes the message.
    public func encode(into writer: inout BERWriter) {
        let mark = writer.begin(BERTag.sequence)
        writer.integer(Int64(messageID.rawValue))
        operation.encode(into: &writer)
        writer.controls(controls)
        writer.end(mark)
    }

    /// The message's octets.
    public var encoded: [UInt8] {
        var writer = BERWriter(capacity: 256)
        encode(into: &writer)
        return writer.array
    }
}
