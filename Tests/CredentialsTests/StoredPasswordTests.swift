import Credentials
import Testing

/// The password "secret" (salt "saltsalt"), hashed by Python's hashlib and, for {CRYPT}, Debian's libcrypt.
private let hashesOfSecret = [
    "secret",
    "{CLEARTEXT}secret",
    "{MD5}Xr4ilOzQ4PCOq3aQ0qbuaQ==",
    "{SMD5}VAfQ6nCkaw9o3u+x706wnXNhbHRzYWx0",
    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "{SSHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==",
    "{SHA256}K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72ol/pe/Unols=",
    "{SSHA256}oBmrdHcA6OZEkkCLeXh71YAerbvhXz1qqwjrPsXmEtNzYWx0c2FsdA==",
    "{SHA512}vSsar3708Jvp9Szi2NWZZ02Bqp1qRCFpbcTZPdBhnWgs5WtNZKnvCXdhztmeD2cmW192CF5bDufKRpayrW/isg==",
    "{SSHA512}aCu7JRc+kLsuEmFs1zTY+AiP7DSGnjjG+dH28Dp+E5usqoAixeTPihKqZmkWal4mUfp63tqvCAkFV1LKTDFH6XNhbHRzYWx0",
    "{PBKDF2}1000$c2FsdHNhbHQ$iwnGHj3e4ShfYAA1SPz7CWOx6OI",
    "{PBKDF2-SHA1}1000$c2FsdHNhbHQ$iwnGHj3e4ShfYAA1SPz7CWOx6OI",
    "{PBKDF2-SHA256}1000$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ",
    "{PBKDF2-SHA512}1000$c2FsdHNhbHQ$sm09rUzS3..3.cqsWziIoWFO8bEknKwJwGEvyD1ra4PcWJt5OiWFlM/BVv8ybJe4XW8qMpq33ecFrOaibNGiHA",
    "{CRYPT}abNANd1rDfiNc",
    "{CRYPT}$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1",
    "{CRYPT}$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.",
    "{CRYPT}$6$rounds=1000$abcdefgh$nhYjN017qxiYztzyUpZtPnUQcnLy62KsunSLHNeLahp2EHPlAKmFFlrjEwSXGo2kgY5hR2.peKEg2VGUqIJJu1",
    "{CRYPT}$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
    "{CRYPT}$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
    "{CRYPT}$y$j75$abcdefgh$uMUXG79B2cFpoAYyDccUnsaH/aGTyBYMlnQidzyag01",
    "{CRYPT}$gy$j75$abcdefgh$lRD8hCfuUnaykqHEd24aR4OED0E.hiL5k0lM9Kg0qT5",
    "{CRYPT}$7$6U..../....abcdefgh$7KpoV2xdjxMogKvvxTLFRuZOwA.Sg9iyqflgZfog686",
]

private func verifies(_ password: String, _ stored: String) -> Bool {
    verifies(Array(password.utf8), Array(stored.utf8))
}

private func verifies(_ password: [UInt8], _ stored: [UInt8]) -> Bool {
    StoredPassword(stored.span).verifies(password.span)
}

private func scheme(_ stored: String) -> (name: String, isVerifiable: Bool) {
    scheme(of: Array(stored.utf8).span)
}

private func verifies(_ verifier: PasswordVerifier, _ password: String, _ stored: [String]) -> Bool {
    verifier.verify(Array(password.utf8).span, against: stored.map { Array($0.utf8) })
}

@Test(arguments: hashesOfSecret)
func verifiesTheRightPasswordOnly(stored: String) {
    #expect(verifies("secret", stored))
    #expect(!verifies("Secret", stored))
    #expect(!verifies("secre", stored))
    #expect(!verifies("secrett", stored))
    #expect(!verifies("", stored))
    #expect(!verifies(stored, stored) || stored == "secret")
    #expect(scheme(stored).isVerifiable)
}

@Test(arguments: hashesOfSecret)
func neverCutsAPasswordAtNUL(stored: String) {
    #expect(!verifies("secret\0", stored))
    #expect(!verifies("secret\0x", stored))
    #expect(!verifies("\0secret", stored))
}

@Test(arguments: hashesOfSecret.filter { $0.hasPrefix("{") })
func readsSchemeNamesInAnyCase(stored: String) throws {
    let close = try #require(stored.firstIndex(of: "}"))
    #expect(verifies("secret", stored[..<close].lowercased() + stored[close...]))
}

@Test(arguments: hashesOfSecret.filter { $0.hasPrefix("{") && !$0.hasPrefix("{CLEARTEXT}") })
func neverVerifiesADamagedHash(stored: String) {
    let octets = Array(stored.utf8)
    for length in 0..<octets.count where length > 2 {
        #expect(!verifies(Array("secret".utf8), Array(octets[..<length])), "cut to \(length)")
    }
    for index in (octets.firstIndex(of: UInt8(ascii: "}")) ?? 0) + 1..<octets.count {
        for other: UInt8 in [0, 0x20, 0x24, 0xFF] where octets[index] != other {
            var damaged = octets
            damaged[index] = other
            #expect(!verifies(Array("secret".utf8), damaged), "octet \(index) replaced by \(other)")
        }
    }
}

@Test(arguments: [
    "{ARGON2}$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$secret", "{X}secret", "{SASL}secret", "{SSHA}", "{SSHA}secret",
    "{MD5}", "{CRYPT}", "{CRYPT}secret", "{CRYPT}*", "{CRYPT}!", "{CRYPT}$", "{CRYPT}$$$$", "{CRYPT}x",
    "{CRYPT}$3$$878d8014606cda29677a44efa1353fc7",
    "{CRYPT}_J9..abcd/H6HLCcf7nw", "{PBKDF2-SHA256}", "{PBKDF2-SHA256}$$", "{PBKDF2-SHA256}1$$",
    "{PBKDF2-SHA256}-1$c2FsdHNhbHQ$",
    "{PBKDF2-SHA256}0$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ",
    "{PBKDF2-SHA256}99999999999999999999$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ",
    "{ }secret", "{SS HA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==",
    // An unsalted scheme with a salt, a salted one without.
    "{SHA}1G904nLkTkGWjKNnQuB/hpWXC/hzYWx0c2FsdA==", "{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
])
func neverVerifiesWhatItCannotRead(stored: String) {
    #expect(!scheme(stored).isVerifiable)
    for attempt in ["secret", "", stored, "*", "*0", "*1"] { #expect(!verifies(attempt, stored)) }
}

@Test(arguments: ["{}secret", "{secret", "}", "{", "", "pass{SSHA}"])
func takesAValueWithoutASchemeForThePassword(stored: String) {
    #expect(verifies(stored, stored))
    #expect(scheme(stored).name == "CLEARTEXT")
}

@Test(arguments: [
    ("{PBKDF2-SHA256}2000000$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ", true),
    ("{PBKDF2-SHA256}2000001$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ", false),
    ("{CRYPT}$6$rounds=1000000$abcdefgh$x", true), ("{CRYPT}$6$rounds=1000001$abcdefgh$x", false),
    ("{CRYPT}$2b$14$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", true),
    ("{CRYPT}$2b$15$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW", false),
    ("{CRYPT}$y$jCT$abcdefgh$x", true), ("{CRYPT}$y$jDT$abcdefgh$x", false), ("{CRYPT}$y$j9zz$abcdefgh$x", false),
    ("{CRYPT}$7$DU..../....abcdefgh$x", true), ("{CRYPT}$7$EU..../....abcdefgh$x", false),
    ("{CRYPT}$7$6zzzzz/....abcdefgh$x", false),
])
func refusesHashesThatWouldHoldAWorkerForLong(stored: String, isVerifiable: Bool) {
    #expect(scheme(stored).isVerifiable == isVerifiable)
}

@Test(arguments: [
    ("{ssha}x", "SSHA", false), ("{ARGON2}x", "ARGON2", false), ("{secret word}x", "UNKNOWN", false),
    ("{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "SHA", true),
    ("{\(String(repeating: "A", count: 33))}", "UNKNOWN", false),
])
func namesTheSchemeForAWarning(stored: String, name: String, isVerifiable: Bool) {
    let found = scheme(stored)
    #expect(found.name == name)
    #expect(found.isVerifiable == isVerifiable)
}

@Test func verifiesAgainstAnyOfSeveralValues() {
    let verifier = PasswordVerifier()
    let stored = ["{ARGON2}x", "other", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="]
    #expect(verifies(verifier, "secret", stored))
    #expect(verifies(verifier, "other", stored))
    #expect(!verifies(verifier, "wrong", stored))
    #expect(!verifies(verifier, "secret", []))
    #expect(!verifies(verifier, "", []))
}

@Test func takesAsLongWhereThereIsNothingToVerify() {
    let verifier = PasswordVerifier()
    let stored = Array("{PBKDF2-SHA256}200000$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ".utf8)
    let clock = ContinuousClock()
    let cheap = clock.measure { _ = verifier.verify(Array("x".utf8).span, against: []) }
    verifier.prime(with: stored.span)
    let known = clock.measure { _ = verifier.verify(Array("x".utf8).span, against: [stored]) }
    let unknown = clock.measure { _ = verifier.verify(Array("x".utf8).span, against: []) }
    let unusable = clock.measure { _ = verifier.verify(Array("x".utf8).span, against: [Array("{X}y".utf8)]) }
    #expect(unknown > known / 4 && unknown > cheap * 4)
    #expect(unusable > known / 4)
}
