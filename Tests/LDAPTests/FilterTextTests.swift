import BER
import LDAP
import RandomTesting
import Testing

@Suite struct FilterTextTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// RFC 4515 §4, all of it, with the filter each text stands for.
    @Test(arguments: [
        ("(cn=Babs Jensen)", Filter.equality("cn", "Babs Jensen")),
        ("(!(cn=Tim Howes))", .not(.equality("cn", "Tim Howes"))),
        (
            "(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
            .and([
                .equality("objectClass", "Person"),
                .or([.equality("sn", "Jensen"), .substrings("cn", .init(initial: bytes("Babs J")))]),
            ])
        ),
        (
            "(o=univ*of*mich*)",
            .substrings("o", .init(initial: bytes("univ"), any: [bytes("of"), bytes("mich")]))
        ),
        ("(seeAlso=)", .equality("seeAlso", "")),
        (
            "(cn:caseExactMatch:=Fred Flintstone)",
            .extensible(.init(rule: "caseExactMatch", attribute: "cn", value: bytes("Fred Flintstone")))
        ),
        ("(cn:=Betty Rubble)", .extensible(.init(attribute: "cn", value: bytes("Betty Rubble")))),
        (
            "(sn:dn:2.4.6.8.10:=Barney Rubble)",
            .extensible(.init(rule: "2.4.6.8.10", attribute: "sn", value: bytes("Barney Rubble"), dnAttributes: true))
        ),
        (
            "(o:dn:=Ace Industry)",
            .extensible(.init(attribute: "o", value: bytes("Ace Industry"), dnAttributes: true))
        ),
        ("(:1.2.3:=Wilma Flintstone)", .extensible(.init(rule: "1.2.3", value: bytes("Wilma Flintstone")))),
        (
            "(:DN:2.4.6.8.10:=Dino)",
            .extensible(.init(rule: "2.4.6.8.10", value: bytes("Dino"), dnAttributes: true))
        ),
        (
            #"(o=Parens R Us \28for all your parenthetical needs\29)"#,
            .equality("o", "Parens R Us (for all your parenthetical needs)")
        ),
        (#"(cn=*\2A*)"#, .substrings("cn", .init(any: [bytes("*")]))),
        (#"(filename=C:\5cMyFile)"#, .equality("filename", #"C:\MyFile"#)),
        (#"(bin=\00\00\00\04)"#, .equality("bin", [0, 0, 0, 4])),
        (#"(sn=Lu\c4\8di\c4\87)"#, .equality("sn", "Lučić")),
        (#"(1.3.6.1.4.1.1466.0=\04\02\48\69)"#, .equality("1.3.6.1.4.1.1466.0", [4, 2, 0x48, 0x69])),
    ])
    func readsTheExamplesOfRFC4515Section4(text: String, filter: Filter) throws {
        let parsed = try Filter(parsing: text)
        #expect(parsed == filter)
        let again = try Filter(parsing: parsed.description)
        #expect(again == filter)
    }

    @Test func readsAbsoluteTrueAndFalseOfRFC4526() throws {
        #expect(try Filter(parsing: "(&)") == .and([]))
        #expect(try Filter(parsing: "(|)") == .or([]))
        #expect(try Filter(parsing: "(!(&))").description == "(!(&))")
    }

    @Test(arguments: [
        ("(a=*)", Filter.present("a")),
        ("(a=b*c)", .substrings("a", .init(initial: bytes("b"), final: bytes("c")))),
        ("(a=*c)", .substrings("a", .init(final: bytes("c")))),
        ("(a>=5)", .greaterOrEqual("a", bytes("5"))),
        ("(a<=5)", .lessOrEqual("a", bytes("5"))),
        ("(a~=5)", .approximate("a", bytes("5"))),
        ("(a>=)", .greaterOrEqual("a", [])),
        ("(cn;lang-fr;x-1=a=b)", .equality("cn;lang-fr;x-1", "a=b")),
        ("(a=Ü 漢)", .equality("a", "Ü 漢")),
        // Spaces around components are libldap's leniency; inside values they count.
        (" ( & (a= b )\n\t(c=d) ) ", .and([.equality("a", " b "), .equality("c", "d")])),
        ("(a:dn:dn:=b)", .extensible(.init(rule: "dn", attribute: "a", value: bytes("b"), dnAttributes: true))),
    ])
    func readsOtherFormsOfRFC4515Section3(text: String, filter: Filter) throws {
        #expect(try Filter(parsing: text) == filter)
    }

    @Test(arguments: [
        "", "(", ")", "()", "a=b", "(a=b", "(a=b))", "(a=b)(c=d)", "((a=b))", "(&(a=b)", "(!)", "(!(a=b)(c=d))", "(=b)",
        "(a)", "(a b=c)", "(a=b(c)", #"(a=\)"#, #"(a=\4)"#, #"(a=\zz)"#, #"(a=b\2"#, "(a=b**c)", "(a=**)", "(a>b)",
        "(a>=b*)", "(:=b)", "(:dn:=b)", "(a:b=c)", "(a:r:s:=c)", "(a:r:dn:=c)", "(a;=b)", "(1.=b)", "(1..2=b)",
        "(01.2=b)",
        "(-a=b)", "(a_b=c)", "(a=\u{0})", "(&(a=b)c)", "(a~b)", "(a:)", "(a:=b",
    ])
    func rejectsWhatIsNoFilter(text: String) {
        #expect(throws: FilterSyntaxError.self) { try Filter(parsing: text) }
    }

    @Test func saysWhereItStopped() {
        let error = #expect(throws: FilterSyntaxError.self) { try Filter(parsing: "(&(cn=a)(sn)") }
        #expect(error?.offset == 11)
        #expect(error?.description == "octet 12: '=', '~=', '>=', '<=' or ':='")
    }

    @Test func escapesAsLittleAsRFC4515Section3Allows() {
        #expect(Filter.escape(Array("a*b(c)d\\e\u{0}f".utf8)) == #"a\2ab\28c\29d\5ce\00f"#)
        #expect(Filter.escape(Array("Zoë".utf8)) == "Zoë")
        #expect(Filter.escape([0x5A, 0xFF, 0xC3]) == #"Z\ff\c3"#)
        // Control characters could forge a line of a log (CVE-2024-3657 was an overflow in just this).
        #expect(Filter.escape(Array("a\u{1E}d\n".utf8)) == #"a\1ed\0a"#)
        #expect(Filter.escape(Array(repeating: 0x1E, count: 10_000)).utf8.count == 30_000)
    }

    @Test func acceptsTheDepthLimitAndNotOneMore() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(!", count: depth) + "(a=*)" + String(repeating: ")", count: depth)
        }
        let text = nested(Limits.filterDepth)
        let deepest = try Filter(parsing: text)
        #expect(deepest.description == text)
        var writer = BERWriter()
        deepest.encode(into: &writer)
        let octets = writer.array
        var reader = BERReader(octets.span)
        let read = try Filter(decoding: &reader, messageID: 1)
        #expect(read.description == text)
        for depth in [Limits.filterDepth + 1, 100_000] {
            #expect(throws: FilterSyntaxError.self) { try Filter(parsing: nested(depth)) }
        }
    }

    @Test func acceptsTheOtherLimitsAndNotOneMore() throws {
        func or(_ count: Int) -> String { "(|" + String(repeating: "(a=*)", count: count) + ")" }
        _ = try Filter(parsing: or(Limits.filterElements - 1))
        #expect(throws: FilterSyntaxError.self) { try Filter(parsing: or(Limits.filterElements)) }
        func parts(_ count: Int) -> String { "(a=*" + String(repeating: "b*", count: count) + ")" }
        guard case .substrings(_, let most) = try Filter(parsing: parts(Limits.substringParts - 1)) else {
            Issue.record("no substrings")
            return
        }
        #expect(most.any.count == Limits.substringParts - 1)
        #expect(throws: FilterSyntaxError.self) { try Filter(parsing: parts(Limits.substringParts + 1)) }
        func octets(_ count: Int) -> String { "(a=" + String(repeating: "b", count: count - 4) + ")" }
        _ = try Filter(parsing: octets(Limits.filterTextBytes))
        #expect(throws: FilterSyntaxError.self) { try Filter(parsing: octets(Limits.filterTextBytes + 1)) }
    }

    /// Text and BER are two forms of one thing: random filters survive both.
    @Test func readsBackRandomFiltersInBothForms() throws {
        var random = SeededRandom()
        for _ in 0..<500 {
            let filter = RandomFilter.make(depth: 5, using: &random)
            let parsed = try Filter(parsing: filter.description)
            #expect(parsed == filter, "seed \(random.seed)")
            var writer = BERWriter()
            filter.encode(into: &writer)
            let octets = writer.array
            var reader = BERReader(octets.span)
            let decoded = try Filter(decoding: &reader, messageID: 1)
            #expect(decoded == filter, "seed \(random.seed)")
            let position = reader.position
            #expect(position == octets.count)
        }
    }

    @Test func givesAVerdictOnRandomText() {
        var random = SeededRandom()
        let alphabet = Array("()&|!*\\=:~<>;dn.1a -ü\u{0}")
        for _ in 0..<5_000 {
            let length = Int.random(in: 0..<30, using: &random)
            let text = "(" + String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "(" }) + ")"
            guard let filter = try? Filter(parsing: text) else { continue }
            #expect((try? Filter(parsing: filter.description)) == filter, "seed \(random.seed)")
        }
    }
}

enum RandomFilter {
    static func make(depth: Int, using random: inout SeededRandom) -> Filter {
        let name = ["cn", "sn;lang-fr", "2.5.4.3", "x-y"].randomElement(using: &random) ?? "cn"
        switch Int.random(in: 0..<(depth > 0 ? 12 : 7), using: &random) {
        case 0: return .present(name)
        case 1: return .greaterOrEqual(name, value(using: &random))
        case 2: return .lessOrEqual(name, value(using: &random))
        case 3: return .approximate(name, value(using: &random))
        case 4: return substrings(name, using: &random)
        case 5: return extensible(name, using: &random)
        case 6: return .equality(name, value(using: &random))
        case 7: return .not(make(depth: depth - 1, using: &random))
        case 8, 9: return .and(children(depth, using: &random))
        default: return .or(children(depth, using: &random))
        }
    }

    private static func children(_ depth: Int, using random: inout SeededRandom) -> [Filter] {
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in make(depth: depth - 1, using: &random) }
    }

    private static func value(atLeast: Int = 0, using random: inout SeededRandom) -> [UInt8] {
        (0..<Int.random(in: atLeast..<6, using: &random)).map { _ in
            Bool.random(using: &random)
                ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 0x27...0x2B, using: &random)
        }
    }

    private static func substrings(_ name: String, using random: inout SeededRandom) -> Filter {
        var parts = Filter.Substrings()
        if Bool.random(using: &random) { parts.initial = value(atLeast: 1, using: &random) }
        if Bool.random(using: &random) { parts.final = value(atLeast: 1, using: &random) }
        let isBare = parts.initial == nil && parts.final == nil
        parts.any = (0..<Int.random(in: (isBare ? 1 : 0)..<3, using: &random)).map { _ in
            value(atLeast: 1, using: &random)
        }
        return .substrings(name, parts)
    }

    private static func extensible(_ name: String, using random: inout SeededRandom) -> Filter {
        var assertion = Filter.MatchingRuleAssertion(value: value(using: &random))
        assertion.dnAttributes = Bool.random(using: &random)
        assertion.rule = Bool.random(using: &random) ? "1.2.3" : nil
        assertion.attribute = assertion.rule == nil || Bool.random(using: &random) ? name : nil
        return .extensible(assertion)
    }
}
