import RandomTesting
import Testing

@testable import Schema

@Suite struct StringPreparationTests {
    @Test(arguments: [
        ("foo bar  ", "foo bar"), ("  foo   bar", "foo bar"), ("   ", " "), ("Babs", "babs"),
    ])
    func rfc4518Section2Point6Point1InsignificantSpaces(value: String, prepared: String) throws {
        #expect(text(try key("caseIgnoreMatch", value)) == prepared)
    }

    @Test(arguments: [
        ("a\u{AD}b", "ab"), ("a\u{34F}b", "ab"), ("a\u{FE0F}b", "ab"), ("a\u{FFFC}b", "ab"), ("a\u{200B}b", "ab"),
        ("a\tb", "a b"), ("a\u{85}b", "a b"), ("a\u{1}b", "ab"), ("a\u{7F}b", "ab"), ("a\u{A0}b", "a b"),
        ("a\u{3000}b", "a b"), ("a\u{2028}b", "a b"), ("a\u{FEFF}b", "ab"), ("a\r\n b", "a b"),
    ])
    func rfc4518Section2Point2Maps(value: String, prepared: String) throws {
        #expect(text(try key("caseExactMatch", value)) == prepared)
        #expect(text(try key("caseIgnoreMatch", value)) == prepared)
    }

    @Test(arguments: [
        ("ÄÖÜ", "äöü"), ("Straße", "strasse"), ("ẞ", "ss"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("ς", "σ"), ("Ｂ", "b"), ("ﬁ", "fi"),
        ("İ", "i\u{307}"), ("ı", "ı"), ("℡", "tel"), ("K", "k"), ("Ⅷ", "viii"), ("ǅ", "dž"), ("Ÿ", "ÿ"), ("ÞÅ", "þå"),
        ("Ж", "ж"), ("Ա", "ա"), ("ŉ", "ʼn"), ("\u{345}", "ι"), ("𐐀", "𐐨"),
    ])
    func rfc3454TableB2Folds(value: String, prepared: String) throws {
        #expect(text(try key("caseIgnoreMatch", value)) == prepared)
    }

    @Test(arguments: [
        ("e\u{301}", "é"), ("\u{212B}", "å"), ("ﷺ", "صلى الله عليه وسلم"), ("ｶﾞ", "ガ"),
        ("\u{1113}\u{1176}e\u{301}", "\u{1113}\u{1176}é"), ("각", "각"), ("①", "1"),
        ("⁵", "5"),
    ])
    func rfc4518Section2Point3NormalisesToNFKC(value: String, prepared: String) throws {
        #expect(try key("caseIgnoreMatch", value) == Array(prepared.utf8))
    }

    @Test func exactRulesKeepCaseAndNormalise() throws {
        #expect(text(try key("caseExactMatch", "Ａé ß")) == "Aé ß")
        #expect(try key("caseExactMatch", "A") != key("caseExactMatch", "a"))
    }

    @Test(arguments: [0xFFFD, 0xE000, 0xFDD0, 0x1FFFE, 0x10FFFF] as [UInt32])
    func rfc4518Section2Point4ProhibitsInAssertionsAndKeepsInStoredValues(codePoint: UInt32) throws {
        let value = "a" + String(try #require(Unicode.Scalar(codePoint)))
        #expect(throws: SyntaxError(.prohibitedCodePoint, at: 0, expected: "")) { try key("caseIgnoreMatch", value) }
        let rule = try #require(builtIn.matchingRule("caseIgnoreMatch"))
        var stored: [UInt8] = []
        try rule.appendStoredKey(of: Array(value.utf8).span, in: builtIn, to: &stored)
        #expect(stored == Array(value.utf8))
    }

    @Test func lettersSinceUnicode32AreNotProhibited() throws {
        #expect(try key("caseIgnoreMatch", "😀 ẟ").isEmpty == false)
    }

    @Test(arguments: [
        ("foo ", MatchingRule.SubstringPosition.initial, "foo "), (" foo", .initial, "foo"),
        (" foo  bar ", .any, " foo bar "),
        (" foo ", .final, " foo"), ("  ", .any, " "), ("  ", .initial, " "), ("  ", .final, ""), ("F", .any, "f"),
        ("É ", .initial, "é "), (" É", .final, " é"),
    ])
    func rfc4518Section2Point6Point1SubstringsKeepSpacesThatOthersContinue(
        part: String, position: MatchingRule.SubstringPosition, prepared: String
    ) throws {
        #expect(text(try substringKey("caseIgnoreSubstringsMatch", part, position)) == prepared)
    }

    @Test func rfc4518Section2Point6Point1ASpaceUnderACombiningMarkIsNoSpace() throws {
        #expect(text(try key("caseIgnoreMatch", "a  \u{308}b")) == "a  \u{308}b")
    }

    @Test(arguments: [("1 2 3", "123"), ("  42", "42"), ("   ", " ")])
    func rfc4518Section2Point6Point2NumericStringsLoseAllSpaces(value: String, prepared: String) throws {
        #expect(text(try key("numericStringMatch", value)) == prepared)
    }

    @Test(arguments: [("+1 (310) 825-4321", "+1(310)8254321"), ("- -", " "), ("555-CALL", "555call")])
    func rfc4518Section2Point6Point3TelephoneNumbersLoseSpacesAndHyphens(value: String, prepared: String) throws {
        #expect(text(try key("telephoneNumberMatch", value)) == prepared)
    }

    @Test(
        arguments: [[0xC0, 0x80], [0xFF], [0xED, 0xA0, 0x80], [0x61, 0xC3], [0xF8, 0x88, 0x80, 0x80, 0x80]] as [[UInt8]]
    )
    func refusesWhatIsNotUTF8(octets: [UInt8]) {
        #expect(throws: SyntaxError(.notUTF8, at: 0, expected: "")) { try key("caseIgnoreMatch", octets) }
    }

    /// The ASCII path and the general one have to agree; a letter from beyond ASCII at the end forces the general one.
    @Test func theFastPathAgreesWithTheGeneralOne() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let octets = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                Bool.random(using: &generator) ? 0x20 : UInt8.random(in: 0...0x7F, using: &generator)
            }
            for rule in ["caseIgnoreMatch", "caseExactMatch"] {
                let fast = try key(rule, octets + [0x7A])
                let general = try key(rule, octets + Array("z\u{431}".utf8))
                #expect(fast + Array("\u{431}".utf8) == general, "seed \(seed): \(octets)")
            }
        }
    }
}
