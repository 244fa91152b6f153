import Testing

@testable import Credentials

@Suite struct PasswordSchemeTests {
    private func hash(_ scheme: PasswordScheme, _ password: String, cost: Int? = nil) throws -> String {
        try scheme.hash(octets(password).span, cost: cost ?? scheme.costs.lowerBound)
    }

    @Test(arguments: PasswordScheme.allCases.filter { $0 != .argon2 || LibCrypto.isArgon2Right })
    func whatIsMadeIsVerified(scheme: PasswordScheme) throws {
        let made = try hash(scheme, "p\u{E4}ss word")
        #expect(isRight(made, verifies: "p\u{E4}ss word"))
        #expect(!isRight(made, verifies: "p\u{E4}ss wore") && !isRight(made, verifies: made))
        #expect(try hash(scheme, "p\u{E4}ss word") != made, "the salt is new each time")
        #expect(throws: PasswordHashingError.self) { try hash(scheme, "") }
        #expect(throws: PasswordHashingError.cost(scheme)) { try hash(scheme, "x", cost: scheme.costs.upperBound + 1) }
        #expect(throws: PasswordHashingError.cost(scheme)) { try hash(scheme, "x", cost: scheme.costs.lowerBound - 1) }
    }

    /// The dearest hash that is made is one that is verified.
    @Test(arguments: PasswordScheme.allCases.filter { $0.costUnit != nil && $0 != .argon2 })
    func boundsOfMakingAreThoseOfVerifying(scheme: PasswordScheme) throws {
        let setting: String
        switch scheme {
        case .sha256crypt: setting = "{CRYPT}$5$rounds=\(scheme.costs.upperBound)$abcdefgh$x"
        case .sha512crypt: setting = "{CRYPT}$6$rounds=\(scheme.costs.upperBound)$abcdefgh$x"
        case .bcrypt:
            setting = "{CRYPT}$2b$\(scheme.costs.upperBound)$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
        case .yescrypt:
            let made = try #require(
                LibCrypt.setting(prefix: "$y$", cost: scheme.costs.upperBound, random: [UInt8](1...32)))
            setting = "{CRYPT}" + String(decoding: made, as: UTF8.self) + "$x"
        default: return
        }
        let found = StoredPassword(octets(setting).span).isVerifiable
        #expect(found)
        #expect(scheme.costs.contains(scheme.defaultCost))
    }

    @Test func refusesPasswordsThatASchemeWouldCut() {
        #expect(throws: PasswordHashingError.self) { try hash(.bcrypt, String(repeating: "x", count: 73)) }
        #expect(throws: PasswordHashingError.self) { try hash(.sha512crypt, "a\0b") }
        #expect(throws: PasswordHashingError.self) { try hash(.pbkdf2SHA256, "a\0") }
        #expect(throws: PasswordHashingError.self) { try hash(.scramSHA256, "a\u{7}") }
    }

    @Test(arguments: ["ssha512", "{SSHA512}", "SSHA512"])
    func readsNamesInAnyCase(name: String) {
        #expect(PasswordScheme(name: name) == .ssha512)
        #expect(PasswordScheme(name: "SSHA513") == nil)
    }

    /// Made by libargon2; the last three ask for too much.
    @Test(arguments: [
        ("$argon2id$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY", true),
        ("$argon2i$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$H/rSu1RxL8DeDS/aRf539nVlIN62bSQth28xIruBf/U", true),
        ("$argon2d$v=19$m=64,t=2,p=1$c2FsdHNhbHQ$1DpnP0883UNoGs565cVc7Wn6pK1aPszDq9YUxYhUthE", true),
        ("$argon2id$v=16$m=64,t=2,p=1$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY", false),
        ("$argon2id$v=19$m=64,t=2$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY", false),
        ("$argon2id$v=19$m=131073,t=2,p=1$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY", false),
        ("$argon2id$v=19$m=64,t=17,p=1$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY", false),
        ("$argon2id$v=19$m=64,t=2,p=9$c2FsdHNhbHQ$50UD97y0OOTVN7ca0lAiIkxAFbJoO8IYMkpI3Oo6akY", false),
    ])
    func argon2IsReadAndVerifiedWhereLibcryptoHasIt(text: String, isRead: Bool) {
        let setting = Argon2Setting.read(octets(text).span)
        #expect((setting != nil) == isRead)
        if let setting { #expect(setting.setting.text(with: setting.hash) == text) }
        #expect(isRight("{ARGON2}" + text, verifies: "password") == (isRead && LibCrypto.isArgon2Right))
        #expect(!isRight("{ARGON2}" + text, verifies: "Password"))
    }
}
