import Testing

@testable import Credentials

/// How long refusals take: of a wrong password, of nobody, and of somebody without a password.
@Suite(.serialized) struct PasswordVerifierTests {
    private static let clock = ContinuousClock()

    private func time(_ verifier: PasswordVerifier, _ stored: [String]) -> Duration {
        let values = stored.map(octets)
        return Self.clock.measure { _ = verifier.verify(octets("wrong").span, against: values) }
    }

    /// The least of several: what others do on the machine only adds.
    private func least(_ verifier: PasswordVerifier, _ kinds: [[String]], rounds: Int = 15) -> [Duration] {
        var least = kinds.map { _ in Duration.seconds(60) }
        for _ in 0..<rounds {
            for (index, stored) in kinds.enumerated() { least[index] = min(least[index], time(verifier, stored)) }
        }
        return least
    }

    /// Slow schemes and a quick one; without a decoy the factor would be thousands.
    @Test(arguments: [(PasswordScheme.pbkdf2SHA256, 30_000), (.sha512crypt, 10_000), (.bcrypt, 6), (.ssha512, 0)])
    func refusalsTakeTheSameTime(scheme: PasswordScheme, cost: Int) throws {
        let verifier = try PasswordVerifier(defaultScheme: scheme, cost: cost)
        let known = try scheme.hash(octets("right").span, cost: cost)
        // Beside a wrong password: nobody and nothing, somebody whose hash is quicker, or cannot be verified.
        let quick = try PasswordScheme.ssha.hash(octets("right").span)
        let times = least(verifier, [[known], [], ["{UNKNOWN}x"], ["{ARGON2}x"], [quick], ["clear"]])
        let (shortest, longest) = (try #require(times.min()), try #require(times.max()))
        #expect(longest < shortest * 3 + .milliseconds(1), "\(times)")
    }

    @Test func withoutADefaultTheCostliestSeenIsTheDecoy() throws {
        let verifier = PasswordVerifier()
        let slow = try PasswordScheme.pbkdf2SHA512.hash(octets("right").span, cost: 30_000)
        let before = least(verifier, [[]])[0]
        verifier.prime(with: octets(slow).span)
        let times = least(verifier, [[], [slow]])
        let (after, wrong) = (times[0], times[1])
        #expect(after > before * 5 && after > wrong / 4 && wrong > after / 4, "\(before), \(after), \(wrong)")
    }

    @Test func aConfiguredDefaultStays() throws {
        let verifier = try PasswordVerifier(defaultScheme: .ssha512)
        verifier.prime(with: octets(try PasswordScheme.pbkdf2SHA512.hash(octets("x").span, cost: 50_000)).span)
        #expect(verifier.cost(against: []) == 1)
    }

    @Test func theRightPasswordCostsNoDecoy() throws {
        let verifier = try PasswordVerifier(defaultScheme: .pbkdf2SHA256, cost: 300_000)
        let right = Self.clock.measure { _ = verifier.verify(octets("clear").span, against: [octets("clear")]) }
        let wrong = Self.clock.measure { _ = verifier.verify(octets("Clear").span, against: [octets("clear")]) }
        #expect(right < wrong / 4)
        #expect(verifier.cost(against: [octets("clear")]) > 100_000)
    }
}
