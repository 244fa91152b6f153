import LDAP
import Testing

@Suite struct FramingTests {
    @Test func waitsForTheWholeMessage() throws {
        let message = hex("30 0C 02 01 01 60 07 02 01 03 04 00 80 00")
        for count in 0..<message.count {
            let length = try nextMessageLength(Array(message.prefix(count)).span, limit: 100)
            #expect(length == nil)
        }
        let length = try nextMessageLength(message.span, limit: 100)
        #expect(length == message.count)
        let pipelined = try nextMessageLength((message + message).span, limit: 100)
        #expect(pipelined == message.count)
    }

    @Test(arguments: [
        ("30 05", 7), ("30 81 80", 131), ("30 82 01 00", 260), ("30 84 00 00 00 05", 11),
        ("30 88 00 00 00 00 00 00 00 05", 15),
    ])
    func tellsTheDeclaredLengthFromTheHeaderAlone(bytes: String, total: Int) throws {
        let length = try declaredMessageLength(hex(bytes).span, limit: 1_000)
        #expect(length == total)
    }

    /// reliability: a stream that can be no LDAP is refused at once, before anything is buffered.
    @Test(arguments: [
        ("47 45 54 20", "an HTTP request"), ("53 53 48", "an SSH greeting"), ("16 03 01", "a TLS hello"),
        ("03 00 00 2F", "an RDP probe"), ("31", "another constructed tag"), ("30 80", "an indefinite length"),
        ("30 89", "a length of nine octets"), ("30 FF", "the reserved length octet"),
        ("30 84 FF FF FF FF", "4 GiB"), ("30 84 7F", "2 GiB, from its first length octet"),
        ("30 88 FF FF FF FF FF FF FF FF", "all ones"), ("30 88 80 00 00 00 00 00 00 00", "negative as Int"),
    ])
    func refusesFromTheHeaderAlone(bytes: String, what: String) {
        #expect(throws: LDAPDecodingError.malformed(""), "\(what)") {
            try nextMessageLength(hex(bytes).span, limit: Limits.messageBytes)
        }
    }

    @Test(arguments: [Limits.messageBytesBeforeAuthentication, Limits.messageBytes, 7, 130, 131])
    func acceptsTheLimitAndNotOneOctetMore(limit: Int) throws {
        func header(total: Int) -> [UInt8] {
            if total - 2 < 0x80 { return [0x30, UInt8(total - 2)] }
            let contents = total - 6
            return [0x30, 0x84] + (0..<4).map { UInt8(truncatingIfNeeded: contents >> (24 - 8 * $0)) }
        }
        let length = try declaredMessageLength(header(total: limit).span, limit: limit)
        #expect(length == limit)
        #expect(throws: LDAPDecodingError.malformed("")) {
            try declaredMessageLength(header(total: limit + 1).span, limit: limit)
        }
    }
}
