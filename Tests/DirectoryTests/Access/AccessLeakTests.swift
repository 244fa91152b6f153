import AttributeIndex
import Directory
import LDAP
import Schema
import Testing

/// Every way in which something hidden could show. Where the rules close a value, the answers must be those of a directory
/// in which it has another value, or none.
@Suite struct AccessLeakTests {
    /// The mail addresses of people are closed, and all of ou=Secret.
    static let rules = [
        AccessRule(.subtree("ou=Secret,dc=example,dc=edu"), grants: [.init(.read, to: [])]),
        AccessRule(.subtree(people), attributes: ["mail", "mobile"], grants: [.init(.read, to: [])]),
        AccessRule(.subtree("ou=Groups,dc=example,dc=edu"), attributes: ["member"], grants: [.init(.read, to: [])]),
        AccessRule(.entry(conspiracy), grants: [.init(.read, to: [])]),
        AccessRule(attributes: ["aliasedObjectName"], grants: [.init(.search, to: [AccessSubject(.everybody)])]),
        AccessRule(attributes: ["ref"], grants: [.init(.read, to: [])]),
        AccessRule(grants: [.init(.read, to: [AccessSubject(.everybody)])]),
    ]
    static let closed = Result { try TestDirectory.guarded(rules) }

    @Test(
        "no filter of any kind tells anything of a closed attribute",
        arguments: [
            "(mail=ann@example.edu)", "(mail~=ann@example.edu)", "(mail=*)", "(mail=a*)", "(mail=*ann*)", "(mail=*edu)",
            "(mail>=a)", "(mail<=z)", "(mail:=ann@example.edu)", "(mail:caseIgnoreIA5Match:=ann@example.edu)",
            "(mail:dn:=ann@example.edu)", "(0.9.2342.19200300.100.1.3=ann@example.edu)", "(mail;lang-en=x)",
            "(mobile=+1 555-0666)",
        ])
    func closedToFilters(filter: String) throws {
        let directory = try Self.closed.get()
        for text in [filter, "(!\(filter))", "(&(uid=*)\(filter))", "(&(uid=*)(!\(filter)))", "(|\(filter)(uid=none))"]
        {
            #expect(try directory.names(text).filter { $0.hasSuffix(people) && $0 != people }.isEmpty, "\(text)")
        }
        // Where it stands beside something that holds, it changes nothing.
        #expect(try directory.names("(|(uid=ann)\(filter))") == [ann])
        #expect(try directory.names("(|(uid=ann)(!\(filter)))").contains(eve) == false)
    }

    @Test("an extensible match without an attribute passes closed ones over")
    func closedToRules() throws {
        let directory = try Self.closed.get()
        #expect(try directory.names("(:caseIgnoreIA5Match:=ann@example.edu)").isEmpty)
        #expect(try directory.names("(:telephoneNumberMatch:=+1 555-0666)").isEmpty)
        #expect(try directory.names("(:telephoneNumberMatch:=+1 555-0100)") == [ann])
        #expect(try directory.names("(:distinguishedNameMatch:=\(admin))").isEmpty, "member is closed")
    }

    @Test(
        "no selection returns a closed attribute",
        arguments: [
            [], ["*"], ["mail"], ["MAIL"], ["0.9.2342.19200300.100.1.3"], ["@inetOrgPerson"], ["@extensibleObject"],
            ["*", "+", "mail"],
            ["mail;lang-"],
        ] as [[String]])
    func closedToSelections(attributes: [String]) throws {
        for typesOnly in [false, true] {
            let answer = try Self.closed.get().search(
                Query(filter: "(uid=*)", attributes: attributes, typesOnly: typesOnly))
            #expect(answer.attributes.values.allSatisfy { $0["mail"] == nil && $0["mobile"] == nil })
            #expect(answer.names.contains(ann))
        }
    }

    @Test("a hidden entry and one that is not there are answered alike")
    func hiddenIsMissing() throws {
        let directory = try Self.closed.get()
        for scope in [SearchScope.base, .one, .sub, .subordinate] {
            for (hidden, missing) in [
                (spy, "uid=none,dc=example,dc=edu"), ("ou=Secret,dc=example,dc=edu", "ou=None,dc=example,dc=edu"),
                (conspiracy, "cn=none,ou=Groups,dc=example,dc=edu"),
                ("uid=x,\(spy)", "uid=x,ou=None,dc=example,dc=edu"),
            ] {
                for manages in [false, true] {
                    func ask(_ base: String) throws -> Answer {
                        try directory.search(
                            Query(base: base, scope: scope, derefAliases: .always, manageDsaIT: manages))
                    }
                    #expect(try ask(hidden) == ask(missing), "\(hidden)")
                    #expect(try ask(hidden).code == .noSuchObject)
                    #expect(
                        try directory.compare(hidden, "cn", "x", manageDsaIT: manages)
                            == directory.compare(missing, "cn", "x", manageDsaIT: manages))
                }
            }
        }
        #expect(try directory.names("(entryDN=\(spy))").isEmpty)
        #expect(try directory.names("(objectClass=*)").filter { $0.contains("Secret") || $0 == conspiracy }.isEmpty)
    }

    @Test("counts of subordinates leave hidden ones out")
    func countsOnlyWhatIsVisible() throws {
        let open = try TestDirectory.guarded(nil)
        let directory = try Self.closed.get()
        func count(_ directory: TestDirectory, _ name: String) throws -> [String]? {
            try directory.search(Query(base: name, scope: .base, attributes: ["numSubordinates"]))
                .attributes[name]?["numSubordinates"]
        }
        #expect(try count(open, "ou=Groups,dc=example,dc=edu") == ["4"])
        #expect(try count(directory, "ou=Groups,dc=example,dc=edu") == ["3"])
        #expect(try directory.names("(&(ou=Groups)(numSubordinates=4))").isEmpty)
        #expect(try directory.names("(&(ou=Groups)(numSubordinates=3))").count == 1)
        #expect(try directory.compare("ou=Groups,dc=example,dc=edu", "numSubordinates", "4").code == .compareFalse)
    }

    @Test("memberOf names no group that is hidden, nor one whose members are")
    func memberOfTellsNoMore() throws {
        let directory = try Self.closed.get()
        let answer = try directory.search(Query(base: ann, scope: .base, attributes: ["memberOf"]))
        #expect(answer.attributes[ann]?["memberOf"] == [board])
        #expect(try directory.names("(memberOf=\(conspiracy))").isEmpty)
        #expect(try directory.names("(memberOf=\(staff))").isEmpty)
        #expect(try directory.names("(memberOf=*)") == [ann])
        #expect(try directory.compare(ann, "memberOf", conspiracy).code == .compareFalse)
        // Its own groups one may know, but not that a hidden one is there.
        let own = try directory.search(Query(base: ann, scope: .base, attributes: ["memberOf"]), as: requester(ann))
        #expect(own.attributes[ann]?["memberOf"] == [board, staff])
    }

    @Test("aliases into what is hidden lead nowhere, and referrals that are closed are entries that are closed")
    func aliasesAndReferrals() throws {
        let directory = try Self.closed.get()
        let through = try directory.search(
            Query(base: "uid=spy,uid=shortcut,dc=example,dc=edu", scope: .sub, derefAliases: .always))
        #expect(through.code == .aliasProblem)
        #expect(!through.matchedDN.contains("Secret"))
        #expect(try directory.search(Query(derefAliases: .always)).names.filter { $0.contains("Secret") }.isEmpty)
        let opened = try directory.search(Query(base: "uid=door,dc=example,dc=edu", derefAliases: .always))
        #expect(opened.names.contains(wiki))
        let referral = try directory.search(Query(base: "ou=x,ou=away,dc=example,dc=edu"))
        #expect(referral.code == .noSuchObject)
        #expect(referral.referral.isEmpty)
        #expect(try directory.search(Query()).references.isEmpty)
    }

    @Test("limits and pages count what is visible only")
    func countsOfAnswers() throws {
        let directory = try Self.closed.get()
        let visible = try directory.names("(cn=*)").count
        var query = Query(filter: "(cn=*)", attributes: ["1.1"])
        query.limits = SearchLimits(entries: visible)
        #expect(try directory.search(query).code == .success)
        query.limits = SearchLimits(entries: visible - 1)
        #expect(try directory.search(query).code == .sizeLimitExceeded)
        query.limits = SearchLimits()
        query.page = PageRequest(size: visible)
        let page = try directory.search(query)
        #expect(page.names.count == visible)
        #expect(page.nextPage == nil, "there is no further page, though there are further entries")
    }

    @Test("secrets are closed without rules, under a rule about everything, and only open by name")
    func secrets() throws {
        let everything = [AccessRule(grants: [.init(.read, to: [AccessSubject(.everybody)])])]
        for rules in [nil, everything] {
            let directory = try TestDirectory.guarded(rules, secret: ["badgeCode"])
            #expect(try directory.names("(krbPrincipalKey=hash)").isEmpty)
            #expect(try directory.names("(!(krbPrincipalKey=hash))").isEmpty)
            #expect(try directory.names("(sambaNTPassword=*)").isEmpty)
            #expect(try directory.names("(:caseIgnoreMatch:=hash)").isEmpty)
            for selection in [[], ["*", "+"], ["krbPrincipalKey"]] {
                let answer = try directory.search(Query(base: spy, scope: .base, attributes: selection))
                #expect(answer.attributes[spy]?["krbPrincipalKey"] == nil)
                #expect(answer.attributes[spy]?["sambaNTPassword"] == nil)
            }
            #expect(try directory.compare(spy, "krbPrincipalKey", "hash").code == .insufficientAccessRights)
        }
        let named = [
            AccessRule(attributes: ["krbPrincipalKey"], grants: [.init(.read, to: [AccessSubject(.entry(admin))])])
        ]
        let directory = try TestDirectory.guarded(named + everything)
        #expect(try directory.search(Query(filter: "(krbPrincipalKey=hash)"), as: requester(admin)).names == [spy])
        #expect(try directory.names("(krbPrincipalKey=hash)").isEmpty)
        #expect(try directory.search(Query(base: spy, scope: .base)).attributes[spy]?["krbPrincipalKey"] == nil)
    }

    @Test("userPassword is for nobody, whatever the rules say")
    func passwords() throws {
        let rules = [
            AccessRule(attributes: ["userPassword"], grants: [.init(.read, to: [AccessSubject(.everybody)])]),
            AccessRule(grants: [.init(.read, to: [AccessSubject(.everybody)])]),
        ]
        let directory = try TestDirectory.guarded(rules)
        let answer = try directory.search(
            Query(base: ann, scope: .base, attributes: ["*", "userPassword"]), as: requester(ann))
        #expect(answer.attributes[ann]?["userPassword"] == nil)
        #expect(try directory.search(Query(filter: "(userPassword=*)"), as: requester(ann)).names.isEmpty)
        #expect(
            try directory.compare(ann, "userPassword", "{CLEARTEXT}secret", as: requester(ann)).code
                == .insufficientAccessRights)
    }

    @Test("explanations for people say why a search finds nothing without telling values")
    func explanations() throws {
        let explanation = try Self.closed.get().view.explainAccess(of: requester(bob), to: ann, attributes: ["mail"])
        #expect(!explanation.description.contains("ann@example.edu"))
    }

    @Test("somebody whose entry is gone is nobody's self and in no group")
    func vanished() throws {
        let rules = [
            AccessRule(grants: [.init(.read, to: [AccessSubject(.itself), AccessSubject(.group(staff))])])
        ]
        let before = try TestDirectory.guarded(rules)
        #expect(try before.search(Query(base: bob, scope: .base), as: requester(bob)).names == [bob])
        var configuration = DirectoryConfiguration()
        configuration.access = AccessSettings(rules: rules)
        let after = try TestDirectory(
            guardedCampus, "dn: cn=new,dc=example,dc=edu\nobjectClass: device\ncn: new", deleted: [bob],
            schema: secretSchema, configuration: configuration)
        let asked = try after.search(Query(base: ann, scope: .base), as: requester(bob))
        #expect(asked.code == .noSuchObject, "it is still named by the group, and gone")
        #expect(try after.search(Query(base: ann, scope: .base), as: requester(ann)).names == [ann])
    }
}
