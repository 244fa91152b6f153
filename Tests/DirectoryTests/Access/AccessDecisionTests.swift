import Directory
import LDAP
import Testing

/// What ten typical rules decide: who asks, of which entry and attribute, the level, and the rule that says so.
@Suite struct AccessDecisionTests {
    struct Case: CustomStringConvertible, Sendable {
        let who: String?
        var address = "192.0.2.1"
        var listener = 0
        var strength = 0
        let entry: String
        let attribute: String
        let level: AccessLevel
        let rule: Int?

        init(
            _ who: String?, from address: String = "192.0.2.1", listener: Int = 0, strength: Int = 0, _ entry: String,
            _ attribute: String, _ level: AccessLevel, by rule: Int?
        ) {
            (self.who, self.address, self.listener, self.strength) = (who, address, listener, strength)
            (self.entry, self.attribute, self.level, self.rule) = (entry, attribute, level, rule)
        }

        var description: String { "\(who ?? "anonymous") from \(address), \(strength) bits: \(entry) \(attribute)" }
    }

    static let campusNet = "10.1.2.3"
    static let secretUnit = "ou=Secret,dc=example,dc=edu"

    static let anonymous: [Case] = [
        Case(nil, suffix, "entry", .read, by: 8),
        Case(nil, suffix, "dc", .read, by: 8),
        Case(nil, suffix, "structuralObjectClass", .nothing, by: 9),
        Case(nil, ann, "entry", .read, by: 8),
        Case(nil, ann, "cn", .read, by: 8),
        Case(nil, ann, "givenName", .read, by: 8),
        Case(nil, ann, "uidNumber", .nothing, by: 9),
        Case(nil, from: campusNet, ann, "uidNumber", .read, by: 9),
        Case(nil, ann, "mail", .nothing, by: 5),
        Case(nil, listener: 2, ann, "mail", .search, by: 5),
        Case(nil, from: campusNet, ann, "mail", .nothing, by: 5),
        Case(nil, ann, "telephoneNumber", .nothing, by: 4),
        Case(nil, ann, "userPassword", .nothing, by: nil),
        Case(nil, from: campusNet, ann, "userPassword", .nothing, by: nil),
        Case(nil, eve, "entry", .nothing, by: 3),
        Case(nil, eve, "cn", .nothing, by: 3),
        Case(nil, from: campusNet, eve, "entry", .nothing, by: 3),
        Case(nil, secretUnit, "entry", .nothing, by: 1),
        Case(nil, spy, "cn", .nothing, by: 1),
        Case(nil, spy, "sambaNTPassword", .nothing, by: nil),
        Case(nil, wiki, "sambaNTPassword", .nothing, by: 2),
        Case(nil, from: campusNet, strength: 256, wiki, "sambaNTPassword", .nothing, by: 2),
        Case(nil, wiki, "description", .read, by: 8),
        Case(nil, "cn=deep,cn=wiki,ou=Apps,dc=example,dc=edu", "entry", .read, by: 8),
        Case(nil, staff, "cn", .read, by: 8),
        Case(nil, staff, "member", .nothing, by: 7),
        Case(nil, board, "uniqueMember", .nothing, by: 7),
        Case(nil, conspiracy, "entry", .nothing, by: 6),
        Case(nil, conspiracy, "member", .nothing, by: 6),
        Case(nil, people, "numSubordinates", .read, by: 8),
        Case(nil, "uid=shortcut,dc=example,dc=edu", "aliasedObjectName", .nothing, by: 9),
    ]

    static let bound: [Case] = [
        Case(ann, ann, "telephoneNumber", .read, by: 4),
        Case(ann, bob, "telephoneNumber", .read, by: 4),
        Case(bob, ann, "mobile", .read, by: 4),
        Case(admin, bob, "mobile", .compare, by: 4),
        Case(admin, ann, "homePhone", .compare, by: 4),
        Case(eve, eve, "mobile", .read, by: 3),
        Case(eve, eve, "entry", .read, by: 3),
        Case(eve, ann, "mobile", .compare, by: 4),
        Case(ann, eve, "entry", .disclose, by: 3),
        Case(ann, eve, "cn", .disclose, by: 3),
        Case(ann, eve, "userPassword", .nothing, by: nil),
        Case(ann, ann, "userPassword", .nothing, by: nil),
        Case(ann, bob, "mail", .read, by: 5),
        Case(ann, bob, "uidNumber", .read, by: 9),
        Case(ann, bob, "createTimestamp", .read, by: 9),
        Case(ann, conspiracy, "entry", .read, by: 6),
        Case(ann, conspiracy, "member", .read, by: 6),
        Case(bob, conspiracy, "description", .read, by: 6),
        Case(admin, conspiracy, "entry", .nothing, by: 6),
        Case(eve, conspiracy, "entry", .nothing, by: 6),
        Case(eve, staff, "member", .read, by: 7),
        Case(ann, spy, "entry", .nothing, by: 1),
        Case(spy, spy, "entry", .nothing, by: 1),
        Case(spy, ann, "uidNumber", .nothing, by: 9),
        Case(spy, ann, "mail", .read, by: 5),
        Case(ann, wiki, "sambaNTPassword", .nothing, by: 2),
        Case(wiki, wiki, "sambaNTPassword", .read, by: 2),
        Case(wiki, "cn=deep,cn=wiki,ou=Apps,dc=example,dc=edu", "sambaNTPassword", .read, by: 2),
        Case(wiki, spy, "sambaNTPassword", .nothing, by: nil),
        Case(wiki, ann, "createTimestamp", .nothing, by: 9),
        Case(ann, spy, "krbPrincipalKey", .nothing, by: nil),
    ]

    static let administrators: [Case] = [
        Case(admin, from: campusNet, strength: 256, spy, "entry", .read, by: 0),
        Case(admin, from: campusNet, strength: 128, spy, "cn", .read, by: 0),
        Case(admin, from: campusNet, strength: 127, spy, "cn", .nothing, by: 1),
        Case(admin, strength: 256, spy, "cn", .nothing, by: 1),
        Case(admin, from: campusNet, strength: 256, eve, "mobile", .read, by: 0),
        Case(admin, from: campusNet, strength: 256, conspiracy, "entry", .read, by: 0),
        Case(admin, from: campusNet, strength: 256, spy, "krbPrincipalKey", .nothing, by: nil),
        Case(admin, from: campusNet, strength: 256, wiki, "sambaNTPassword", .nothing, by: 2),
        Case(admin, from: campusNet, strength: 256, ann, "userPassword", .nothing, by: nil),
        Case(ann, from: campusNet, strength: 256, spy, "cn", .nothing, by: 1),
    ]

    /// A name whose entry is gone, or was never there, is nobody's self and in no group, but a name it stays.
    static let strangers: [Case] = [
        Case("uid=gone,ou=People,dc=example,dc=edu", ann, "uidNumber", .read, by: 9),
        Case("uid=gone,ou=People,dc=example,dc=edu", ann, "telephoneNumber", .compare, by: 4),
        Case("cn=service,dc=elsewhere", ann, "uidNumber", .nothing, by: 9),
        Case("cn=service,dc=elsewhere", ann, "mail", .read, by: 5),
    ]

    @Test(
        "the first rule that covers an entry and an attribute decides",
        arguments: anonymous + bound + administrators + strangers)
    func decides(_ decision: Case) throws {
        let directory = try typicalDirectory.get()
        let requester = try requester(
            decision.who, from: decision.address, listener: decision.listener, strength: decision.strength)
        let explanation = try directory.view.explainAccess(
            of: requester, to: decision.entry, attributes: [decision.attribute])
        let found = try #require(explanation.decisions.last)
        #expect(found.level == decision.level, "\(explanation)")
        #expect(found.rule == decision.rule, "\(explanation)")
        try agrees(found, decision, requester, directory)
    }

    /// What was explained is what is answered: read comes back, search is found, compare is compared.
    private func agrees(
        _ found: AccessExplanation.Decision, _ decision: Case, _ requester: Requester, _ directory: TestDirectory
    ) throws {
        let entry = try directory.view.explainAccess(of: requester, to: decision.entry, attributes: ["entry"])
        let isReadable = try #require(entry.decisions.first).level == .read
        let answer = try directory.search(
            Query(base: decision.entry, scope: .base, attributes: [decision.attribute]), as: requester)
        #expect(answer.names == (isReadable ? [decision.entry] : []))
        guard decision.attribute != "entry", isReadable else { return }
        let values = answer.attributes[decision.entry] ?? [:]
        #expect(decision.level == .read || values.isEmpty)
        let present = try directory.search(
            Query(base: decision.entry, scope: .base, filter: "(\(decision.attribute)=*)"), as: requester)
        #expect(decision.level >= .search || present.names.isEmpty)
        let absent = try directory.search(
            Query(base: decision.entry, scope: .base, filter: "(!(\(decision.attribute)=*))"), as: requester)
        #expect(decision.level >= .search || absent.names.isEmpty, "a NOT tells that the attribute is missing")
    }

    @Test("binds are decided by the first rule about binding that covers the entry")
    func decidesBinds() throws {
        let view = try typicalDirectory.get().view
        let key = try #require(try requester(ann).identity.entryKey)
        #expect(try view.mayBind(asEntryWithKey: key.span, requester(strength: 128)))
        #expect(try !view.mayBind(asEntryWithKey: key.span, requester(strength: 127)))
        #expect(try view.mayBind(asEntryWithKey: key.span, requester(from: Self.campusNet)))
        #expect(try !view.mayBind(asEntryWithKey: key.span, requester(from: nil)))
    }

    @Test("rules about binding: filters, an entry that is not there, and none at all")
    func decidesBindsByFilter() throws {
        let rules = [
            AccessRule(.subtree(people), filter: "(employeeType=private)", bind: []),
            AccessRule(.subtree(people), bind: [AccessSubject(.everybody)]),
        ]
        let view = try TestDirectory.guarded(rules).view
        func mayBind(_ name: String) throws -> Bool {
            let key = try #require(try requester(name).identity.entryKey)
            return try view.mayBind(asEntryWithKey: key.span, Requester())
        }
        #expect(try mayBind(ann))
        #expect(try !mayBind(eve))
        #expect(try mayBind("uid=none,ou=People,dc=example,dc=edu"))
        #expect(try !mayBind(staff), "no rule about binding covers it")
        let free = try TestDirectory.guarded([AccessRule(grants: [.init(.read, to: [])])]).view
        #expect(try free.mayBind(asEntryWithKey: [1].span, Requester()), "no rule is about binding")
    }
}
