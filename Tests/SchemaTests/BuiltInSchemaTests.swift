import Testing

@testable import Schema

@Suite struct BuiltInSchemaTests {
    @Test(arguments: ["cn", "commonName", "CN", "2.5.4.3"])
    func findsAnAttributeTypeByAnyOfItsNames(name: String) throws {
        let type = try #require(Schema.builtIn.attributeType(name))
        #expect(type.name == "cn")
        #expect(type.superior?.name == "name")
        #expect(type.equality?.name == "caseIgnoreMatch")
    }

    @Test func everyAttributeTypesIDIsItsIndex() {
        for (index, type) in Schema.builtIn.attributeTypes.enumerated() { #expect(type.id.index == index) }
    }

    @Test(arguments: [
        "inetOrgPerson", "eduPerson", "posixAccount", "schacLinkageIdentifiers", "dcObject", "groupOfNames", "glue",
        "referral", "alias", "extensibleObject", "ldapPublicKey", "account", "pkiUser",
    ])
    func definesTheClassesOfTheField(name: String) { #expect(Schema.builtIn.objectClass(name) != nil) }

    @Test func posixGroupIsAuxiliaryAsIn2307bis() {
        #expect(Schema.builtIn.objectClass("posixGroup")?.kind == .auxiliary)
    }

    @Test func subtypesOfNameIncludeItselfAndCommonName() throws {
        let schema = Schema.builtIn
        let name = try #require(schema.attributeType("name"))
        let subtypes = schema.subtypes(of: name.id).map { schema.attributeType($0).name }
        #expect(subtypes.first == "name")
        #expect(subtypes.contains("cn") && subtypes.contains("ou") && !subtypes.contains("uid"))
    }
}
