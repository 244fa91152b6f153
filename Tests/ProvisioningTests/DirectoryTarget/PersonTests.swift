import AttributeIndex
import CommonInterface
import Schema
import Testing

@testable import Provisioning

/// What becomes of one person's record.
@Suite struct PersonTests {
    private func counts(_ outcome: DeliveryOutcome) -> DeliveryCounts? {
        if case .applied(let counts) = outcome { counts } else { nil }
    }

    @Test func aPersonBecomesAnEntryWithTheConfiguredClasses() throws {
        let fixture = try TargetFixture()
        let outcome = try fixture.snapshot([TestPerson("a@x.edu", uid: "ada")])
        #expect(counts(outcome)?.added == 1)
        #expect(try fixture.values("uid=ada,ou=People", "cn") == ["Name a@x.edu"])
        #expect(
            try fixture.values("uid=ada,ou=People", "objectClass")
                == ["eduPerson", "inetOrgPerson", "organizationalPerson", "person", "top"])
        #expect(try fixture.values("uid=ada,ou=People", "structuralObjectClass") == ["inetOrgPerson"])
        let id = SourceID(fixture.source)
        #expect(
            try fixture.values("uid=ada,ou=People", "entryUUID")
                == [id.entryUUID(ofSubject: Array("a@x.edu".utf8)).description])
        #expect(fixture.target.state(of: fixture.source)?.people == 1)
        #expect(fixture.target.state(of: fixture.source)?.position == 1)
        #expect(fixture.events.all.map(\.kind) == [.added])
    }

    @Test func attributesComeAsNamesAndOIDs() throws {
        let fixture = try TargetFixture()
        var person = TestPerson("a", uid: "ada")
        person.attributes = [
            IdentityAttribute("0.9.2342.19200300.100.1.1", text: "ada"), IdentityAttribute("2.5.4.3", text: "Ada"),
            IdentityAttribute("CN", text: "ada", "Countess"), IdentityAttribute("sn;lang-fr", text: "L"),
        ]
        try fixture.snapshot([person])
        #expect(try fixture.values("uid=ada,ou=People", "cn") == ["Ada", "Countess"])
        #expect(try fixture.values("uid=ada,ou=People", "sn;lang-fr") == ["L"])
    }

    @Test func configuredNamesMayHaveSAMLsPrefix() throws {
        let fixture = try TargetFixture()
        fixture.settings.mapping.rdn = "urn:oid:2.5.4.3"
        fixture.settings.mapping.subject = "URN:OID:1.3.6.1.4.1.5923.1.1.1.13"
        try fixture.snapshot([TestPerson("a@x")])
        #expect(try fixture.names == ["cn=Name a@x"])
    }

    @Test func unknownAttributesAndClassesExtendTheSchema() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([
            TestPerson(
                "a", IdentityAttribute("campusBadge", text: "7"), IdentityAttribute("objectClass", text: "campusPerson")
            ),
            TestPerson("b", IdentityAttribute("campusPhoto", [[0xFF, 0x00]])),
        ])
        #expect(try fixture.values("uid=a,ou=People", "campusBadge") == ["7"])
        #expect(try fixture.values("uid=a,ou=People", "objectClass")?.contains("campusPerson") == true)
        #expect(try fixture.values("uid=b,ou=People", "objectClass")?.contains("extensibleObject") == true)
        #expect(fixture.store.currentGeneration().schema.attributeType("campusPhoto") != nil)
        try fixture.changes([.modify(TestPerson("b", IdentityAttribute("1.2.3.4.5", text: "new")))])
        #expect(try fixture.values("uid=b,ou=People", "1.2.3.4.5") == ["new"])
        #expect(try fixture.values("uid=b,ou=People", "campusPhoto") == [])
        #expect(fixture.events.refusals == [])
    }

    @Test func deliveredClassesCountIfOneIsStructural() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([
            TestPerson("a", IdentityAttribute("objectClass", text: "top", "account")),
            TestPerson("b", IdentityAttribute("objectClass", text: "top")),
            TestPerson(
                "c", IdentityAttribute("objectClass", text: "referral"), IdentityAttribute("ref", text: "ldap://x")),
        ])
        #expect(try fixture.values("uid=a,ou=People", "objectClass") == ["account", "extensibleObject", "top"])
        #expect(try fixture.values("uid=a,ou=People", "structuralObjectClass") == ["account"])
        #expect(try fixture.values("uid=b,ou=People", "structuralObjectClass") == ["inetOrgPerson"])
        #expect(try fixture.names == ["uid=a", "uid=b"])
        #expect(fixture.events.refusals.count == 1)
    }

    @Test func attributesThatNoClassAllowsMakeTheEntryExtensible() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([
            TestPerson("a", IdentityAttribute("macAddress", text: "00:00:00:00:00:01")), TestPerson("b"),
        ])
        #expect(try fixture.values("uid=a,ou=People", "objectClass")?.contains("extensibleObject") == true)
        #expect(try fixture.values("uid=b,ou=People", "objectClass")?.contains("extensibleObject") == false)
    }

    @Test func missingRequiredAttributesAreServedAllTheSame() throws {
        let fixture = try TargetFixture()
        var person = TestPerson("a")
        person.attributes = [IdentityAttribute("uid", text: "a")]
        try fixture.snapshot([person])
        #expect(try fixture.names == ["uid=a"])
    }

    @Test func passwordsAreKept() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a", IdentityAttribute("userPassword", text: "{SSHA}x"))])
        #expect(try fixture.values("uid=a,ou=People", "userPassword") == ["{SSHA}x"])
        #expect(fixture.events.all.allSatisfy { !"\($0)".contains("SSHA") })
    }

    @Test func whatOnlyTheServerSetsIsPassedOver() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([
            TestPerson(
                "a", IdentityAttribute("entryUUID", text: "00000000-0000-0000-0000-000000000000"),
                IdentityAttribute("identitySource", text: "evil"), IdentityAttribute("memberOf", text: "cn=x"))
        ])
        #expect(try fixture.values("uid=a,ou=People", "memberOf") == [])
        #expect(try fixture.names == ["uid=a"])
    }

    @Test(arguments: [
        IdentityAttribute("mail", text: "é"), IdentityAttribute("employeeNumber", text: "1", "2"),
        IdentityAttribute("cn;unknown", text: "x"), IdentityAttribute("telephoneNumber", text: ""),
    ])
    func aRecordThatCannotBeServedRefusesThatPersonOnly(_ bad: IdentityAttribute) throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a"), TestPerson("b")])
        let before = try fixture.stamps("uid=a,ou=People")
        let outcome = try fixture.snapshot(
            [TestPerson("a", bad), TestPerson("b", IdentityAttribute("title", text: "Dr"))], at: 2)
        #expect(
            counts(outcome)
                == with {
                    $0.refused = 1; $0.modified = 1
                })
        #expect(try fixture.stamps("uid=a,ou=People") == before)
        #expect(try fixture.values("uid=b,ou=People", "title") == ["Dr"])
        #expect(fixture.target.refusedCount(of: fixture.source) == 1)
        #expect(fixture.target.state(of: fixture.source)?.position == 2)
        #expect(fixture.target.state(of: fixture.source)?.people == 2)
        // No news the second time.
        _ = fixture.events.take()
        try fixture.snapshot([TestPerson("a", bad), TestPerson("b")], at: 3)
        #expect(fixture.events.refusals == [])
    }

    @Test func aPersonWithoutANameIsRefused() throws {
        let fixture = try TargetFixture()
        var person = TestPerson("a")
        person.attributes.removeFirst()
        try fixture.snapshot([person])
        #expect(try fixture.names == [])
        #expect(fixture.events.refusals == ["expected a value of uid, which names the entry"])
    }

    @Test func theLeastValueNamesTheEntry() throws {
        let fixture = try TargetFixture()
        var person = TestPerson("a")
        person.attributes[0] = IdentityAttribute("uid", text: "c,d", "b+\u{e9}", "bb")
        try fixture.snapshot([person])
        #expect(try fixture.names == ["uid=b\\+\u{e9}"])
        fixture.settings.mapping.rdn = "eduPersonUniqueId"
        try fixture.snapshot([person], at: 2)
        #expect(try fixture.names == ["eduPersonUniqueId=a"])
    }

    @Test func subjectsAreComparedByTheirRule() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("A@X", uid: "one")])
        let before = try fixture.values("uid=one,ou=People", "entryUUID")
        var person = TestPerson("a@x", uid: "one")
        person.attributes[1].values = [Array("Other".utf8)]
        let outcome = try fixture.changes([.modify(person), .delete(" a@X ")])
        #expect(counts(outcome)?.removed == 1)
        try fixture.changes([.add(person)])
        #expect(try fixture.values("uid=one,ou=People", "entryUUID") == before)
    }

    @Test func scopedValuesOfOthersAreDroppedAndSubjectsRefused() throws {
        let fixture = try TargetFixture()
        fixture.settings.mapping.scopes = ["X.edu"]
        let outcome = try fixture.snapshot([
            TestPerson(
                "a@x.EDU", uid: "a",
                IdentityAttribute("eduPersonScopedAffiliation", text: "staff@x.edu", "staff@evil.edu", "staff"),
                IdentityAttribute("eduPersonPrincipalName", text: "a@sub.x.edu")),
            TestPerson("b@evil.edu", uid: "b"),
        ])
        #expect(
            counts(outcome)
                == with {
                    $0.added = 1; $0.refused = 1
                })
        #expect(try fixture.values("uid=a,ou=People", "eduPersonScopedAffiliation") == ["staff@x.edu"])
        #expect(try fixture.values("uid=a,ou=People", "eduPersonPrincipalName") == [])
        #expect(
            fixture.events.refusals == [
                "expected a eduPersonUniqueId that ends in one of the provider's scopes",
                "3 values were left out: expected domains that the provider may speak for",
            ])
    }

    @Test func peopleKnownByAnotherAttributeThanConfiguredAreAMatterOfConfiguration() throws {
        let fixture = try TargetFixture()
        fixture.settings.mapping.subject = "mail"
        #expect(throws: DeliveryError.self) { try fixture.snapshot([TestPerson("a")]) }
        fixture.settings.mapping.subject = nil
        fixture.settings.mapping.objectClasses = ["nosuch"]
        #expect(throws: DeliveryError.self) { try fixture.snapshot([TestPerson("a")]) }
        #expect(fixture.target.state(of: fixture.source) == nil)
    }
}

/// Counts as set by `edit`.
func with(_ edit: (inout DeliveryCounts) -> Void) -> DeliveryCounts {
    var counts = DeliveryCounts()
    edit(&counts)
    return counts
}
