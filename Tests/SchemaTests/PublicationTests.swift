import Testing

@testable import Schema

@Suite struct PublicationTests {
    @Test func publishedTextReadsBackToTheSameDefinitions() throws {
        var text = ""
        for published in builtIn.publishedAttributeTypes() { text += "attributetype \(published)\n" }
        for published in builtIn.publishedObjectClasses() { text += "objectclass \(published)\n" }
        let definitions = try SchemaDefinitions(parsing: Array(text.utf8), file: "published")
        #expect(definitions.attributeTypes.map(\.definition) == builtIn.attributeTypes.map(\.definition))
        #expect(definitions.objectClasses.map(\.definition) == builtIn.objectClasses.map(\.definition))
    }

    @Test func publishedSyntaxesReadBack() throws {
        let text = builtIn.publishedSyntaxes().map { "ldapsyntax \($0)\n" }.joined()
        let definitions = try SchemaDefinitions(parsing: Array(text.utf8), file: "published")
        #expect(definitions.syntaxes.count == builtIn.publishedSyntaxes().count)
    }

    @Test func definitionsOfAllPartsReadBack() throws {
        let texts = [
            "( 1.2.3 NAME ( 'a' 'b' ) DESC 'it\\27s \\5C' OBSOLETE SUP c EQUALITY d ORDERING e SUBSTR f SYNTAX 1.2{3} "
                + "SINGLE-VALUE COLLECTIVE NO-USER-MODIFICATION USAGE dSAOperation X-A 'b' X-C ( 'd' 'e' ) )"
        ]
        for text in texts {
            let definitions = try SchemaDefinitions(parsing: Array("attributetype \(text)".utf8), file: "")
            #expect(definitions.attributeTypes.first?.definition.text == text)
        }
        let text = "( 1.2.3 NAME 'a' DESC 'b' OBSOLETE SUP ( c $ d ) ABSTRACT MUST e MAY ( f $ g ) X-H 'i' )"
        let definitions = try SchemaDefinitions(parsing: Array("objectclass \(text)".utf8), file: "")
        #expect(definitions.objectClasses.first?.definition.text == text)
    }

    @Test func everyRulesSyntaxAndEveryPublishedRuleUseExists() {
        for rule in builtIn.matchingRules { #expect(builtIn.syntax(rule.assertionSyntax) != nil, "\(rule.name)") }
        let uses = builtIn.publishedMatchingRuleUses()
        #expect(uses.contains { $0.hasPrefix("( 2.5.13.2 NAME 'caseIgnoreMatch' APPLIES (") && $0.contains("$ cn $") })
        #expect(
            builtIn.publishedMatchingRules().contains(
                "( 2.5.13.14 NAME 'integerMatch' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )"))
    }

    /// What the subschema names it also defines, so that a client that reads it all finds no end loose.
    @Test func everyRuleOfEveryTypeIsPublished() {
        let published = builtIn.publishedMatchingRules()
        for type in builtIn.attributeTypes {
            for rule in [type.equality, type.ordering, type.substrings].compactMap(\.self) {
                #expect(published.contains(rule.text), "\(type.name)")
            }
        }
    }

    @Test(arguments: [
        ("caseExactMatch", "cn", true), ("caseExactMatch", "mail", false), ("integerBitAndMatch", "uidNumber", true),
        ("caseIgnoreMatch", "telephoneNumber", true), ("caseIgnoreSubstringsMatch", "cn", false),
        ("dnSubtreeMatch", "member", true), ("dnSubtreeMatch", "cn", false),
        ("objectIdentifierFirstComponentMatch", "attributeTypes", true),
        ("objectIdentifierFirstComponentMatch", "objectClass", false), ("caseIgnoreIA5Match", "c", true),
        ("directoryStringFirstComponentMatch", "cn", false), ("integerFirstComponentMatch", "uidNumber", false),
    ])
    func rulesApplyToAttributesOfTheirSyntax(rule: String, type: String, applies: Bool) throws {
        let type = try #require(builtIn.attributeType(type))
        #expect(builtIn.matchingRule(rule)?.applies(to: type) == applies)
    }
}
