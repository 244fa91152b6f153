import Testing

@testable import Credentials

/// How long refusals take: of a wrong password, of nobody, and of somebody without a password.
@Suite(.serialized) struct PasswordVerifierTests {
    private static let clock = ContinuousClock()

    private func median(_ verifier: PasswordVerifier, _ stored: [String], rounds: Int = 9) -> Duration {
        let values = stored.map(octets)
        let times = (0..<rounds).map { _ in
            Self.clock.measure { _ = verifier.verify(octets("wrong").span, against: values) }
        }
        return times.sorted()[rounds / 2]
    }

    /// A slow scheme and one that is quick; medians within a factor of three of one another.
    @Test(arguments: [(PasswordScheme.pbkdf2SHA256, 30_000), (.sha512crypt, 10_000), (.bcrypt, 6), (.ssha512, 0)])
    func refusalsTakeTheSameTime(scheme: PasswordScheme, cost: Int) throws {
        let verifier = try PasswordVerifier(defaultScheme: scheme, cost: cost)
        let known = try scheme.hash(octets("right").span, cost: cost)
        let wrong = median(verifier, [known])
        // Beside nobody and nothing: somebody whose hash is quicker, or cannot be verified.
        let quick = try PasswordScheme.ssha.hash(octets("right").span)
        for stored in [[], ["{UNKNOWN}x"], ["{ARGON2}x"], [quick], ["clear"]] {
            let other = median(verifier, stored)
            #expect(
                other < wrong * 3 + .microseconds(200) && wrong < other * 3 + .microseconds(200),
                "\(stored): \(wrong) and \(other)")
        }
    }

    @Test func withoutADefaultTheCostliestSeenIsTheDecoy() throws {
        let verifier = PasswordVerifier()
        let slow = try PasswordScheme.pbkdf2SHA512.hash(octets("right").span, cost: 30_000)
        let before = median(verifier, [])
        verifier.prime(with: octets(slow).span)
        let after = median(verifier, [])
        let wrong = median(verifier, [slow])
        #expect(after > before * 5 && after > wrong / 3 && wrong > after / 3, "\(before), \(after), \(wrong)")
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
