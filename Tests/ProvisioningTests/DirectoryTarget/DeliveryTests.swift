import AttributeIndex
import CommonInterface
import Schema
import Testing

@testable import Provisioning

/// What becomes of deliveries.
@Suite struct DeliveryTests {
    private func counts(_ outcome: DeliveryOutcome) -> DeliveryCounts? {
        if case .applied(let counts) = outcome { counts } else { nil }
    }

    @Test func whoIsAsBeforeIsNotTouched() throws {
        let fixture = try TargetFixture()
        let people = [TestPerson("a", IdentityAttribute("mail", text: "x@y", "y@z")), TestPerson("b")]
        try fixture.snapshot(people)
        let before = try fixture.stamps("uid=a,ou=People")
        let entries = fixture.store.currentGeneration().segments.reduce(0) { $0 + Int($1.entryCount) }
        var reordered = people[0]
        reordered.attributes.reverse()
        reordered.attributes[0].values.reverse()
        #expect(counts(try fixture.snapshot([people[1], reordered], at: 2)) == with { $0.unchanged = 2 })
        #expect(counts(try fixture.changes([.modify(reordered), .add(people[1])])) == with { $0.unchanged = 2 })
        #expect(try fixture.stamps("uid=a,ou=People") == before)
        #expect(fixture.store.currentGeneration().segments.reduce(0) { $0 + Int($1.entryCount) } == entries)
        #expect(fixture.target.state(of: fixture.source)?.position == 4)
    }

    @Test func aModifyIsTheWholePerson() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a", IdentityAttribute("title", text: "Dr"))])
        let created = try fixture.values("uid=a,ou=People", "createTimestamp")
        let csn = try fixture.values("uid=a,ou=People", "entryCSN")
        #expect(counts(try fixture.changes([.modify(TestPerson("a"))])) == with { $0.modified = 1 })
        #expect(try fixture.values("uid=a,ou=People", "title") == [])
        #expect(try fixture.values("uid=a,ou=People", "createTimestamp") == created)
        #expect(try fixture.values("uid=a,ou=People", "entryCSN") != csn)
        #expect(fixture.events.all.last?.attributes == ["title"])
    }

    @Test func changesMeanWhatTheyComeTo() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a")])
        // A modify of an unknown person is an add; an add of a known one is a modify; a delete of an unknown one is nothing.
        let outcome = try fixture.changes([
            .modify(TestPerson("b")), .add(TestPerson("a", IdentityAttribute("title", text: "Dr"))), .delete("c"),
        ])
        #expect(
            counts(outcome)
                == with {
                    $0.added = 1; $0.modified = 1; $0.unchanged = 1
                })
        #expect(try fixture.names == ["uid=a", "uid=b"])
        #expect(fixture.target.state(of: fixture.source)?.people == 2)
    }

    @Test func aRenameKeepsWhoItIs() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a", uid: "old")])
        let before = try fixture.stamps("uid=old,ou=People")
        try fixture.changes([.modify(TestPerson("a", uid: "new"))])
        let after = try fixture.stamps("uid=new,ou=People")
        #expect(before[0...1] == after[0...1])
        #expect(before[3] != after[3])
        #expect(try fixture.names == ["uid=new"])
        let event = try #require(fixture.events.all.last)
        #expect(event.dn == "uid=new,ou=People,dc=x")
        #expect(event.formerDN == "uid=old,ou=People,dc=x")
        try fixture.snapshot([TestPerson("a", uid: "third")], at: 3)
        #expect(try fixture.names == ["uid=third"])
        #expect(try fixture.stamps("uid=third,ou=People")[0...1] == before[0...1])
    }

    @Test(arguments: [false, true]) func twoMaySwapNamesInOneDelivery(asSnapshot: Bool) throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a", uid: "1"), TestPerson("b", uid: "2"), TestPerson("c", uid: "3")])
        let first = try fixture.values("uid=1,ou=People", "entryUUID")
        let moved = [TestPerson("a", uid: "2"), TestPerson("b", uid: "1"), TestPerson("c", uid: "3")]
        let outcome =
            asSnapshot
            ? try fixture.snapshot(moved, at: 2) : try fixture.changes(moved.map { TestChange.modify($0) })
        #expect(
            counts(outcome)
                == with {
                    $0.modified = 2; $0.unchanged = 1
                })
        #expect(try fixture.values("uid=2,ou=People", "entryUUID") == first)
        #expect(try fixture.names == ["uid=1", "uid=2", "uid=3"])
        #expect(fixture.store.currentGeneration().entryCount == 5)
    }

    @Test(arguments: [false, true]) func whoSwapsAcrossDeliveriesWaitsForTheOther(restarting: Bool) throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a", uid: "1"), TestPerson("b", uid: "2")])
        #expect(counts(try fixture.changes([.modify(TestPerson("a", uid: "2"))])) == with { $0.refused = 1 })
        #expect(try fixture.values("uid=1,ou=People", "sn") == ["a"])
        #expect(fixture.target.refusedCount(of: fixture.source) == 1)
        if restarting { try fixture.restart() }
        #expect(fixture.target.refusedCount(of: fixture.source) == 1)
        let outcome = try fixture.changes([.modify(TestPerson("b", uid: "1"))])
        #expect(counts(outcome) == with { $0.modified = 2 })
        #expect(try fixture.values("uid=2,ou=People", "sn") == ["a"])
        #expect(try fixture.values("uid=1,ou=People", "sn") == ["b"])
        #expect(fixture.target.refusedCount(of: fixture.source) == 0)
    }

    @Test func nobodyLosesTheirNameToAnother() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("b", uid: "1")])
        let before = try fixture.stamps("uid=1,ou=People")
        // New, and before the one who has the name.
        let outcome = try fixture.snapshot([TestPerson("a", uid: "1"), TestPerson("b", uid: "1")], at: 2)
        #expect(
            counts(outcome)
                == with {
                    $0.refused = 1; $0.unchanged = 1
                })
        #expect(try fixture.stamps("uid=1,ou=People") == before)
        // A newer record takes the place of the refused one.
        #expect(counts(try fixture.changes([.modify(TestPerson("a", uid: "4"))])) == with { $0.added = 1 })
        #expect(fixture.target.refusedCount(of: fixture.source) == 0)
    }

    @Test func aRefusedRecordGoesWithItsPerson() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("b", uid: "1"), TestPerson("a", uid: "1")])
        #expect(fixture.target.refusedCount(of: fixture.source) == 1)
        try fixture.changes([.delete("a")])
        try fixture.changes([.delete("b")])
        #expect(try fixture.names == [])
        #expect(fixture.target.refusedCount(of: fixture.source) == 0)
    }

    @Test(arguments: [1, 100_000]) func ofRecordsOfOneSubjectTheLastCounts(entriesOfFile: Int) throws {
        let fixture = try TargetFixture(entriesOfFile: entriesOfFile)
        let outcome = try fixture.snapshot([
            TestPerson("a", uid: "1"), TestPerson("b", uid: "2"), TestPerson("A", uid: "3"), TestPerson("c", uid: "1"),
            TestPerson("b", uid: "2", IdentityAttribute("title", text: "Dr")),
        ])
        #expect(counts(outcome) == with { $0.added = 3 })
        #expect(try fixture.names == ["uid=1", "uid=2", "uid=3"])
        #expect(try fixture.values("uid=1,ou=People", "sn") == ["c"])
        #expect(try fixture.values("uid=2,ou=People", "title") == ["Dr"])
        #expect(fixture.target.state(of: fixture.source)?.people == 3)
    }

    @Test func ofTwoWhoWantOneNameTheFirstHasIt() throws {
        let fixture = try TargetFixture()
        let people = [TestPerson("a", uid: "1"), TestPerson("b", uid: "1"), TestPerson("c", uid: "3")]
        #expect(
            counts(try fixture.snapshot(people))
                == with {
                    $0.added = 2; $0.refused = 1
                })
        #expect(try fixture.values("uid=1,ou=People", "sn") == ["a"])
        // The same once more: nothing changes.
        #expect(
            counts(try fixture.snapshot(people, at: 2))
                == with {
                    $0.unchanged = 2; $0.refused = 1
                })
        // The first moves away: the second is tried again, with a record that came long before.
        #expect(
            counts(try fixture.changes([.modify(TestPerson("a", uid: "9"))]))
                == with {
                    $0.modified = 1; $0.added = 1
                })
        #expect(try fixture.values("uid=1,ou=People", "sn") == ["b"])
    }

    @Test func manyRemovalsAreHeldUntilSomebodyAgrees() throws {
        let fixture = try TargetFixture()
        let people = (0..<100).map { TestPerson("p\($0)") }
        try fixture.snapshot(people)
        #expect(try fixture.snapshot(Array(people.prefix(79)), at: 2) == .held(removals: 21, of: 100))
        #expect(try fixture.names.count == 100)
        #expect(fixture.target.state(of: fixture.source)?.position == 1)
        #expect(counts(try fixture.snapshot(Array(people.prefix(80)), at: 2))?.removed == 20)
        let removals = (0..<30).map { TestChange.delete("p\($0)") }
        #expect(try fixture.changes(removals) == .held(removals: 30, of: 80))
        // Who comes back in the same delivery does not go.
        #expect(counts(try fixture.changes(removals + people[5..<30].map { .add($0) }))?.removed == 5)
        #expect(counts(try fixture.snapshot([], at: 40, accepting: true))?.removed == 75)
        #expect(try fixture.names == [])
        #expect(fixture.target.state(of: fixture.source)?.people == 0)
    }

    @Test func aDeliveryThatIsNotWholeChangesNothing() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a")])
        #expect(throws: DeliveryError.self) { try fixture.snapshot([TestPerson("b")], at: 2, records: 2) }
        #expect(throws: DeliveryError.self) { try fixture.snapshot(octets: Array("dn: uid=x,ou=People\n".utf8), at: 2) }
        #expect(throws: DeliveryError.self) {
            try fixture.snapshot(octets: Array("dn: uid=x,ou=Other\nuid: x\n".utf8), at: 2)
        }
        let gap = TestChange.octets([.add(TestPerson("c"))], after: TransactionID(7))
        #expect(throws: DeliveryError.self) {
            try fixture.target.apply(
                ChangeDelivery(fixture.settings, .octets(gap), after: TransactionID(1), to: nil))
        }
        // Malformed at its end.
        var octets = TestChange.octets([.add(TestPerson("c"))], after: TransactionID(1))
        octets += Array("\ndn: changeNumber=3,cn=changelog\nobjectClass: changeLogEntry\n".utf8)
        #expect(throws: DeliveryError.self) {
            try fixture.target.apply(
                ChangeDelivery(fixture.settings, .octets(octets), after: TransactionID(1), to: nil))
        }
        #expect(try fixture.names == ["uid=a"])
        #expect(fixture.target.state(of: fixture.source)?.position == 1)
    }

    @Test func whatWasAppliedBeforeIsPassedOver() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a")])
        let octets = TestChange.octets(
            [.add(TestPerson("b")), .delete("a"), .add(TestPerson("c"))], after: TransactionID(1))
        try fixture.changes([.add(TestPerson("b"))])
        let again = ChangeDelivery(fixture.settings, .octets(octets), after: TransactionID(2), to: nil)
        #expect(
            counts(try fixture.target.apply(again))
                == with {
                    $0.added = 1; $0.removed = 1
                })
        let third = ChangeDelivery(fixture.settings, .octets(octets), after: TransactionID(4), to: nil)
        #expect(counts(try fixture.target.apply(third)) == DeliveryCounts())
        #expect(try fixture.names == ["uid=b", "uid=c"])
    }

    @Test func thePositionMovesWithoutChanges() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a")])
        let empty = ChangeDelivery(fixture.settings, .octets([]), after: TransactionID(1), to: TransactionID(9))
        #expect(counts(try fixture.target.apply(empty)) == DeliveryCounts())
        #expect(fixture.target.state(of: fixture.source)?.position == 9)
    }

    @Test func sourcesDoNotTakeEachOthersNames() throws {
        let fixture = try TargetFixture()
        try fixture.snapshot([TestPerson("a", uid: "1")])
        let first = fixture.settings
        fixture.settings = TargetFixture.settings("https://other.example")
        #expect(counts(try fixture.snapshot([TestPerson("a", uid: "1")])) == with { $0.refused = 1 })
        #expect(counts(try fixture.snapshot([TestPerson("a", uid: "2")], at: 2)) == with { $0.added = 1 })
        fixture.settings = first
        #expect(counts(try fixture.snapshot([TestPerson("a", uid: "2")], at: 2)) == with { $0.refused = 1 })
        #expect(try fixture.names == ["uid=1"])
        #expect(fixture.target.states.map(\.people) == [1, 1])
    }

    @Test func aLongChangelogIsAppliedInSeveralCommits() throws {
        let fixture = try TargetFixture(runLength: 100)
        try fixture.snapshot([TestPerson("a")])
        let people = (0..<250).map { TestPerson("p\($0)") }
        let outcome = try fixture.changes(people.map { .add($0) }, asFile: true)
        #expect(counts(outcome) == with { $0.added = 250 })
        #expect(fixture.store.currentGeneration().entryCount == 253)
        #expect(fixture.target.state(of: fixture.source)?.position == 251)
        #expect(fixture.events.all.last?.kind == .changelog)
    }
}
