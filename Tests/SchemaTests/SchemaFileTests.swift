import Foundation
import Testing

@testable import Schema

@Suite struct SchemaFileTests {
    private func schema(_ text: String) throws -> Schema {
        try builtIn.adding(try SchemaDefinitions(parsing: Array(text.utf8), file: "campus.schema"))
    }

    @Test func readsCommentsContinuationLinesAndMacros() throws {
        let schema = try schema(
            """
            # A comment
              # with a blank line before the next

            objectidentifier campus 1.3.6.1.4.1.99999
            ObjectIdentifier campusType campus:1

            AttributeType ( campusType:1
            # a comment inside a definition
            \tNAME ( 'campusCard' 'cardNumber' ) DESC 'It''
            """.replacingOccurrences(of: "It''", with: #"It\27s a card'"#) + """

                    EQUALITY caseIgnoreMatch SYNTAX '1.3.6.1.4.1.1466.115.121.1.15{64}'
                    SINGLE-VALUE X-ORIGIN ( 'campus' 'library' ) )\r
                objectclass ( campus:2.1 NAME 'campusPerson' SUP top AUXILIARY MAY ( campusCard $ cn ) )
                """)
        let type = try #require(schema.attributeType("CARDNUMBER"))
        #expect(type.oid == "1.3.6.1.4.1.99999.1.1")
        #expect(type.definition.description == "It's a card")
        #expect(type.definition.lengthBound == 64)
        #expect(type.isSingleValued)
        #expect(type.definition.extensions == [SchemaExtension(name: "X-ORIGIN", values: ["campus", "library"])])
        #expect(schema.objectClass("campusPerson")?.may.count == 2)
        #expect(builtIn.attributeType("campusCard") == nil, "the schema before is unchanged")
    }

    @Test func definitionsMayReferToLaterOnes() throws {
        let schema = try schema(
            """
            attributetype ( 1.2.3.1 NAME 'child' SUP parent )
            attributetype ( 1.2.3.2 NAME 'parent' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch )
            """)
        #expect(schema.attributeType("child")?.equality?.name == "integerMatch")
        #expect(schema.subtypes(of: try #require(schema.attributeType("parent")).id).count == 2)
    }

    @Test func aSitesSyntaxTakesTheCheckOfItsSubstitute() throws {
        let schema = try schema("ldapsyntax ( 1.2.3.4 DESC 'x' X-SUBST '1.3.6.1.4.1.1466.115.121.1.27' )")
        let syntax = try #require(schema.syntax("1.2.3.4"))
        #expect(throws: SyntaxError.self) { try validate("x", syntax, in: schema) }
    }

    @Test func aSitesCopyOfAStandardDefinitionIsTaken() throws {
        let schema = try schema(
            """
            attributetype ( 2.5.4.15 NAME 'businessCategory' EQUALITY caseExactMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
            attributetype ( 2.5.4.0 NAME 'objectClass' EQUALITY objectIdentifierMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )
            objectclass ( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) )
            """)
        #expect(schema.attributeType("businessCategory")?.equality?.name == "caseExactMatch")
        #expect(schema.attributeTypes.count == builtIn.attributeTypes.count)
        #expect(schema.objectClass("person")?.may.isEmpty == true)
    }

    static let errors: [(String, SchemaError.Code, Int, String)] = [
        ("attributetype 1.2.3", .malformed, 1, "expected \"(\""),
        ("\n\nattributetype ( x NAME 'a' )", .malformed, 3, "numeric OID"),
        ("attributetype ( 1.2.3 NAME 'a'\n FOO )", .malformed, 2, "\"FOO\""),
        ("attributetype ( 1.2.3 NAME 'a'", .malformed, 1, "\")\""),
        ("attributetype ( 1.2.3 NAME 'a\n SYNTAX 1.2 )", .malformed, 2, "closing quote"),
        ("attributetype ( 1.2.3 NAME '1a' SUP name )", .malformed, 1, "\"1a\""),
        ("attributetype ( 1.2.3 NAME 'a' )", .inconsistent, 1, "neither SYNTAX nor SUP"),
        ("attributetype ( 1.2.3 NAME 'a' SUP nosuch )", .undefined, 1, "\"nosuch\""),
        ("attributetype ( 1.2.3 NAME 'a' SYNTAX 1.2.3 )", .undefined, 1, "syntax 1.2.3"),
        ("attributetype ( 1.2.3 NAME 'a' SUP name EQUALITY nosuch )", .undefined, 1, "matching rule \"nosuch\""),
        ("attributetype ( 1.2.3 NAME 'a' SUP name EQUALITY caseIgnoreOrderingMatch )", .inconsistent, 1, "no rule for"),
        ("attributetype ( 1.2.3 NAME 'a' SUP name USAGE sometimes )", .malformed, 1, "\"sometimes\""),
        ("attributetype ( 1.2.3 NAME 'a' SUP name USAGE dSAOperation )", .inconsistent, 1, "USAGE"),
        ("attributetype ( 1.2.3 NAME 'cn' SUP name )", .duplicate, 1, "2.5.4.3"),
        ("attributetype ( 2.5.4.3 NAME 'a' SUP name )", .duplicate, 1, "2.5.4.3"),
        (
            "attributetype ( 1.2.3 NAME 'a' SUP b )\nattributetype ( 1.2.4 NAME 'b' SUP a )", .inconsistent, 2,
            "own superior"
        ),
        ("attributetype ( 1.2.3 NAME 'a' SUP name ) x", .malformed, 1, "nothing after"),
        ("attributetype ( 1.2.3 NAME 'a' SYNTAX 1.2.3{x} )", .malformed, 1, "length"),
        ("objectclass ( 1.2.3 NAME 'a' SUP nosuch )", .undefined, 1, "superclass"),
        ("objectclass ( 1.2.3 NAME 'a' SUP top MUST nosuch )", .undefined, 1, "attribute \"nosuch\""),
        ("objectclass ( 1.2.3 NAME 'a' SUP person AUXILIARY )", .inconsistent, 1, "cannot derive"),
        ("objectclass ( 1.2.3 NAME 'a' SUP a )", .inconsistent, 1, "own superclass"),
        ("objectclass ( 1.2.3 NAME 'a' MAY ( cn sn ) )", .malformed, 1, "\"$\""),
        ("objectclass ( 1.2.3 NAME 'person' )", .duplicate, 1, "2.5.6.6"),
        ("objectidentifier a b", .malformed, 1, "objectidentifier \"a\""),
        ("ldapsyntax ( 1.3.6.1.4.1.1466.115.121.1.15 DESC 'x' )", .duplicate, 1, "defined already"),
        ("ldapsyntax ( 1.2.3 X-SUBST '1.2.9' )", .undefined, 1, "X-SUBST"),
        ("include /etc/ldap/schema/core.schema", .malformed, 1, "\"include\""),
        (" attributetype ( 1.2.3 )", .malformed, 1, "continues nothing"),
    ]

    @Test(arguments: errors)
    func errorsNameFileLineAndReason(text: String, code: SchemaError.Code, line: Int, reason: String) {
        let error = #expect(throws: SchemaError.self) { try schema(text) }
        #expect(error?.code == code)
        #expect(error?.line == line)
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.hasPrefix("campus.schema:\(line): ") == true)
    }

    @Test(arguments: ["campus.schema", "library.schema"])
    func theExamplesInConfigLoad(name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Config/schema/\(name)")
        let definitions = try SchemaDefinitions(parsing: Array(try Data(contentsOf: file)), file: name)
        let schema = try builtIn.adding(definitions)
        #expect(schema.attributeTypes.count > builtIn.attributeTypes.count)
    }
}
