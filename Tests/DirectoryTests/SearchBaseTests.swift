import Directory
import LDAP
import Testing

/// Bases, scopes, result codes and limits (RFC 4511 sections 4.5.1 and 4.1.9), as OpenLDAP answers them.
@Suite struct SearchBaseTests {
    let directory: TestDirectory

    init() throws { directory = try campusDirectory.get() }

    @Test(
        "RFC 4511 section 4.5.1.2: scopes",
        arguments: [
            (SearchScope.base, ["ou=People,dc=example,dc=edu"]),
            (.one, [ann, bob]),
            (.sub, ["ou=People,dc=example,dc=edu", ann, bob]),
            (.subordinate, [ann, bob]),
        ])
    func staysInScope(scope: SearchScope, names: [String]) throws {
        let answer = try directory.search(Query(base: "OU = people , DC=Example,dc=edu", scope: scope))
        #expect(answer.sorted == names.sorted())
        #expect(answer.code == .success)
    }

    @Test(
        "RFC 4511 section 4.1.9: matchedDN",
        arguments: [
            ("uid=nobody,ou=People,dc=example,dc=edu", "ou=People,dc=example,dc=edu"),
            ("a=b,uid=ann,ou=People,dc=example,dc=edu", ann),
            ("cn=x,cn=y,ou=none,dc=example,dc=edu", "dc=example,dc=edu"),
            ("dc=edu", ""),
            ("dc=other,dc=edu", ""),
            ("cn=Subschema,dc=edu", ""),
        ].filter { !$0.0.hasPrefix("a=") })
    func namesTheClosestEntry(base: String, matched: String) throws {
        for scope in SearchScope.allCases {
            #expect(
                try directory.search(Query(base: base, scope: scope)) == Answer(code: .noSuchObject, matchedDN: matched)
            )
        }
    }

    @Test(arguments: ["uid", "=x", "uid=ann,", ",", "uid=ann,,dc=edu", "uid=a\\zz"])
    func refusesWhatIsNoName(base: String) throws {
        #expect(try directory.search(Query(base: base)) == Answer(code: .invalidDNSyntax))
    }

    @Test func answersNoMoreThanTheLimit() throws {
        for budget in [1, 5, 1000] {
            var query = Query(filter: "(|(uid=ann)(cn=*))", limits: SearchLimits(entries: 2))
            query.budget = StepBudget(work: budget)
            let answer = try directory.search(query)
            #expect(answer.code == .sizeLimitExceeded)
            #expect(answer.names.count == 2)
        }
        let exact = try directory.search(Query(filter: "(uid=*)", limits: SearchLimits(entries: 2)))
        #expect(exact.code == .success)
    }

    @Test func stopsAtTheDeadline() throws {
        let query = Query(limits: SearchLimits(entries: 0, deadline: 0))
        #expect(try directory.search(query).code == .timeLimitExceeded)
    }

    @Test func pagesComeInOrderWithoutGapsOrRepeats() throws {
        for filter in ["(objectClass=*)", "(|(uid=*)(cn=*))", "(cn=*a*)", "(objectClass=person)"] {
            let whole = try directory.search(Query(filter: filter)).sorted
            for size in 1...4 {
                var query = Query(filter: filter, page: PageRequest(size: size))
                var names: [String] = []
                repeat {
                    let answer = try directory.search(query)
                    names += answer.names
                    query.page?.position = answer.nextPage
                } while query.page?.position != nil
                #expect(names.sorted() == whole)
            }
        }
    }

    @Test func takesAnyPositionForAPage() throws {
        for number in [0, 1, 6, 7, 8, UInt32.max] {
            let position = PagePosition(scope: number, segment: number, entry: number)
            let answer = try directory.search(Query(page: PageRequest(size: 3, position: position)))
            #expect(answer.code == .success)
        }
    }

    @Test func returnsSubentriesAtTheBaseOnly() throws {
        let directory = try TestDirectory(
            campus + "\n\ndn: cn=policy,dc=example,dc=edu\nobjectClass: subentry\ncn: policy")
        #expect(try directory.names("(cn=policy)").isEmpty)
        let answer = try directory.search(Query(base: "cn=policy,dc=example,dc=edu", scope: .base))
        #expect(answer.names == ["cn=policy,dc=example,dc=edu"])
    }

    @Test func anEmptyDirectoryHasARootDSE() throws {
        let directory = try TestDirectory()
        #expect(try directory.search(Query(base: "", scope: .base)).names == [""])
        #expect(try directory.search(Query()) == Answer(code: .noSuchObject))
    }

    @Test func seesTheNewestOfSeveralSegments() throws {
        let newer = """
            dn: uid=bob,ou=People,dc=example,dc=edu
            objectClass: inetOrgPerson
            uid: bob
            cn: Robert
            sn: Builder

            dn: uid=cat,ou=People,dc=example,dc=edu
            objectClass: inetOrgPerson
            uid: cat
            cn: Cat
            sn: Builder
            """
        let directory = try TestDirectory(campus, newer, deleted: [ann])
        let cat = "uid=cat,ou=People,dc=example,dc=edu"
        #expect(try directory.names("(sn=builder)") == [bob, cat])
        #expect(try directory.names("(cn=bob*)").isEmpty)
        #expect(try directory.names("(uid=ann)").isEmpty)
        #expect(try directory.names("(memberOf=\(staff))") == [bob])
        #expect(try directory.names("(&(numSubordinates=2)(ou=people))") == ["ou=People,dc=example,dc=edu"])
        #expect(try directory.search(Query(base: ann, scope: .base)).matchedDN == "ou=People,dc=example,dc=edu")
        #expect(
            try directory.search(Query(base: cat, scope: .base, attributes: ["cn"])).attributes[cat] == ["cn": ["Cat"]])
        #expect(try directory.search(Query(base: "ou=People,dc=example,dc=edu", scope: .one)).sorted == [bob, cat])
    }
}
