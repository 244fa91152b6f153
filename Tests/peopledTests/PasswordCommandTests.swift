import CommandLineTools
import Credentials
import Foundation
import Testing

@testable import peopled

@Suite struct PasswordCommandTests {
    private let now: Int64 = 1_767_225_600  // 2026-01-01

    @Test(
        arguments: [
            ("90d", 1_767_225_600 + 90 * 86_400), ("12h", 1_767_225_600 + 12 * 3_600),
            ("4w", 1_767_225_600 + 28 * 86_400),
            ("1y", 1_767_225_600 + 365 * 86_400), ("2027-01-31", 1_801_353_600), ("2028-02-29", 1_835_395_200),
            ("2026-02-29", nil), ("2027-13-01", nil), ("2027-1-1", nil), ("", nil), ("d", nil), ("0d", nil),
            ("-1d", nil),
            ("1m", nil), ("999999d", nil), ("1.5d", nil), ("soon", nil), ("2027-01-31T", nil),
        ] as [(String, Int64?)])
    func readsWhenAPasswordExpires(text: String, expected: Int64?) {
        #expect(Moment.expiry(text, from: now) == expected)
    }

    @Test func showsTimesInUTC() {
        #expect(Moment.text(now) == "2026-01-01 00:00:00Z")
    }

    private func settings(_ text: String) throws -> Configuration.BindSettings {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        return try decoder.decode(Configuration.BindSettings.self, from: Data(text.utf8))
    }

    @Test func aDefaultSchemeIsANameOrANameAndACost() throws {
        #expect(try settings("{}").defaultScheme == nil)
        #expect(try settings("{ defaultScheme: 'ssha512' }").defaultScheme?.checked().scheme == .ssha512)
        let bcrypt = try settings("{ defaultScheme: { scheme: 'BCRYPT', cost: 5 } }")
        #expect(try bcrypt.defaultScheme?.checked().cost == 5)
        // Some octets that cost what bcrypt does.
        #expect(try bcrypt.passwordVerifier().cost(against: []) > 1000)
        #expect(try settings("{}").passwordVerifier().cost(against: []) == 1)
    }

    @Test(arguments: [
        ("{ defaultScheme: 'SSHA-512' }", "binds.defaultScheme: there is no \"SSHA-512\"; did you mean \"SSHA512\"?"),
        (
            "{ defaultScheme: { scheme: 'BCRYPT', cost: 20 } }",
            "binds.defaultScheme: a cost of BCRYPT is 4 to 14 (log2 of the rounds)"
        ),
        ("{ defaultScheme: { scheme: 'SSHA', cost: 1 } }", "binds.defaultScheme: SSHA has no cost"),
    ])
    func refusesADefaultSchemeWithAdvice(text: String, message: String) throws {
        let found = try settings(text)
        do {
            _ = try found.passwordVerifier()
            Issue.record("it was taken")
        } catch let failure as CommandFailure {
            #expect(failure.message == message)
        }
    }
}
