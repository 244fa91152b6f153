import Testing

@testable import Credentials

@Suite struct VerifiedBindsTests {
    private let now = ContinuousClock.now

    private func cache(_ capacity: Int = 10) throws -> VerifiedBinds {
        try #require(VerifiedBinds(capacity: capacity, lifetime: .seconds(60)))
    }

    private func has(
        _ cache: VerifiedBinds, _ entry: String = "uid=a", _ stored: [String] = ["{SSHA}x"],
        _ password: String = "secret",
        after seconds: Int = 0
    ) -> Bool {
        cache.contains(
            entry: octets(entry), stored: stored.map(octets), password: octets(password).span,
            at: now + .seconds(seconds))
    }

    private func note(
        _ cache: VerifiedBinds, _ entry: String = "uid=a", until end: Int? = nil, after seconds: Int = 0
    ) {
        cache.insert(
            entry: octets(entry), stored: [octets("{SSHA}x")], password: octets("secret").span,
            until: end.map { now + .seconds($0) }, at: now + .seconds(seconds))
    }

    @Test func knowsWhatWasVerifiedAndNothingElse() throws {
        let cache = try cache()
        #expect(!has(cache))
        note(cache)
        #expect(has(cache))
        #expect(!has(cache, "uid=b") && !has(cache, "uid=a", ["{SSHA}x"], "Secret"))
        // A changed, an added, a removed credential; values that join to the same text.
        #expect(!has(cache, "uid=a", ["{SSHA}y"]) && !has(cache, "uid=a", ["{SSHA}x", "{SSHA}y"]))
        #expect(!has(cache, "uid=a", []) && !has(cache, "uid=a", ["{SSHA}", "x"]))
        #expect(!has(cache, "uid=", ["a{SSHA}x"]) && !has(cache, "uid=a", ["{SSHA}xsec"], "ret"))
        cache.removeAll()
        #expect(!has(cache))
    }

    @Test func forgetsAfterItsLifetimeOrTheCredentials() throws {
        let cache = try cache()
        note(cache)
        #expect(has(cache, after: 59) && !has(cache, after: 60))
        note(cache, until: 10)
        #expect(has(cache, after: 9) && !has(cache, after: 10))
        note(cache, until: 1000, after: 20)
        #expect(has(cache, after: 79) && !has(cache, after: 80))
    }

    @Test func keepsABoundedNumber() throws {
        let cache = try cache(100)
        for number in 0..<1000 {
            note(cache, "uid=\(number)")
            #expect(cache.count <= 100)
        }
        #expect(has(cache, "uid=999") && has(cache, "uid=900") && !has(cache, "uid=899"))
    }

    @Test func anotherProcessHasOtherDigests() throws {
        let one = try cache()
        note(one)
        #expect(!has(try cache()))
    }
}
