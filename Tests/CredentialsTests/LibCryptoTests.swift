import Credentials
import Testing

private func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func digest(_ algorithm: LibCrypto.DigestAlgorithm, _ text: String) -> String {
    hexadecimal(LibCrypto.digest(algorithm, of: Array(text.utf8).span))
}

private func hmac(_ key: [UInt8], _ message: String) -> String {
    hexadecimal(LibCrypto.hmacSHA256(key: key.span, message: Array(message.utf8).span))
}

private func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    LibCrypto.isEqualInConstantTime(one.span, other.span)
}

@Test(arguments: [
    (LibCrypto.DigestAlgorithm.md5, "900150983cd24fb0d6963f7d28e17f72"),
    (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        .sha512,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
])
func computesTheDigestOfABC_FIPS180(algorithm: LibCrypto.DigestAlgorithm, expected: String) {
    #expect(digest(algorithm, "abc") == expected)
    var running = RunningDigest(algorithm)
    for octet in "abc".utf8 { running.update([octet].span) }
    running.update([UInt8]().span)
    #expect(hexadecimal(running.finish()) == expected)
}

@Test func computesTheDigestOfNothing() {
    #expect(digest(.sha1, "") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
}

@Test(arguments: [
    (
        [UInt8](repeating: 0x0B, count: 20), "Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
        Array("Jefe".utf8), "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
        [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
])
func computesHMAC_RFC4231_section4(key: [UInt8], message: String, expected: String) {
    #expect(hmac(key, message) == expected)
}

@Test func comparesInConstantTimeLikeEquality() {
    #expect(isEqual([UInt8](), [UInt8]()))
    #expect(isEqual([1, 2], [1, 2]))
    #expect(!isEqual([1, 2], [1, 3]))
    #expect(!isEqual([1, 2], [1, 2, 3]))
}

@Test func givesOctetsThatDiffer() throws {
    let one = try #require(LibCrypto.randomOctets(count: 32))
    let other = try #require(LibCrypto.randomOctets(count: 32))
    #expect(one.count == 32 && one != other)
    #expect(LibCrypto.randomOctets(count: 0) == [])
}

@Test func wipesSecrets() {
    var secret = Array("secret".utf8)
    LibCrypto.wipe(&secret)
    #expect(secret.isEmpty)
}
