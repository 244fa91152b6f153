import RandomTesting
import Testing

@testable import Schema

@Suite struct MatchingRuleTests {
    @Test(arguments: [
        ("4.2.1 bitStringMatch", "bitStringMatch", "'01'B", "'01'B"),
        ("4.2.2 booleanMatch", "booleanMatch", "TRUE", "TRUE"),
        ("4.2.3 caseExactIA5Match", "caseExactIA5Match", " a  B ", "a B"),
        ("4.2.7 caseIgnoreIA5Match", "caseIgnoreIA5Match", "Babs@Example.EDU", "babs@example.edu"),
        ("4.2.9 caseIgnoreListMatch", "caseIgnoreListMatch", "1234 Main St.$ Anytown ", "1234 MAIN  ST.$anytown"),
        ("4.2.15 distinguishedNameMatch", "distinguishedNameMatch", "CN=A, DC=B", "cn=a,dc=b"),
        ("4.2.16 generalizedTimeMatch", "generalizedTimeMatch", "199412161032Z", "19941216053200-0500"),
        ("4.2.16 generalizedTimeMatch", "generalizedTimeMatch", "2026022812.5Z", "20260228123000.000Z"),
        ("4.2.16 generalizedTimeMatch", "generalizedTimeMatch", "20251231233000-0100", "202601010030Z"),
        ("4.2.16 generalizedTimeMatch", "generalizedTimeMatch", "202403010000+01", "202402292300Z"),
        ("4.2.16 generalizedTimeMatch", "generalizedTimeMatch", "202601011200,25Z", "20260101120015Z"),
        ("4.2.18 integerFirstComponentMatch", "integerFirstComponentMatch", "( 15 NAME 'x' )", "15"),
        ("4.2.19 integerMatch", "integerMatch", "-15", "-15"),
        (
            "4.2.25 objectIdentifierFirstComponentMatch", "objectIdentifierFirstComponentMatch",
            "( 2.5.4.3 NAME 'cn' )", "cn"
        ),
        ("4.2.26 objectIdentifierMatch", "objectIdentifierMatch", "commonName", "2.5.4.3"),
        ("4.2.26 objectIdentifierMatch", "objectIdentifierMatch", "PERSON", "2.5.6.6"),
        ("4.2.26 objectIdentifierMatch", "objectIdentifierMatch", "1.2.3.4.5", "1.2.3.4.5"),
        ("4.2.31 uniqueMemberMatch", "uniqueMemberMatch", "CN=a,DC=b#'01'B", "cn=A,dc=B#'01'B"),
        (
            "RFC 4530 UUIDMatch", "UUIDMatch", "597AE2F6-16A6-1027-98F4-D28B5365DC14",
            "597ae2f6-16a6-1027-98f4-d28b5365dc14"
        ),
        ("CSNMatch", "CSNMatch", "20260301120000Z#00000A#00#000000", "20260301120000.000000Z#00000a#000#000000"),
    ])
    func matches(clause: String, rule: String, left: String, right: String) throws {
        #expect(try key(rule, left) == key(rule, right))
    }

    @Test(arguments: [
        ("bitStringMatch", "'01'B", "'010'B"), ("caseExactMatch", "a", "A"), ("caseExactIA5Match", "a", "A"),
        ("caseIgnoreListMatch", "a$b", "a b"), ("integerMatch", "1", "-1"), ("octetStringMatch", "a", "a "),
        ("objectIdentifierMatch", "person", "organizationalPerson"), ("uniqueMemberMatch", "cn=a", "cn=a#'01'B"),
        ("generalizedTimeMatch", "199412161032Z", "19941216103200.1Z"), ("telephoneNumberMatch", "12", "13"),
    ])
    func differs(rule: String, left: String, right: String) throws { #expect(try key(rule, left) != key(rule, right)) }

    @Test(arguments: [
        ("integerMatch", "1x"), ("objectIdentifierMatch", "noSuchName"), ("generalizedTimeMatch", "today"),
        ("booleanMatch", "yes"), ("UUIDMatch", "x"), ("distinguishedNameMatch", "noSuchType=a"),
        ("numericStringMatch", "a"), ("caseIgnoreIA5Match", "é"), ("certificateExactMatch", "{ nonsense }"),
        ("telephoneNumberMatch", "é"), ("CSNMatch", "1"), ("caseIgnoreListMatch", #"\"#), ("caseIgnoreMatch", ""),
        ("caseExactMatch", ""),
    ])
    func assertionsThatAreUndefined(rule: String, value: String) {
        #expect(throws: SyntaxError.self) { try key(rule, value) }
    }

    static let ordered: [(String, [String])] = [
        (
            "integerOrderingMatch",
            ["-1000", "-999", "-10", "-9", "-1", "0", "1", "9", "10", "99", "100", "12345678901234567890"]
        ),
        (
            "generalizedTimeOrderingMatch",
            ["19991231235959.9Z", "20000101000000Z", "20000101000000.01Z", "20000101000000.1Z", "20000101000001Z"]
        ),
        ("caseIgnoreOrderingMatch", ["a", "A b", "ab", "B", "z", "é"]),
        ("numericStringOrderingMatch", ["1", "1 0", "2"]),
        ("UUIDOrderingMatch", ["00000000-0000-0000-0000-000000000001", "0F000000-0000-0000-0000-000000000000"]),
        ("CSNOrderingMatch", ["20260301120000.000000Z#000000#000#000000", "20260301120000.000001Z#000000#000#000000"]),
    ]

    @Test(arguments: ordered) func orderOfKeysIsTheOrderOfValues(rule: String, values: [String]) throws {
        let keys = try values.map { try key(rule, $0) }
        for (earlier, later) in zip(keys, keys.dropFirst()) {
            #expect(earlier.lexicographicallyPrecedes(later))
        }
    }

    @Test func integersOfAnySizeKeepTheirOrderAndTheirValue() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededRandom(seed: seed)
        var numbers = (0..<400).map { _ in
            Int64.random(in: Int64.min...Int64.max, using: &generator) >> Int64.random(in: 0...63, using: &generator)
        }
        numbers += [0, 1, -1, Int64.max, Int64.min]
        var previous: (number: Int64, key: [UInt8])?
        for number in numbers.sorted() {
            let key = try key("integerMatch", String(number))
            #expect(numberOfKey(key) == number, "seed \(seed)")
            if let previous {
                #expect((previous.number == number) == (previous.key == key), "seed \(seed)")
                #expect(!key.lexicographicallyPrecedes(previous.key), "seed \(seed)")
            }
            previous = (number, key)
        }
        let long = [94, 95, 96, 300].map { String(repeating: "9", count: $0) }
        let keys = try (long.reversed().map { "-" + $0 } + long).map { try key("integerMatch", $0) }
        for (earlier, later) in zip(keys, keys.dropFirst()) { #expect(earlier.lexicographicallyPrecedes(later)) }
        #expect(numberOfKey(keys[0]) == nil)
    }

    static let relations: [(String, String, String, Bool)] = [
        ("integerBitAndMatch", "7", "5", true), ("integerBitAndMatch", "4", "5", false),
        ("integerBitOrMatch", "4", "5", true),
        ("integerBitOrMatch", "2", "5", false), ("integerBitAndMatch", "-1", "5", true),
        ("integerBitAndMatch", "99999999999999999999", "1", false), ("integerOrderingMatch", "4", "5", true),
        ("integerOrderingMatch", "5", "5", false), ("dnSubtreeMatch", "cn=a,dc=b", "dc=b", true),
        ("dnSubtreeMatch", "dc=b", "dc=b", true), ("dnSubordinateMatch", "dc=b", "dc=b", false),
        ("dnSubordinateMatch", "cn=a,dc=b", "dc=b", true), ("dnOneLevelMatch", "cn=a,dc=b", "dc=b", true),
        ("dnOneLevelMatch", "cn=c,cn=a,dc=b", "dc=b", false), ("dnSuperiorMatch", "dc=b", "cn=a,dc=b", true),
        ("dnSuperiorMatch", "cn=a,dc=b", "cn=a,dc=b", false), ("caseExactMatch", "a", "a", true),
    ]

    @Test(arguments: relations)
    func extensibleFiltersAskForRelations(rule: String, value: String, assertion: String, holds: Bool) throws {
        let matchingRule = try #require(builtIn.matchingRule(rule))
        let valueKey = try key(rule, value)
        let assertionKey = try key(rule, assertion)
        let found = matchingRule.matches(valueKey: valueKey.span, assertionKey: assertionKey.span)
        #expect(found == holds)
    }

    @Test(arguments: [
        ("numericStringSubstringsMatch", "1 2", "12"), ("telephoneNumberSubstringsMatch", "55-5 1", "5551"),
        ("caseIgnoreIA5SubstringsMatch", "@EX", "@ex"), ("caseExactSubstringsMatch", "aB", "aB"),
        ("octetStringSubstringsMatch", "aB ", "aB "), ("caseIgnoreListSubstringsMatch", "St. $ Any", "st.$any"),
    ])
    func partsOfSubstringAssertions(rule: String, part: String, prepared: String) throws {
        #expect(text(try substringKey(rule, part, .any)) == prepared)
    }

    @Test(
        "RFC 4511 section 4.5.1.7.2: parts conform to the equality rule's syntax",
        arguments: [
            ("numericStringSubstringsMatch", "a"), ("telephoneNumberSubstringsMatch", "é"),
            ("caseIgnoreIA5SubstringsMatch", "é"),
        ])
    func partsThatAreUndefined(rule: String, part: String) {
        #expect(throws: SyntaxError.self) { try substringKey(rule, part, .any) }
    }

    @Test func rulesWithoutPartsRefuseThem() {
        #expect(throws: SyntaxError(.notApplicable, at: 0, expected: "")) {
            try substringKey("integerMatch", "1", .any)
        }
    }

    @Test func equalityOrderingAndSubstringsOfOneTypeShareKeys() {
        for type in builtIn.attributeTypes {
            guard let equality = type.equality else { continue }
            for rule in [type.ordering, type.substrings].compactMap({ $0 }) {
                #expect(equality.sharesKeys(with: rule), "\(type.name)")
            }
        }
    }
}
