import Directory
import LDAP
import Testing

/// Which attributes come back (RFC 4511 section 4.5.1.8, RFC 3673, RFC 4529).
@Suite struct SelectionTests {
    let directory: TestDirectory

    init() throws { directory = try campusDirectory.get() }

    private func names(_ attributes: [String], of dn: String = ann, typesOnly: Bool = false) throws -> Set<String> {
        let answer = try directory.search(
            Query(base: dn, scope: .base, attributes: attributes, typesOnly: typesOnly))
        let found = try #require(answer.attributes[dn])
        if typesOnly { #expect(found.values.allSatisfy { $0.isEmpty }) }
        return Set(found.keys)
    }

    static let user: Set<String> = [
        "objectClass", "uid", "cn", "cn;lang-sv", "sn", "givenName", "mail", "telephoneNumber", "uidNumber",
        "gidNumber", "homeDirectory",
    ]
    static let operational: Set<String> = [
        "createTimestamp", "entryUUID", "entryDN", "hasSubordinates", "numSubordinates", "subschemaSubentry",
        "memberOf",
    ]

    @Test(
        "Selections",
        arguments: [
            ([], user),
            (["*"], user),
            (["+"], operational),
            (["*", "+"], user.union(operational)),
            (["1.1"], []),
            (["1.1", "mail"], ["mail"]),
            ([""], []),
            (["nosuch", "x-y", "@nosuch", "@", "**", "2.5.4.999"], []),
            (["CN"], ["cn", "cn;lang-sv"]),
            (["cn;LANG-sv"], ["cn;lang-sv"]),
            (["cn;lang-"], ["cn;lang-sv"]),
            (["cn;lang-fr"], []),
            (["2.5.4.4", "SURNAME", "sn"], ["sn"]),
            (["name"], ["cn", "cn;lang-sv", "sn", "givenName"]),
            (["@posixAccount"], ["objectClass", "uid", "cn", "cn;lang-sv", "uidNumber", "gidNumber", "homeDirectory"]),
            (["@person", "mail"], ["objectClass", "cn", "cn;lang-sv", "sn", "telephoneNumber", "mail"]),
            (["@extensibleObject"], user.union(operational)),
            (["memberOf"], ["memberOf"]),
            (["ENTRYDN", "mail"], ["entryDN", "mail"]),
            (["*", "entryUUID"], user.union(["entryUUID"])),
            (["userPassword"], []),
            (["*", "userPassword"], user),
        ] as [([String], Set<String>)])
    func selects(asked: [String], expected: Set<String>) throws {
        #expect(try names(asked) == expected)
        #expect(try names(asked, typesOnly: true) == expected)
    }

    @Test func givesComputedValues() throws {
        let people = "ou=People,dc=example,dc=edu"
        let answer = try directory.search(Query(attributes: ["+"]))
        #expect(answer.attributes[people]?["numSubordinates"] == ["2"])
        #expect(answer.attributes[people]?["hasSubordinates"] == ["TRUE"])
        #expect(answer.attributes[people]?["entryDN"] == [people])
        #expect(answer.attributes[people]?["subschemaSubentry"] == ["cn=Subschema"])
        #expect(answer.attributes[people]?["memberOf"] == nil)
        #expect(answer.attributes[ann]?["memberOf"] == [board, staff])
        #expect(answer.attributes[ann]?["hasSubordinates"] == ["FALSE"])
        #expect(answer.attributes[bob]?["memberOf"] == [staff])
    }

    @Test func givesValuesAsTheyWereGiven() throws {
        let answer = try directory.search(Query(filter: "(uid=bob)"))
        #expect(answer.attributes[bob]?["cn"] == ["Bob  Builder"])
        #expect(answer.attributes[bob]?["description"] == ["likes, commas"])
    }

    @Test func neverGivesAStoredValueOfWhatIsComputed() throws {
        let directory = try TestDirectory(
            campus + "\n\ndn: cn=x,dc=example,dc=edu\nobjectClass: device\ncn: x\n"
                + "hasSubordinates: TRUE\nentryDN: cn=wrong\nmemberOf: cn=none")
        let answer = try directory.search(Query(filter: "(cn=x)", attributes: ["*", "+"]))
        let found = try #require(answer.attributes["cn=x,dc=example,dc=edu"])
        #expect(found["hasSubordinates"] == ["FALSE"])
        #expect(found["entryDN"] == ["cn=x,dc=example,dc=edu"])
        #expect(found["memberOf"] == nil)
        #expect(try directory.names("(entryDN=cn=wrong)").isEmpty)
        #expect(try directory.names("(memberOf=cn=none)").isEmpty)
    }

    @Test func takesManyNamesQuickly() throws {
        let asked = (0..<4000).map { $0 % 2 == 0 ? "name" : "x\($0)" }
        #expect(try names(asked) == ["cn", "cn;lang-sv", "sn", "givenName"])
    }
}
