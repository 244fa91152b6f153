import Directory
import LDAP
import Testing

/// Comparisons (RFC 4511 section 4.10) and look-ups for binds.
@Suite struct CompareTests {
    let directory: TestDirectory

    init() throws { directory = try campusDirectory.get() }

    @Test(
        "RFC 4511 section 4.10: result codes",
        arguments: [
            (ann, "uid", "ANN", ResultCode.compareTrue),
            (ann, "uid", "bob", .compareFalse),
            (ann, "name", "ångström", .compareTrue),
            (ann, "cn;lang-sv", "Anna Ångström", .compareTrue),
            (ann, "2.5.4.4", "ÅNGSTRÖM", .compareTrue),
            (ann, "description", "x", .noSuchAttribute),
            (ann, "noSuchAttribute", "x", .undefinedAttributeType),
            (ann, "uidNumber", "abc", .invalidAttributeSyntax),
            (ann, "uidNumber", "1001", .compareTrue),
            (ann, "jpegPhoto", "x", .inappropriateMatching),
            (ann, "userPassword", "{CLEARTEXT}secret", .insufficientAccessRights),
            (bob, "userPassword", "secret", .insufficientAccessRights),
            (ann, "objectClass", "person", .compareTrue),
            (ann, "memberOf", staff, .compareTrue),
            (bob, "memberOf", board, .compareFalse),
            (staff, "memberOf", board, .noSuchAttribute),
            (ann, "entryDN", "UID=ann,ou=people,dc=example,dc=edu", .compareTrue),
            ("ou=People,dc=example,dc=edu", "hasSubordinates", "TRUE", .compareTrue),
            (ann, "hasSubordinates", "TRUE", .compareFalse),
            ("uid=none,ou=People,dc=example,dc=edu", "uid", "x", .noSuchObject),
            ("dc=other", "dc", "x", .noSuchObject),
            ("no name", "dc", "x", .invalidDNSyntax),
            ("", "supportedLDAPVersion", "3", .compareTrue),
            ("cn=Subschema", "cn", "subschema", .compareTrue),
        ])
    func compares(entry: String, attribute: String, value: String, code: ResultCode) throws {
        #expect(try directory.compare(entry, attribute, value).code == code)
    }

    @Test func namesTheClosestEntry() throws {
        #expect(
            try directory.compare("uid=none,ou=People,dc=example,dc=edu", "uid", "x").matchedDN
                == "ou=People,dc=example,dc=edu")
    }

    @Test func givesCredentialsForBinds() throws {
        let found = try #require(
            try directory.view.credentials(ofEntryNamed: "UID=Ann, ou=people,dc=example,dc=edu".utf8.span))
        #expect(found.dn == ann)
        #expect(found.passwords == [Array("{CLEARTEXT}secret".utf8)])
        #expect(found.identity.authorizationID == "dn:" + ann)
        #expect(try directory.view.credentials(ofEntryNamed: bob.utf8.span)?.passwords == [])
        for name in ["", "uid=none,dc=example,dc=edu", "no name", "cn=Subschema"] {
            #expect(try directory.view.credentials(ofEntryNamed: name.utf8.span) == nil)
        }
    }

    @Test func samplesPasswordsOfAtMostSoManyEntries() throws {
        #expect(try directory.view.passwordSample(limit: 10) == [Array("{CLEARTEXT}secret".utf8)])
        #expect(try directory.view.passwordSample(limit: 0).isEmpty)
    }
}
