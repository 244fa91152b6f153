import Testing

@testable import Credentials

private let vector =
    "4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

private let dovecots = "{SCRAM-SHA-256}" + vector.replacing(":", with: ",").replacing("$", with: ",")

private func keys(_ text: String) -> SCRAMKeys? { SCRAMKeys(stored: octets(text).span) }

@Test func derivesTheKeysOfRFC7677Section3() throws {
    let stored = try #require(keys("SCRAM-SHA-256$" + vector))
    #expect(stored.iterations == 4096)
    #expect(isRight(stored.userPassword, verifies: "pencil") && !isRight(stored.userPassword, verifies: "Pencil"))
    #expect(!isRight(stored.userPassword, verifies: ""))
    let derived = derivedKeys(.sha256, "pencil", salt: stored.salt)
    #expect(derived == stored)
    #expect(derived?.authPassword == "SCRAM-SHA-256$" + vector)
    #expect(derived?.userPassword == "{SCRAM-SHA-256}" + vector)
}

@Test(arguments: [
    "SCRAM-SHA-256$" + vector, "{SCRAM-SHA-256}" + vector, "{scram-sha-256}" + vector,
    " SCRAM-SHA-256 $ " + vector + " ",
    dovecots,
])
func readsRFC5803AndDovecotsForm(text: String) {
    #expect(keys(text)?.userPassword == "{SCRAM-SHA-256}" + vector)
}

private func with(_ part: String, replacedBy other: String) -> String {
    "{SCRAM-SHA-256}" + vector.replacing(part, with: other)
}

private let refused: [String] = [
    "", "{}", "SCRAM-SHA-256", "SCRAM-SHA-256$", "SCRAM-SHA-1$" + vector, "SCRAM-SHA-512$" + vector,
    "{SCRAM-SHA-256}" + String(vector.dropLast()), "{SCRAM-SHA-256}" + vector + "=", "{SCRAM-SHA-256}" + vector + "$x",
    with("4096", replacedBy: "0"), with("4096", replacedBy: "2147483648"), with("4096", replacedBy: "2000001"),
    with("4096", replacedBy: "-1"), with("4096", replacedBy: ""), with("4096", replacedBy: "+96"),
    with("W22ZaJ0SNY7soEsUEjb6gQ==", replacedBy: ""),
    with("W22ZaJ0SNY7soEsUEjb6gQ==", replacedBy: "W22ZaJ0SNY7soEsUEjb6gR=="),
]

@Test(arguments: refused)
func refusesWhatIsNoRFC5803Value(text: String) {
    #expect(keys(text) == nil)
}

@Test func aProhibitedPasswordHasNoKeys_RFC4013Section2_3() {
    #expect(derivedKeys(.sha256, "bell\u{7}") == nil)
    #expect(derivedKeys(.sha256, "nul\u{0}") == nil)
    // One password, composed or not, in fullwidth letters or not.
    #expect(
        derivedKeys(.sha512, "e\u{301}\u{FF41}", iterations: 1)
            == derivedKeys(.sha512, "\u{E9}a", iterations: 1))
}
