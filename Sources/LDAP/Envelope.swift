import BER

/// What surrounds every operation (RFC 4511 §4.1.1), as offsets.
struct Envelope {
    let messageID: MessageID
    /// The protocolOp's identifier octet and contents.
    let operation: BERHeader
    /// The contents of the controls; nil where there are none.
    let controls: Range<Int>?

    /// Reads the LDAPMessage that is all of `reader`. Every error is `.malformed`: before the message ID is known, and the
    /// protocolOp found, there is nobody to answer.
    @inline(__always)
    init(_ reader: consuming BERReader) throws(LDAPDecodingError) {
        var outer = ElementReader(reader, .unsolicited)
        do throws(LDAPDecodingError) {
            var message = try outer.constructed(BERTag.sequence)
            guard outer.isAtEnd else { throw .malformed("octets after the message") }
            guard let id = MessageID(try message.integer()) else {
                throw .malformed("a message ID out of range")
            }
            messageID = id
            operation = try message.header()
            controls = try message.optionalOctets(Tag.controls)
            while !message.isAtEnd {
                // An element nobody knows is ignored (RFC 4511 §4); controls that came too late are known, and could be critical.
                guard try message.header().tag != Tag.controls else {
                    throw .malformed("controls out of place")
                }
            }
        } catch {
            throw .malformed(error.reason)
        }
    }
}
