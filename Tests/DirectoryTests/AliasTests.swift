import Directory
import LDAP
import Testing

/// Aliases (RFC 4511 section 4.5.1.3, RFC 4512 section 2.6), as OpenLDAP follows them.
@Suite struct AliasTests {
    static let directory = Result { try TestDirectory(campus + "\n\n" + aliases) }
    let directory: TestDirectory

    init() throws { directory = try AliasTests.directory.get() }

    private static func alias(_ name: String, _ target: String) -> String {
        "dn: \(name)\nobjectClass: alias\nobjectClass: extensibleObject\n\(name.prefix { $0 != "," }.replacing("=", with: ": "))\n"
            + "aliasedObjectName: \(target)\n"
    }

    private static let aliases = [
        "dn: ou=Links,dc=example,dc=edu\nobjectClass: organizationalUnit\nou: Links\n",
        alias("cn=ann,ou=Links,dc=example,dc=edu", ann),
        alias("cn=people,ou=Links,dc=example,dc=edu", "ou=people,dc=example,dc=edu"),
        alias("cn=nowhere,ou=Links,dc=example,dc=edu", "cn=none,dc=example,dc=edu"),
        alias("cn=one,ou=Links,dc=example,dc=edu", "cn=two,ou=Links,dc=example,dc=edu"),
        alias("cn=two,ou=Links,dc=example,dc=edu", "cn=one,ou=Links,dc=example,dc=edu"),
        alias("cn=chain,ou=Links,dc=example,dc=edu", "cn=people,ou=Links,dc=example,dc=edu"),
    ].joined(separator: "\n")

    @Test(
        "derefAliases of the base",
        arguments: [
            (DerefAliases.never, "cn=people", SearchScope.one, ResultCode.success, [] as [String]),
            (.never, "cn=people", .base, .success, ["cn=people,ou=Links,dc=example,dc=edu"]),
            (.inSearching, "cn=people", .base, .success, ["cn=people,ou=Links,dc=example,dc=edu"]),
            (.findingBaseObject, "cn=people", .base, .success, ["ou=People,dc=example,dc=edu"]),
            (.findingBaseObject, "cn=people", .one, .success, [ann, bob]),
            (.always, "cn=chain", .one, .success, [ann, bob]),
            (.findingBaseObject, "uid=ann,cn=people", .base, .success, [ann]),
            (.always, "uid=ann,cn=chain", .sub, .success, [ann]),
        ])
    func followsTheBase(
        deref: DerefAliases, base: String, scope: SearchScope, code: ResultCode, names: [String]
    ) throws {
        var query = Query(base: base + ",ou=Links,dc=example,dc=edu", scope: scope)
        query.derefAliases = deref
        let answer = try directory.search(query)
        #expect(answer.code == code)
        #expect(answer.sorted == names.sorted())
    }

    @Test(
        "A base that cannot be found by its aliases",
        arguments: [
            ("cn=nowhere", DerefAliases.always, ResultCode.aliasProblem, "cn=nowhere"),
            ("cn=one", .findingBaseObject, .aliasProblem, "cn=one"),
            ("uid=x,cn=two", .always, .aliasProblem, "cn=two"),
            ("uid=none,cn=people", .never, .noSuchObject, "cn=people"),
        ])
    func tellsWhatIsWrong(base: String, deref: DerefAliases, code: ResultCode, matched: String) throws {
        var query = Query(base: base + ",ou=Links,dc=example,dc=edu", scope: .base)
        query.derefAliases = deref
        let answer = try directory.search(query)
        #expect(answer == Answer(code: code, matchedDN: matched + ",ou=Links,dc=example,dc=edu"))
    }

    @Test func namesTheEntryAboveWhereTheTargetHasNoSuchChild() throws {
        var query = Query(base: "uid=none,cn=people,ou=Links,dc=example,dc=edu")
        query.derefAliases = .always
        #expect(
            try directory.search(query) == Answer(code: .noSuchObject, matchedDN: "ou=People,dc=example,dc=edu"))
    }

    @Test(
        "derefInSearching",
        arguments: [
            (SearchScope.one, [ann, "ou=People,dc=example,dc=edu"]),
            (.sub, ["ou=Links,dc=example,dc=edu", "ou=People,dc=example,dc=edu", ann, bob]),
            (.subordinate, ["ou=People,dc=example,dc=edu", ann, bob]),
        ])
    func followsBelowTheBase(scope: SearchScope, names: [String]) throws {
        for deref in [DerefAliases.inSearching, .always] {
            var query = Query(base: "ou=Links,dc=example,dc=edu", scope: scope)
            query.derefAliases = deref
            #expect(try directory.search(query).sorted == names.sorted())
            query.page = PageRequest(size: 1)
            var paged: [String] = []
            repeat {
                let answer = try directory.search(query)
                paged += answer.names
                query.page?.position = answer.nextPage
            } while query.page?.position != nil
            #expect(paged.sorted() == names.sorted())
        }
    }

    @Test func answersNoEntryTwice() throws {
        var query = Query(filter: "(objectClass=person)")
        query.derefAliases = .always
        #expect(try directory.search(query).sorted == [ann, bob])
    }

    @Test func leavesAliasesAloneUnlessAsked() throws {
        #expect(try directory.names("(objectClass=alias)").count == 6)
    }

    /// derefInSearching is about subordinates of the base; the base itself is derefFindingBaseObj's.
    @Test func keepsAnUnfollowedBase() throws {
        var query = Query(base: "cn=ann,ou=Links,dc=example,dc=edu")
        query.derefAliases = .inSearching
        #expect(try directory.search(query).names == ["cn=ann,ou=Links,dc=example,dc=edu"])
    }
}
