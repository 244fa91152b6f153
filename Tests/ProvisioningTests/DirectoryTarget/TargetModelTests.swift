import AttributeIndex
import CommonInterface
import RandomTesting
import Schema
import Storage
import StorageTesting
import Testing

@testable import Provisioning

/// Random people, changes, renames, swaps, refusals, snapshots, changelogs, failing calls and power cuts, beside a model without
/// entries or files; what was not applied is delivered again.
@Suite struct TargetModelTests {
    @Test(arguments: 0..<6) func agreesWithANaiveModel(_ round: Int) throws {
        var random = SeededRandom()
        for _ in 0..<round { _ = random.next() }
        let run = try TargetModelRun(random, entriesOfFile: round % 2 == 0 ? 2 : 100_000)
        for step in 0..<60 {
            do {
                try run.step()
                try run.compare()
            } catch let error as TargetModelRun.Difference {
                Issue.record("seed \(random.seed), round \(round), step \(step): \(error)")
                return
            }
        }
        #expect(run.interrupted > 0, "seed \(random.seed)")
    }
}

/// A target over a file system that fails, and the model beside it.
final class TargetModelRun {
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    static let names = 7
    static let subjects = 9

    private var random: SeededRandom
    private let folder: TemporaryDirectory
    private let entriesOfFile: Int
    private var files: SimulatedFileSystem
    private var store: IndexStore
    private var target: DirectoryTarget
    private let settings = [
        TargetFixture.settings("https://one.example"), TargetFixture.settings("https://two.example"),
    ]
    private var models: [NaivePeople]
    private var positions: [UInt64?] = [nil, nil]
    private var stamps: [String: [String]] = [:]
    private var clock: UInt64 = 0
    private(set) var interrupted = 0

    init(_ random: SeededRandom, entriesOfFile: Int) throws {
        self.random = random
        self.entriesOfFile = entriesOfFile
        models = settings.map { NaivePeople(SourceID($0.entityID)) }
        folder = try TemporaryDirectory()
        files = SimulatedFileSystem()
        store = try IndexStore.open(directory: "/data", schema: .builtIn, access: .write, files: files)
        try DirectoryTarget.makeEmptyDirectory(in: store, schema: .builtIn, suffix: "dc=x")
        target = TargetFixture.target(store, EventCollector(), files, 2, entriesOfFile)
    }

    private func pick(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private func record(_ subject: Int) -> NaiveRecord {
        NaiveRecord(subject: subject, name: pick(Self.names), title: pick(3), isBad: pick(12) == 0)
    }

    /// One delivery, perhaps interrupted, and then made again.
    func step() throws {
        let source = pick(2)
        let other = Set(models[1 - source].served.values.map(\.name))
        var after = models[source]
        clock += 10
        let isSnapshot = positions[source] == nil || pick(4) == 0
        var octets: [UInt8]
        let position: UInt64
        if isSnapshot {
            let records = snapshot(models[source])
            position = clock
            var writer = SnapshotWriter()
            for person in records.map(\.person) {
                writer.write(SnapshotRecord(subject: person.subject, attributes: person.attributes))
            }
            octets = writer.output
            after.replace(records, at: position, strangers: other)
        } else {
            let changes = (0...pick(4)).map { _ -> NaivePersonChange in
                let subject = pick(Self.subjects)
                return pick(4) == 0 ? .delete(subject) : .put(record(subject))
            }
            let before = positions[source] ?? 0
            position = before + UInt64(changes.count)
            octets = TestChange.octets(changes.map(\.change), after: TransactionID(before))
            after.apply(changes, first: before + 1, strangers: other)
        }
        var fault = Fault.crash
        if pick(3) == 0 {
            fault = [.error(5), .shortWrite, .crash][pick(3)]
            files.inject(fault, atCall: pick(40))
        }
        while true {
            let outcome = Result { try deliver(octets, source, isSnapshot, position) }
            // What happens once all is durable is no failure, and nothing can be read after it.
            let hasStopped = files.hasFaulted && fault == .crash
            files.clearFault()
            if target.state(of: settings[source].entityID)?.position == position {
                models[source] = after
                positions[source] = position
            }
            if case .success = outcome, !hasStopped { break }
            interrupted += 1
            if hasStopped || pick(2) == 0 { try restart() }
            if target.state(of: settings[source].entityID)?.position == position {
                models[source] = after
                positions[source] = position
                break
            }
            try compare()
        }
        if pick(10) == 0 { try restart() }
        if pick(10) == 0 { try store.compact() }
    }

    /// Most of the people as they are, with changes.
    private func snapshot(_ model: NaivePeople) -> [NaiveRecord] {
        var records: [NaiveRecord] = []
        for subject in 0..<Self.subjects {
            let known = model.refused[subject]?.record ?? model.served[subject]
            if let known, pick(3) > 0 { records.append(known) } else if pick(2) == 0 { records.append(record(subject)) }
        }
        if pick(4) == 0, let again = records.randomElement(using: &random) { records.append(record(again.subject)) }
        return records.shuffled(using: &random)
    }

    private func deliver(_ octets: [UInt8], _ source: Int, _ isSnapshot: Bool, _ position: UInt64) throws {
        guard isSnapshot else {
            let after = TransactionID(target.state(of: settings[source].entityID)?.position ?? 0)
            let delivery = ChangeDelivery(settings[source], .octets(octets), after: after, to: nil)
            _ = try target.apply(delivery)
            return
        }
        let path = folder.path + "/snapshot.ldif"
        try DiskFileSystem().replace(path, with: octets.span)
        let file = FetchedFile(path: path, position: TransactionID(position), records: nil)
        _ = try target.replace(with: SnapshotDelivery(settings[source], file))
    }

    private func restart() throws {
        files = files.afterCrash(.some(seed: random.next()))
        store = try IndexStore.open(directory: "/data", schema: .builtIn, access: .write, files: files)
        target = TargetFixture.target(store, EventCollector(), files, 2, entriesOfFile)
    }

    /// Compares entries, counts and refused records with the model; and stamps with those before.
    func compare() throws {
        let generation = store.currentGeneration()
        var found: [String: [String]] = [:]
        for (source, settings) in settings.enumerated() {
            var people: [Int: NaiveRecord] = [:]
            for subject in 0..<Self.subjects {
                let id = SourceID(settings.entityID)
                let uuid = id.entryUUID(ofSubject: Array("s\(subject)".utf8))
                guard let entry = try generation.entry(withUUID: uuid) else { continue }
                func values(_ name: String) -> [String] {
                    AttributeDescription(parsing: name, schema: generation.schema).map { description in
                        entry.values(of: description).map { String(decoding: $0, as: UTF8.self) }
                    } ?? []
                }
                let name = values("uid").first.flatMap { Int($0.dropFirst()) } ?? -1
                let title = values("title").first.flatMap { Int($0.dropFirst()) } ?? -1
                people[subject] = NaiveRecord(subject: subject, name: name, title: title)
                try check(entry.dn.text == "uid=u\(name),ou=People,dc=x", "\(entry.dn.text)")
                found["\(source)/\(subject)"] = [
                    "\(name) \(title)", values("entryCSN")[0], values("createTimestamp")[0],
                ]
            }
            let model = models[source]
            try check(people == model.served, "source \(source): \(people) instead of \(model.served)")
            let state = target.state(of: settings.entityID)
            try check(state?.position == positions[source], "position \(String(describing: state))")
            try check(state?.people ?? 0 == model.served.count, "count \(String(describing: state))")
            let refused = target.refusedCount(of: settings.entityID)
            try check(
                refused == model.refused.count,
                "\(refused) refused instead of \(model.refused.values.map(\.record))")
        }
        try check(generation.entryCount == found.count + 2, "\(generation.entryCount) entries")
        for (person, now) in found {
            guard let before = stamps[person] else { continue }
            try check((before[0] == now[0]) == (before[1] == now[1]), "\(person): \(before) became \(now)")
        }
        stamps = found
    }

    private func check(_ isRight: Bool, _ finding: @autoclosure () -> String) throws {
        if !isRight { throw Difference(description: finding()) }
    }
}
