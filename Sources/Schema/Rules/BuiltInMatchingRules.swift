/// The matching rules that are known: RFC 4517 section 4.2, RFC 4523, RFC 4530, and OpenLDAP's own.
enum BuiltInMatchingRules {
    static let all: [MatchingRule] = equality + ordering + substrings + relations

    private static func lsyntax(_ arc: Int) -> String { "1.3.6.1.4.1.1466.115.121.1.\(arc)" }

    private static func rule(
        _ oid: String, _ name: String, _ use: MatchingRule.Use, _ normalization: Normalization, _ syntax: Int
    ) -> MatchingRule {
        MatchingRule(
            oid, name, use, normalization, syntax: lsyntax(syntax), relation: use == .ordering ? .less : .equal)
    }

    private static let equality: [MatchingRule] = [
        rule("2.5.13.0", "objectIdentifierMatch", .equality, .objectIdentifier, 38),
        rule("2.5.13.1", "distinguishedNameMatch", .equality, .distinguishedName, 12),
        rule("2.5.13.2", "caseIgnoreMatch", .equality, .caseIgnore, 15),
        rule("2.5.13.5", "caseExactMatch", .equality, .caseExact, 15),
        rule("2.5.13.8", "numericStringMatch", .equality, .numericString, 36),
        rule("2.5.13.11", "caseIgnoreListMatch", .equality, .caseIgnoreList, 41),
        rule("2.5.13.13", "booleanMatch", .equality, .boolean, 7),
        rule("2.5.13.14", "integerMatch", .equality, .integer, 27),
        rule("2.5.13.16", "bitStringMatch", .equality, .bitString, 6),
        rule("2.5.13.17", "octetStringMatch", .equality, .octetString, 40),
        rule("2.5.13.20", "telephoneNumberMatch", .equality, .telephoneNumber, 50),
        rule("2.5.13.23", "uniqueMemberMatch", .equality, .nameAndOptionalUID, 34),
        rule("2.5.13.27", "generalizedTimeMatch", .equality, .generalizedTime, 24),
        rule("2.5.13.29", "integerFirstComponentMatch", .equality, .integerFirstComponent, 27),
        rule("2.5.13.30", "objectIdentifierFirstComponentMatch", .equality, .objectIdentifierFirstComponent, 38),
        rule("2.5.13.31", "directoryStringFirstComponentMatch", .equality, .directoryStringFirstComponent, 15),
        MatchingRule(
            "2.5.13.34", "certificateExactMatch", .equality, .certificateExact, syntax: "1.3.6.1.1.15.1"),
        rule("1.3.6.1.4.1.1466.109.114.1", "caseExactIA5Match", .equality, .caseExactIA5, 26),
        rule("1.3.6.1.4.1.1466.109.114.2", "caseIgnoreIA5Match", .equality, .caseIgnoreIA5, 26),
        MatchingRule("1.3.6.1.1.16.2", "UUIDMatch", .equality, .uuid, syntax: "1.3.6.1.1.16.1"),
        MatchingRule(
            "1.3.6.1.4.1.4203.666.11.2.2", "CSNMatch", .equality, .csn, syntax: "1.3.6.1.4.1.4203.666.11.2.1"),
    ]

    private static let ordering: [MatchingRule] = [
        rule("2.5.13.3", "caseIgnoreOrderingMatch", .ordering, .caseIgnore, 15),
        rule("2.5.13.6", "caseExactOrderingMatch", .ordering, .caseExact, 15),
        rule("2.5.13.9", "numericStringOrderingMatch", .ordering, .numericString, 36),
        rule("2.5.13.15", "integerOrderingMatch", .ordering, .integer, 27),
        rule("2.5.13.18", "octetStringOrderingMatch", .ordering, .octetString, 40),
        rule("2.5.13.28", "generalizedTimeOrderingMatch", .ordering, .generalizedTime, 24),
        MatchingRule(
            "1.3.6.1.1.16.3", "UUIDOrderingMatch", .ordering, .uuid, syntax: "1.3.6.1.1.16.1", relation: .less),
        MatchingRule(
            "1.3.6.1.4.1.4203.666.11.2.3", "CSNOrderingMatch", .ordering, .csn,
            syntax: "1.3.6.1.4.1.4203.666.11.2.1", relation: .less),
    ]

    private static let substrings: [MatchingRule] = [
        rule("2.5.13.4", "caseIgnoreSubstringsMatch", .substrings, .caseIgnore, 58),
        rule("2.5.13.7", "caseExactSubstringsMatch", .substrings, .caseExact, 58),
        rule("2.5.13.10", "numericStringSubstringsMatch", .substrings, .numericString, 58),
        rule("2.5.13.12", "caseIgnoreListSubstringsMatch", .substrings, .caseIgnoreList, 58),
        rule("2.5.13.19", "octetStringSubstringsMatch", .substrings, .octetString, 40),
        rule("2.5.13.21", "telephoneNumberSubstringsMatch", .substrings, .telephoneNumber, 58),
        rule("1.3.6.1.4.1.1466.109.114.3", "caseIgnoreIA5SubstringsMatch", .substrings, .caseIgnoreIA5, 58),
        rule("1.3.6.1.4.1.4203.1.2.1", "caseExactIA5SubstringsMatch", .substrings, .caseExactIA5, 58),
    ]

    private static func relation(
        _ oid: String, _ name: String, _ normalization: Normalization, _ syntax: Int, _ relation: ValueRelation
    ) -> MatchingRule {
        MatchingRule(
            oid, name, .relation, normalization, syntax: lsyntax(syntax), relation: relation)
    }

    private static let relations: [MatchingRule] = [
        relation("1.2.840.113556.1.4.803", "integerBitAndMatch", .integer, 27, .allBits),
        relation("1.2.840.113556.1.4.804", "integerBitOrMatch", .integer, 27, .anyBit),
        relation("1.3.6.1.4.1.4203.666.4.8", "dnOneLevelMatch", .distinguishedName, 12, .child),
        relation("1.3.6.1.4.1.4203.666.4.9", "dnSubtreeMatch", .distinguishedName, 12, .withinSubtree),
        relation("1.3.6.1.4.1.4203.666.4.10", "dnSubordinateMatch", .distinguishedName, 12, .subordinate),
        relation("1.3.6.1.4.1.4203.666.4.11", "dnSuperiorMatch", .distinguishedName, 12, .superior),
    ]
}
