import Directory
import LDAP
import Schema
import Testing

/// The root DSE (RFC 4512 section 5.1) and the subschema subentry (section 4.2), as OpenLDAP answers for them.
@Suite struct VirtualEntryTests {
    let directory: TestDirectory

    init() throws {
        var configuration = DirectoryConfiguration()
        configuration.supportedControls = ["1.2.840.113556.1.4.319"]
        configuration.supportedExtensions = ["1.3.6.1.4.1.4203.1.11.3"]
        configuration.vendorVersion = "1.0"
        directory = try TestDirectory(campus, configuration: configuration)
    }

    private func read(_ base: String, _ filter: String = "(objectClass=*)", _ attributes: [String] = ["*", "+"]) throws
        -> [String: [String]]
    {
        let answer = try directory.search(Query(base: base, scope: .base, filter: filter, attributes: attributes))
        #expect(answer.code == .success)
        return answer.attributes.first?.value ?? [:]
    }

    @Test func rootDSESaysWhatIsSupported() throws {
        let found = try read("")
        #expect(found["objectClass"] == ["OpenLDAProotDSE", "top"])
        #expect(found["namingContexts"] == ["dc=example,dc=edu"])
        #expect(found["supportedLDAPVersion"] == ["3"])
        #expect(found["supportedControl"] == ["1.2.840.113556.1.4.319"])
        #expect(found["supportedExtension"] == ["1.3.6.1.4.1.4203.1.11.3"])
        #expect(found["supportedFeatures"]?.contains("1.3.6.1.4.1.4203.1.5.1") == true)
        #expect(found["supportedFeatures"]?.contains("1.3.6.1.1.14") == false)
        #expect(found["supportedSASLMechanisms"] == nil)
        #expect(found["subschemaSubentry"] == ["cn=Subschema"])
        #expect(found["vendorName"] == ["peopled"])
        #expect(found["vendorVersion"] == ["1.0"])
        #expect(found["entryDN"] == [""])
        #expect(found["hasSubordinates"] == nil)
    }

    @Test func rootDSEGivesOperationalAttributesWhenAsked() throws {
        #expect(try Set(read("", "(objectClass=*)", []).keys) == ["objectClass"])
        #expect(try Set(read("", "(objectClass=*)", ["namingcontexts"]).keys) == ["namingContexts"])
    }

    @Test(arguments: [
        ("(objectClass=top)", true), ("(namingContexts=dc=example, dc=edu)", true), ("(cn=*)", false),
        ("(!(cn=*))", true), ("(supportedControl=1.2.840.113556.1.4.319)", true), ("(hasSubordinates=*)", false),
    ])
    func rootDSEIsFiltered(filter: String, isFound: Bool) throws {
        #expect(try read("", filter).isEmpty != isFound)
    }

    @Test(arguments: ["", "cn=Subschema"])
    func onlyTheBaseScopeFindsThem(base: String) throws {
        for scope in [SearchScope.one, .sub, .subordinate] {
            #expect(try directory.search(Query(base: base, scope: scope)) == Answer(code: .noSuchObject))
        }
        #expect(try directory.names("(objectClass=subschema)").isEmpty)
    }

    @Test func subschemaPublishesTheSchema() throws {
        let found = try read("CN = subschema")
        #expect(found["objectClass"] == ["extensibleObject", "subentry", "subschema", "top"])
        #expect(found["cn"] == ["Subschema"])
        let types = try #require(found["attributeTypes"])
        #expect(types.count == Schema.builtIn.attributeTypes.count)
        #expect(types.contains { $0.contains("NAME 'eduPersonPrincipalName'") })
        #expect(try #require(found["objectClasses"]).contains { $0.contains("NAME 'inetOrgPerson'") })
        #expect(found["ldapSyntaxes"]?.isEmpty == false)
        #expect(found["matchingRules"]?.isEmpty == false)
        #expect(found["matchingRuleUse"]?.isEmpty == false)
        #expect(try Set(read("cn=Subschema", "(objectClass=subschema)", ["*"]).keys) == ["objectClass", "cn"])
        #expect(try read("cn=Subschema", "(attributeTypes=cn)", ["cn"])["cn"] == ["Subschema"])
    }
}
