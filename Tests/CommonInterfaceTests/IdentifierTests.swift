import CommonInterface
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: ["0", "1", "42", "9223372036854775807"])
    func transactionIDsAreDecimalDigits(text: String) {
        #expect(TransactionID(text: text)?.description == text)
    }

    @Test(arguments: ["", "-1", "+1", " 1", "01", "1.0", "0x1", "9223372036854775808", "99999999999999999999", "１"])
    func transactionIDsAreNothingElse(text: String) {
        #expect(TransactionID(text: text) == nil)
    }

    @Test(arguments: ["https://sp.example.edu/shibboleth", "urn:mace:incommon:example.edu", "x:y"])
    func entityIDsAreURIs(text: String) {
        #expect(EntityID(text)?.text == text)
    }

    @Test(arguments: [
        "", "sp", "sp.example.edu/x", ":x", "1x:y", "https:", "https://a b/", "https://a/\n", "https://ü/", "a:<b>",
        "a:" + String(repeating: "b", count: 1023),
    ])
    func entityIDsAreNoOtherText(text: String) {
        #expect(EntityID(text) == nil)
    }

    @Test func requestIDsAreUUIDs() {
        #expect(RequestID("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6")?.text == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
        let random = RequestID(random: [UInt8](repeating: 0xFF, count: 16))
        #expect(random?.text == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        for text in ["", "x", "f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf\n"] {
            #expect(RequestID(text) == nil)
        }
    }

    @Test func aPinIsADigestInHexadecimal() throws {
        let digits = String(repeating: "0aF9", count: 16)
        let pin = try #require(KeyPin(digits))
        #expect(pin.description == "sha256:" + digits.lowercased())
        #expect(KeyPin(pin.description) == pin)
        let pairs = stride(from: 0, to: 64, by: 2).map { String(Array(digits)[$0...$0 + 1]) }
        #expect(KeyPin("SHA256:" + pairs.joined(separator: ":")) == pin)
        for text in ["", "sha256:", String(digits.dropLast()), digits + "00", "g" + digits.dropFirst(), ":" + digits] {
            #expect(KeyPin(text) == nil)
        }
    }

    @Test func aKeyIsOfOneEntityIDAndAnEntityIDHasSeveralKeys() throws {
        let (one, other) = (try #require(EntityID("x:one")), try #require(EntityID("x:other")))
        let keys = try (0..<3).map { try #require(KeyPin(digest: [UInt8](repeating: $0, count: 32))) }
        var registered = RegisteredKeys()
        try registered.register(keys[0], of: one)
        try registered.register(keys[1], of: one)
        try registered.register(keys[1], of: one)
        #expect(registered.owner(of: keys[1]) == one)
        #expect(registered.owner(of: keys[2]) == nil)
        #expect(throws: KeyConflict(key: keys[0], first: one, second: other)) {
            try registered.register(keys[0], of: other)
        }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z", "19700101000000Z"), (951_827_696, "2000-02-29T12:34:56Z", "20000229123456Z"),
            (1_795_278_000, "2026-11-21T16:20:00Z", "20261121162000Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z", "20991231235959Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z", "99991231235959Z"),
        ] as [(Int64, String, String)])
    func momentsReadBack(seconds: Int64, rfc3339: String, generalizedTime: String) {
        #expect(CivilTime.rfc3339(seconds: seconds) == rfc3339)
        #expect(CivilTime.generalizedTime(seconds: seconds) == generalizedTime)
        #expect(CivilTime.seconds(rfc3339: rfc3339) == seconds)
        #expect(CivilTime.seconds(generalizedTime: Array(generalizedTime.utf8)) == seconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21 16:20:00Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T16:20:00", "2026-11-21T16:20:00.Z", "2026-11-21T16:20:00+01:00",
    ])
    func noOtherTextIsAMoment(text: String) {
        #expect(CivilTime.seconds(rfc3339: text) == nil)
    }

    @Test func fractionsOfSecondsAreDropped() {
        #expect(CivilTime.seconds(rfc3339: "1970-01-01T00:00:01.999Z") == 1)
        #expect(CivilTime.seconds(generalizedTime: Array("19700101000001.5Z".utf8)) == 1)
    }
}
