import Testing

@testable import Credentials

private func prepared(_ text: String) -> String? {
    SASLprep.prepare(octets(text).span).map { String(decoding: $0, as: UTF8.self) }
}

/// The examples of RFC 4013 section 3, and one of each table.
@Test(arguments: [
    ("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{AA}", "a"), ("\u{2168}", "IX"), ("\u{7}", nil),
    ("\u{627}\u{31}", nil), ("", ""), (" a ", " a "), ("a\u{A0}b", "a b"), ("a\u{3000}b", "a b"), ("a\u{200B}b", "a b"),
    ("\u{200D}a", "a"), ("e\u{301}", "\u{E9}"), ("\u{FB01}", "fi"), ("\u{7F}", nil), ("a\u{80}", nil),
    ("a\u{E000}", nil),
    ("a\u{FFFD}", nil), ("a\u{FFFE}", nil), ("a\u{200E}", nil), ("a\u{2FF0}", nil), ("a\u{E0001}", nil),
    ("a\u{340}", "a\u{300}"),
    ("\u{5D0}\u{5D1}", "\u{5D0}\u{5D1}"), ("\u{5D0}1\u{5D1}", "\u{5D0}1\u{5D1}"), ("\u{5D0}a\u{5D1}", nil),
    ("a\u{5D0}", nil),
    ("\u{6F22}\u{5B57}", "\u{6F22}\u{5B57}"), ("P\u{E4}ssw\u{F6}rd", "P\u{E4}ssw\u{F6}rd"), ("\u{1F511}", "\u{1F511}"),
])
func preparesAsRFC4013Does(text: String, expected: String?) {
    #expect(prepared(text) == expected)
}

@Test func refusesWhatIsNotUTF8_RFC4013() {
    for octets: [UInt8] in [[0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] {
        let prepared = SASLprep.prepare(octets.span)
        #expect(prepared == nil)
    }
}
