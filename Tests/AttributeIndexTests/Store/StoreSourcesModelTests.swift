import RandomTesting
import Schema
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import AttributeIndex

/// Three sources and LDIF, each with random changes, deliveries, imports and removals, beside dictionaries without files. Calls
/// fail at random moments, also half done, and the power goes: afterwards people and position are those from before or those
/// from after, of every source, and nothing that was acknowledged is missing.
struct StoreSourcesModelTests {
    typealias Fixture = StoreFixture

    /// What should be there: for each source its position and its people's versions, by number; of LDIF people's versions.
    struct Model: Equatable {
        var positions: [Int: UInt64] = [:]
        var people: [Int: [Int: Int]] = [:]
        var campus: [Int: Int] = [:]

        func contents() throws -> Fixture.Contents {
            var records = try Fixture.campus(people: 0..<0)
            for (number, version) in campus { records.append(try Fixture.person(number, version: version)) }
            for (source, versions) in people {
                for (number, version) in versions {
                    records.append(try Fixture.person(number, of: source, version: version))
                }
            }
            var contents = Fixture.contents(records)
            for (source, position) in positions {
                let state = Fixture.state(source, at: position, people: people[source]?.count ?? 0)
                contents[[0xFF] + Array(state.name.utf8)] = "\(state)"
            }
            return contents
        }
    }

    /// One run: a store, a reader beside it, and the model.
    struct Run {
        var random = SeededRandom()
        var model = Model()
        var files = SimulatedFileSystem()
        var store: IndexStore
        var reader: IndexStore
        let policy: StorePolicy
        var counts: [String: Int] = [:]

        init(_ policy: StorePolicy) throws {
            self.policy = policy
            store = try Fixture.open(files, .write, policy: policy)
            try store.replaceAll(with: Fixture.builder(Fixture.campus(people: 0..<0)), metadata: Fixture.metadata)
            reader = try Fixture.open(files, .read, policy: policy)
        }

        private mutating func next(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

        /// Random changes of a source's people, made to `model` too.
        private mutating func changes(_ count: Int, of source: Int, in model: inout Model) throws -> [EntryChange] {
            var changes: [EntryChange] = []
            for _ in 0..<count {
                let number = next(12)
                let old = model.people[source]?[number]
                let new = next(4) == 0 ? nil : next(100)
                changes += try Fixture.changes(number, of: source, from: old, to: new)
                model.people[source, default: [:]][number] = new
            }
            return changes
        }

        /// Does something, and says what the directory should hold after it.
        private mutating func act(_ after: inout Model) throws -> String {
            let source = next(3)
            let position = (model.positions[source] ?? 0) + 1
            func state(_ model: Model) -> SourceState {
                Fixture.state(source, at: position, people: model.people[source]?.count ?? 0)
            }
            switch next(12) {
            case 0...3:
                let batch = try changes(next(4), of: source, in: &after)
                after.positions[source] = position
                try store.apply(batch, schema: store.currentGeneration().schema, source: state(after))
                return "apply"
            case 4, 5:
                let delivery = try store.beginDelivery()
                var parts: [[EntryChange]] = []
                for _ in 0...next(3) { parts.append(try changes(next(5), of: source, in: &after)) }
                after.positions[source] = position
                for part in parts { try Fixture.add(StoreSourcesModelTests.last(part), to: delivery) }
                if next(4) == 0 {
                    after = model
                    return "dropped delivery"
                }
                try store.publish(delivery, source: state(after))
                return "delivery"
            case 6:
                after.positions[source] = nil
                after.people[source] = nil
                try store.removeSource(Fixture.id(source))
                return "removal"
            case 7:
                after.campus = [:]
                for _ in 0..<next(6) { after.campus[next(14)] = next(100) }
                var records = try Fixture.campus(people: 0..<0)
                for (number, version) in after.campus { records.append(try Fixture.person(number, version: version)) }
                try store.replaceAll(with: Fixture.builder(records), metadata: Fixture.metadata)
                return "import"
            case 8: try store.compact(next(2) == 0 ? .due : .everything)
            default:
                let (number, version) = (next(14), next(100))
                after.campus[number] = version
                try store.apply(
                    [.put(Fixture.person(number, version: version))], schema: store.currentGeneration().schema)
                return "change of LDIF"
            }
            return "compaction"
        }

        /// One action, at times with a call that fails in it; then what is there is compared.
        mutating func step(_ number: Int) throws {
            let where_: Comment = "seed \(random.seed), step \(number)"
            let fault: Fault? = [nil, nil, .error(5), .shortWrite, .crash][next(5)]
            if let fault { files.inject(fault, atCall: next(30), count: 1 + next(2) * next(9)) }
            var after = model
            var action = "failure"
            do { action = try act(&after) } catch let error as StoreError {
                let isExpected = error.code == .superseded || fault != nil && files.hasFaulted
                #expect(isExpected, "\(where_), without a fault: \(error)")
            }
            let hasFailed = action == "failure"
            counts[action, default: 0] += 1
            files.clearFault()
            if fault == .crash && files.hasFaulted || next(12) == 0 {
                files = files.afterCrash([.nothing, .everything, .some(seed: random.next())][next(3)])
                store = try Fixture.open(files, .write, policy: policy)
                reader = try Fixture.open(files, .read, policy: policy)
            } else if hasFailed {
                // Who cannot even read what counts knows by the next call.
                try store.compact(.due)
            }
            let found = try Fixture.contents(store)
            let (old, new) = (try model.contents(), try after.contents())
            #expect(found == new || hasFailed && found == old, where_)
            if found == new { model = after }
            for source in 0..<3 {
                #expect(try Fixture.people(of: source, in: store).count == model.people[source]?.count ?? 0, where_)
            }
            guard next(3) == 0 else { return }
            try reader.refresh()
            #expect(try Fixture.contents(reader) == found, where_)
        }
    }

    /// The last change of each name, which is the one that counts in a batch; a delivery's part has each name once.
    static func last(_ changes: [EntryChange]) -> [EntryChange] {
        var last: [[UInt8]: Int] = [:]
        for (index, change) in changes.enumerated() { last[change.key] = index }
        return changes.enumerated().filter { last[$1.key] == $0 }.map(\.element)
    }

    @Test(arguments: [300, 3_000, 1 << 20]) func agreesWithDictionariesThroughFailuresAndPowerCuts(
        _ journalLimit: Int
    ) throws {
        var policy = Fixture.small
        policy.journalLimit = journalLimit
        var run = try Run(policy)
        print("seed \(run.random.seed)")
        for step in 0..<150 { try run.step(step) }
        #expect(run.counts.count >= 6, "seed \(run.random.seed): \(run.counts)")
        #expect(
            try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: run.files) == [],
            "seed \(run.random.seed)")
        // A file that could not be removed is tried again.
        try run.store.apply([.put(Fixture.person(99))], schema: run.store.currentGeneration().schema)
        let named = Set(run.store.snapshot.withLock { $0.index?.segments.map(\.name) ?? [] })
        let listed = try run.files.list("/data/directory").filter { $0.hasSuffix(".segment") }
        #expect(Set(listed) == named, "seed \(run.random.seed)")
    }
}
