import Directory
import LDAP
import Testing

/// What single filters find among the people of the campus, by the clause that says so.
@Suite struct FilterTests {
    let directory: TestDirectory

    init() throws { directory = try campusDirectory.get() }

    @Test(
        "RFC 4511 section 4.5.1.7: items",
        arguments: [
            ("(uid=ANN)", [ann]),
            ("(0.9.2342.19200300.100.1.1=ann)", [ann]),
            ("(cn=bob builder)", [bob]),
            ("(cn= BOB   BUILDER )", [bob]),
            ("(cn=ann ångström)", [ann]),
            ("(cn=ANN A\u{030A}NGSTRO\u{0308}M)", [ann]),
            ("(cn;lang-sv=anna ångström)", [ann]),
            ("(cn;lang-fr=anna ångström)", []),
            ("(cn=anna ångström)", [ann]),
            ("(cn;lang-=anna ångström)", [ann]),
            ("(name=ann)", [ann]),
            ("(mail=a.angstrom@example.edu)", [ann]),
            ("(telephoneNumber=+15550100)", [ann]),
            ("(uidNumber>=1001)", [ann]),
            ("(uidNumber>=1002)", []),
            ("(uidNumber<=1001)", [ann]),
            ("(createTimestamp>=20240201000000Z)", [bob]),
            ("(createTimestamp<=20240201000000Z)", [ann]),
            ("(createTimestamp=202401010000Z)", [ann]),
            ("(cn~=bob builder)", [bob]),
            ("(mail=*)", [ann]),
            ("(givenName=*)", [ann]),
            ("(2.5.4.42=*)", [ann]),
            ("(|(uid=ann)(uid=ANN)(uid=none)(uid=ann))", [ann]),
            ("(|(uid=ann)(cn=bob builder)(uid=ann)(cn=Bob Builder))", [ann, bob]),
        ])
    func finds(filter: String, names: [String]) throws {
        #expect(try directory.names(filter) == names.sorted())
    }

    @Test(
        "RFC 4511 section 4.5.1.7.2: substrings",
        arguments: [
            ("(cn=bob* )", [bob]),
            ("(cn=bob*)", [bob]),
            ("(cn=*BUILDER)", [bob]),
            ("(cn=*b B*)", [bob]),
            ("(cn=b*b*r)", [bob]),
            ("(cn=bob*bob builder)", []),
            ("(cn=*ngstr*)", [ann]),
            ("(cn=*n*)", [ann]),
            ("(cn=*å*)", [ann]),
            ("(cn=*Å*)", [ann]),
            ("(mail=a*@*edu)", [ann]),
            ("(telephoneNumber=*5501*)", [ann]),
            ("(telephoneNumber=+1*)", [ann]),
            ("(uid=*nn*)", [ann]),
            ("(description=*, com*)", [bob]),
            ("(uidNumber=10*)", []),
        ])
    func findsParts(filter: String, names: [String]) throws {
        #expect(try directory.names(filter) == names.sorted())
    }

    @Test(
        "RFC 4511 section 4.5.1.7: what is Undefined matches nothing, and its negation neither",
        arguments: [
            "noSuchAttribute=x", "noSuchAttribute=*", "noSuchAttribute=*x*", "noSuchAttribute>=1", "uidNumber=abc",
            "uidNumber=10*", "cn>=x", "createTimestamp>=yesterday", "member=not a name", "userPassword=secret",
            "userPassword=*", "userPassword=*e*", "userPassword>=a", "userPassword:octetStringMatch:=x",
            "cn:noSuchMatch:=x",
            "cn:integerMatch:=1", ":noSuchMatch:=x", "objectClass=noSuchClass", "jpegPhoto=*x*", "cn;x=y",
            "cn:caseIgnoreSubstringsMatch:=x",
        ])
    func leavesUndefined(item: String) throws {
        #expect(try directory.names("(\(item))").isEmpty)
        #expect(try directory.names("(!(\(item)))").isEmpty)
        #expect(try directory.names("(|(\(item))(uid=bob))") == [bob])
        #expect(try directory.names("(&(\(item))(uid=bob))").isEmpty)
        #expect(try directory.names("(&(!(&(\(item))(uid=ann)))(uid=bob))") == [bob])
    }

    @Test("RFC 4526: absolute true and false")
    func knowsTrueAndFalse() throws {
        #expect(try directory.names("(&)").count == 7)
        #expect(try directory.names("(|)").isEmpty)
        #expect(try directory.names("(!(&))").isEmpty)
        #expect(try directory.names("(!(|))").count == 7)
        #expect(try directory.names("(&(uid=ann)(&))") == [ann])
    }

    @Test(
        "RFC 4512 section 3.3: an object class stands for its subclasses",
        arguments: [
            ("(objectClass=person)", [ann, bob]),
            ("(objectClass=2.5.6.6)", [ann, bob]),
            ("(objectClass=inetorgperson)", [ann, bob]),
            ("(&(objectClass=posixAccount)(objectClass=top))", [ann]),
            ("(!(objectClass=top))", []),
            ("(structuralObjectClass=top)", ["dc=example,dc=edu"]),
            ("(&(!(objectClass=9.9.9))(uid=ann))", [ann]),
        ])
    func findsSubclasses(filter: String, names: [String]) throws {
        #expect(try directory.names(filter) == names.sorted())
    }

    @Test(
        "RFC 4511 section 4.5.1.7.7: extensible matches",
        arguments: [
            ("(cn:=bob builder)", [bob]),
            ("(cn:caseExactMatch:=bob builder)", []),
            ("(cn:caseExactMatch:=Bob Builder)", [bob]),
            ("(cn:2.5.13.2:=BOB BUILDER)", [bob]),
            ("(:caseIgnoreMatch:=ann)", [ann]),
            ("(:caseExactMatch:=Builder)", [bob]),
            ("(ou:dn:=people)", ["ou=People,dc=example,dc=edu", ann, bob]),
            ("(&(ou:dn:=people)(uid=ann))", [ann]),
            ("(:dn:caseIgnoreMatch:=groups)", ["ou=Groups,dc=example,dc=edu", staff, board]),
            ("(uidNumber:integerOrderingMatch:=1002)", [ann]),
            ("(uidNumber:integerOrderingMatch:=1001)", []),
            ("(uidNumber:1.2.840.113556.1.4.803:=9)", [ann]),
            ("(uidNumber:1.2.840.113556.1.4.803:=6)", []),
            ("(uidNumber:1.2.840.113556.1.4.804:=6)", []),
            ("(uidNumber:1.2.840.113556.1.4.804:=7)", [ann]),
            ("(entryDN:dnSubtreeMatch:=ou=groups,dc=example,dc=edu)", ["ou=Groups,dc=example,dc=edu", staff, board]),
            ("(member:dnSubtreeMatch:=ou=people,dc=example,dc=edu)", [staff]),
            ("(telephoneNumber:caseIgnoreMatch:=+1 555-0100)", [ann]),
        ])
    func matchesByRule(filter: String, names: [String]) throws {
        #expect(try directory.names(filter) == names.sorted())
    }

    @Test(
        "Computed attributes",
        arguments: [
            ("(entryDN=UID=ANN, ou=people, dc=example, dc=edu)", [ann]),
            ("(memberOf=cn=staff,ou=groups,dc=example,dc=edu)", [ann, bob]),
            ("(memberOf=cn=board,ou=groups,dc=example,dc=edu)", [ann]),
            ("(memberOf=cn=none,ou=groups,dc=example,dc=edu)", []),
            ("(memberOf=*)", [ann, bob]),
            ("(&(memberOf=*)(!(memberOf=cn=board,ou=Groups,dc=example,dc=edu)))", [bob]),
            ("(&(objectClass=person)(!(memberOf=cn=board,ou=Groups,dc=example,dc=edu)))", [bob]),
            ("(member=uid=ann,ou=people,dc=example,dc=edu)", [staff]),
            ("(&(hasSubordinates=TRUE)(ou=*))", ["ou=Groups,dc=example,dc=edu", "ou=People,dc=example,dc=edu"]),
            ("(&(hasSubordinates=FALSE)(cn=staff))", [staff]),
            ("(&(numSubordinates=2)(ou=people))", ["ou=People,dc=example,dc=edu"]),
            ("(&(subschemaSubentry=CN=subschema)(uid=bob))", [bob]),
            ("(&(subschemaSubentry=cn=other)(uid=bob))", []),
            ("(&(entryDN=*)(hasSubordinates=*)(numSubordinates=*)(subschemaSubentry=*)(uid=bob))", [bob]),
        ])
    func computes(filter: String, names: [String]) throws {
        #expect(try directory.names(filter) == names.sorted())
    }

    @Test func looksManyAlternativesUpAtOnce() throws {
        let names = (0..<3000).map { "(uid=u\($0))" }.joined()
        #expect(try directory.names("(|\(names)(uid=ann)(cn=bob*))") == [ann, bob])
        #expect(try directory.names("(!(|\(names)(uid=ann)(cn=*)(dc=*)(ou=*)))").isEmpty)
    }

    @Test func survivesDeepAndWideFilters() throws {
        let deep = String(repeating: "(!", count: 998) + "(uid=ann)" + String(repeating: ")", count: 998)
        #expect(try directory.names(deep) == [ann])
        let parts = "(cn=" + String(repeating: "*a", count: 900) + "*)"
        #expect(try directory.names(parts).isEmpty)
    }
}
