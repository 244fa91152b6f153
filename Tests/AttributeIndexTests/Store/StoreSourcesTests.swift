import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

/// Several sources in one directory.
struct StoreSourcesTests {
    typealias Fixture = StoreFixture

    /// A campus of LDIF and five people of each of two sources.
    static func directory() throws -> SimulatedFileSystem {
        let files = try Fixture.directory()
        let store = try Fixture.open(files, .write)
        for source in 0..<2 {
            let delivery = try store.beginDelivery()
            let people = try (0..<5).flatMap { try Fixture.changes($0, of: source, from: nil, to: 0) }
            try Fixture.add(Array(people[..<3]), to: delivery)
            try Fixture.add(Array(people[3...]), to: delivery)
            try store.publish(delivery, source: Fixture.state(source, at: 10, people: 5))
        }
        return files.afterCrash(.nothing)
    }

    @Test func aSourceIsKnownByItsUUIDOnly() throws {
        let id = Fixture.id(0)
        #expect(SourceID(id.description) == id && SourceID(id.description.uppercased()) == nil)
        #expect(SourceID("") == nil && SourceID("ldif") == nil && SourceID(id.description + "0") == nil)
        #expect(id.octets.count == 16 && Fixture.id(1) != id)
        let origin = EntrySource(id: id, subject: [0, 0xFF, 0x20])
        #expect(EntrySource(origin.value.span) == origin)
        #expect(EntrySource(Array(id.description.utf8).span) == nil)
        #expect(EntrySource([UInt8](repeating: 0x20, count: 50).span) == nil)
    }

    @Test func changesAndPositionAreDurableTogether() throws {
        let files = try StoreSourcesTests.directory()
        let store = try Fixture.open(files, .write)
        try store.apply(
            Fixture.changes(1, of: 0, from: 0, to: 1), schema: .builtIn, source: Fixture.state(0, at: 11, people: 5))
        let reader = try Fixture.open(files.afterCrash(.nothing), .read)
        #expect(reader.sourceStates == [Fixture.state(0, at: 11, people: 5), Fixture.state(1, at: 10, people: 5)])
        #expect(try Fixture.contents(reader) == Fixture.contents(store))
        let people = try Fixture.people(of: 0, in: reader)
        #expect(people.count == 5)
        #expect(try people["subject 1"] == Fixture.person(1, of: 0, version: 1).dn.key)
    }

    @Test func aPositionWithoutChangesIsDurableAndServedAsAnotherPublication() throws {
        let files = try StoreSourcesTests.directory()
        let (store, reader) = (try Fixture.open(files, .write), try Fixture.open(files, .read))
        let before = store.currentGeneration()
        try store.apply([], schema: .builtIn, source: Fixture.state(1, at: 99, people: 5))
        #expect(try reader.refresh())
        let reopened = try Fixture.open(files.afterCrash(.nothing), .read)
        for store in [store, reader, reopened] {
            #expect(store.sourceStates.last?.position == 99)
            #expect(store.currentSequence == before.sequence + 1)
            #expect(store.currentGeneration().sequence == before.sequence + 1)
            #expect(try Fixture.contents(store.currentGeneration()) == Fixture.contents(before))
        }
        try store.apply([], schema: .builtIn, source: Fixture.state(1, at: 99, people: 5))
        #expect(store.currentSequence == before.sequence + 1, "nothing is new")
    }

    @Test func aDeliveryComesInFrontOfTheJournalWithItsNewestPartFirst() throws {
        let files = try StoreSourcesTests.directory()
        let store = try Fixture.open(files, .write)
        let delivery = try store.beginDelivery()
        try Fixture.add(
            [.put(Fixture.person(0, of: 0, version: 2)), .put(Fixture.person(1, of: 0, version: 2))], to: delivery)
        try Fixture.add(
            [.put(Fixture.person(0, of: 0, version: 4)), .delete(key: Fixture.person(2, of: 0).dn.key)], to: delivery)
        let before = try Fixture.contents(store)
        #expect(try Fixture.contents(Fixture.open(files.afterCrash(.everything), .read)) == before)
        // The journal is extended while the delivery is on its way, by what the delivery replaces and by others' changes.
        try store.apply(
            [.put(Fixture.person(1, of: 0, version: 6)), .put(Fixture.person(2, of: 0, version: 8))], schema: .builtIn)
        try store.apply([.put(Fixture.person(30)), .delete(key: Fixture.person(4).dn.key)], schema: .builtIn)
        try store.publish(delivery, source: Fixture.state(0, at: 20, people: 4))
        let reopened = try Fixture.open(files.afterCrash(.nothing), .read)
        for store in [store, reopened] {
            let contents = try Fixture.contents(store)
            #expect(try contents[Fixture.person(0, of: 0).dn.key]?.contains("version 4") == true)
            #expect(try contents[Fixture.person(1, of: 0).dn.key]?.contains("version 2") == true)
            #expect(try contents[Fixture.person(2, of: 0).dn.key] == nil)
            #expect(try contents[Fixture.person(30).dn.key] != nil)
            #expect(try contents[Fixture.person(4).dn.key] == nil)
            #expect(try Fixture.people(of: 0, in: store).count == 4)
            #expect(try Fixture.people(of: 1, in: store).count == 5)
            let parent = try Fixture.record("ou=People," + Fixture.suffix, []).dn.key
            #expect(try store.currentGeneration().childCount(parent.span) == contents.count - 2 - 2)
        }
        #expect(try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: files) == [])
        #expect(throws: StoreError(.refused, "")) {
            try store.publish(delivery, source: Fixture.state(0, at: 21, people: 4))
        }
        #expect(throws: StoreError(.refused, "")) { try delivery.add(Fixture.builder([])) }
    }

    @Test func aDeliveryThatIsLetGoOfLeavesNothing() throws {
        let files = try StoreSourcesTests.directory()
        let store = try Fixture.open(files, .write)
        let before = try files.list("/data/directory")
        do {
            let delivery = try store.beginDelivery()
            try Fixture.add([.put(Fixture.person(7, of: 0))], to: delivery)
            try store.apply([.put(Fixture.person(31))], schema: .builtIn)
            #expect(try files.list("/data/directory").count == before.count + 2)
        }
        #expect(try files.list("/data/directory").count == before.count + 1)
        // A crash in the middle of one.
        let delivery = try store.beginDelivery()
        try Fixture.add([.put(Fixture.person(8, of: 0))], to: delivery)
        let crashed = files.afterCrash(.everything)
        _ = try Fixture.open(crashed, .write)
        #expect(try crashed.list("/data/directory").count == before.count + 1)
    }

    @Test func aSourceIsRemovedWithItsPeopleAndNobodyElse() throws {
        let files = try StoreSourcesTests.directory()
        let store = try Fixture.open(files, .write)
        var expected = try Fixture.contents(store)
        for number in 0..<5 { expected[try Fixture.person(number, of: 0).dn.key] = nil }
        expected[[0xFF] + Array(Fixture.state(0, at: 0, people: 0).name.utf8)] = nil
        try store.removeSource(Fixture.id(0))
        #expect(try Fixture.contents(store) == expected)
        #expect(try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read)) == expected)
        let sequence = store.currentSequence
        try store.removeSource(Fixture.id(0))
        try store.removeSource(Fixture.id(7))
        #expect(store.currentSequence == sequence)
    }

    @Test func anImportKeepsWhatSourcesGave() throws {
        let files = try StoreSourcesTests.directory()
        let store = try Fixture.open(files, .replace)
        try store.apply(
            Fixture.changes(0, of: 1, from: 0, to: 1), schema: .builtIn, source: Fixture.state(1, at: 11, people: 5))
        var expected = try Fixture.contents(store)
        for number in 0..<10 { expected[try Fixture.person(number).dn.key] = nil }
        let campus = try Fixture.campus(people: 20..<24)
        expected.merge(Fixture.contents(campus)) { $1 }
        let published = try store.replaceAll(with: Fixture.builder(campus), metadata: Fixture.metadata)
        #expect(published.forgotten.isEmpty)
        let reopened = try Fixture.open(files.afterCrash(.nothing), .read)
        for store in [store, reopened] {
            #expect(try Fixture.contents(store) == expected)
            for source in 0..<2 { #expect(try Fixture.people(of: source, in: store).count == 5) }
        }
        #expect(try files.list("/data/directory").count == 2)
    }

    @Test func anImportMayNotTakeASourcesNameNorTheParentAway() throws {
        let files = try StoreSourcesTests.directory()
        let store = try Fixture.open(files, .replace)
        let before = try Fixture.contents(store)
        var taken = try Fixture.campus(people: 0..<2)
        taken.append(try Fixture.person(3, of: 1))
        let elsewhere = Array(try Fixture.campus(people: 0..<0).prefix(1))
        for (records, reason) in [(taken, "uid=s1p3,ou=People,dc=example,dc=edu"), (elsewhere, "suffix")] {
            let error = try #require(
                try StoreSourcesTests.failure {
                    try store.replaceAll(with: Fixture.builder(records), metadata: Fixture.metadata)
                })
            #expect(error.code == .refused && error.description.contains(reason), "\(error)")
            #expect(error.description.contains("https://idp"))
            #expect(try Fixture.contents(store) == before)
            #expect(try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read)) == before)
        }
        #expect(try files.list("/data/directory").count == store.currentGeneration().segments.count)
    }

    /// Why something was not done; nil if it was.
    static func failure(_ body: () throws -> Void) throws -> StoreError? {
        do {
            try body()
            return nil
        } catch let error as StoreError {
            return error
        }
    }

    @Test func anImportOverDamageForgetsSourcesRatherThanServeHalfOfThem() throws {
        let whole = try StoreSourcesTests.directory()
        let segments = whole.paths.filter { $0.hasSuffix(".segment") }
        for path in segments {
            // Records: what a look at the segment's footer does not notice.
            let files = try whole.damaged(path) { octets in
                for place in stride(from: 64, to: octets.count / 2, by: 7) { octets[place] ^= 0x55 }
            }
            let store = try Fixture.open(files, .replace)
            let campus = try Fixture.campus(people: 5..<7)
            try store.replaceAll(with: Fixture.builder(campus), metadata: Fixture.metadata)
            try StoreSourcesTests.expectWholeSources(files.afterCrash(.nothing), path)
        }
    }

    /// A source is there with all its people or with none.
    static func expectWholeSources(_ files: SimulatedFileSystem, _ what: String) throws {
        let found = try Fixture.open(files, .read)
        for number in 0..<2 {
            let isKnown = found.sourceStates.contains { $0.id == Fixture.id(number) }
            let people = try Fixture.people(of: number, in: found).count
            #expect(people == (isKnown ? 5 : 0), "\(what)")
        }
        let person = try Fixture.person(5).dn.key
        #expect(try found.currentGeneration().find(person.span) != nil)
    }

    @Test func changesWorkedOutBeforeARecoveryAreSuperseded() throws {
        var outcomes: Set<String> = []
        for call in 0..<40 {
            let files = try StoreSourcesTests.directory()
            let store = try Fixture.open(files, .write)
            let changes = try Fixture.changes(9, of: 0, from: nil, to: 0)
            let state = Fixture.state(0, at: 11, people: 6)
            // Until the fault is cleared nothing can be read either, so that nobody knows what counts.
            files.inject(.error(5), atCall: call, count: 1_000)
            let apply = { () throws -> Void in try store.apply(changes, schema: .builtIn, source: state) }
            guard try StoreSourcesTests.failure(apply) != nil else { continue }
            files.clearFault()
            let retried = try StoreSourcesTests.failure(apply)
            #expect(retried == nil || retried?.code == .superseded)
            outcomes.insert(retried == nil ? "applied" : "superseded")
            #expect(try StoreSourcesTests.failure(apply) == nil, "once only")
            #expect(store.sourceStates[0] == state)
            #expect(try Fixture.people(of: 0, in: store).count == 6)
        }
        #expect(outcomes == ["applied", "superseded"])
    }
}
