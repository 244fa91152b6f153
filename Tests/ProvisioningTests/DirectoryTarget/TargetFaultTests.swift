import AttributeIndex
import CommonInterface
import Schema
import Storage
import StorageTesting
import Testing

@testable import Provisioning

/// Every call of the file layer fails once while a delivery is applied: what is served is what was before or what comes after,
/// whole, and the same delivery brings it there.
@Suite struct TargetFaultTests {
    static let settings = TargetFixture.settings("https://idp.example")
    static let faults: [Fault] = [.error(5), .shortWrite, .crash]

    static func open(_ files: SimulatedFileSystem) throws -> DirectoryTarget {
        let store = try IndexStore.open(directory: "/data", schema: .builtIn, access: .write, files: files)
        return TargetFixture.target(store, EventCollector(), files)
    }

    /// Three people, and a fourth who is refused.
    static func start(_ folder: TemporaryDirectory) throws -> SimulatedFileSystem {
        let files = SimulatedFileSystem()
        let store = try IndexStore.open(directory: "/data", schema: .builtIn, access: .write, files: files)
        try DirectoryTarget.makeEmptyDirectory(in: store, schema: .builtIn, suffix: "dc=x")
        let target = TargetFixture.target(store, EventCollector(), files)
        let people = ["a", "b", "c"].map { TestPerson($0) } + [TestPerson("d", uid: "a")]
        try deliver(people, at: 1, to: target, folder)
        return files
    }

    static func deliver(
        _ people: [TestPerson], at position: UInt64, to target: DirectoryTarget, _ folder: TemporaryDirectory
    ) throws {
        var writer = SnapshotWriter()
        for person in people { writer.write(SnapshotRecord(subject: person.subject, attributes: person.attributes)) }
        let path = folder.path + "/snapshot.ldif"
        try DiskFileSystem().replace(path, with: writer.output.span)
        let file = FetchedFile(path: path, position: TransactionID(position), records: people.count)
        _ = try target.replace(with: SnapshotDelivery(settings, file))
    }

    /// Somebody comes, goes, swaps, is refused, and is refused no more.
    static func run(_ target: DirectoryTarget, asSnapshot: Bool, _ folder: TemporaryDirectory) throws {
        let people = [
            TestPerson("b", uid: "c"), TestPerson("c", uid: "b"), TestPerson("d", uid: "a"), TestPerson("e", uid: "b"),
        ]
        if asSnapshot { return try deliver(people, at: 6, to: target, folder) }
        let octets = TestChange.octets(
            [.delete("a"), .modify(people[0]), .modify(people[1]), .add(people[3]), .delete("z")],
            after: TransactionID(1))
        let after = TransactionID(target.state(of: settings.entityID)?.position ?? 0)
        _ = try target.apply(ChangeDelivery(settings, .octets(octets), after: after, to: nil))
    }

    static func contents(_ target: DirectoryTarget) throws -> [String] {
        let generation = target.store.currentGeneration()
        var found = ["\(target.state(of: settings.entityID)?.position ?? 0)"]
        for name in ["a", "b", "c", "d", "e"] {
            found.append("\(name): \(try generation.values("uid=\(name),ou=People,dc=x", "sn") ?? [])")
        }
        return found + ["\(target.refusedCount(of: settings.entityID)) refused", "\(generation.entryCount) entries"]
    }

    @Test(arguments: [false, true]) func everyCallMayFail(asSnapshot: Bool) throws {
        let folder = try TemporaryDirectory()
        let first = try Self.start(folder)
        let before = try Self.contents(Self.open(first.afterCrash(.nothing)))
        let whole = try Self.open(first.afterCrash(.nothing))
        try Self.run(whole, asSnapshot: asSnapshot, folder)
        let after = try Self.contents(whole)
        #expect(before != after)
        for fault in Self.faults {
            var call = 0
            while true {
                let files = first.afterCrash(.nothing)
                let target = try Self.open(files)
                files.inject(fault, atCall: call)
                let result = Result { try Self.run(target, asSnapshot: asSnapshot, folder) }
                guard files.hasFaulted else { break }
                files.clearFault()
                let left = try Self.open(files.afterCrash(call % 2 == 0 ? .nothing : .everything))
                let found = try Self.contents(left)
                #expect(found == before || found == after, "\(fault) at call \(call)")
                if case .success = result { #expect(found == after, "acknowledged, \(fault) at call \(call)") }
                if found != after { try Self.run(left, asSnapshot: asSnapshot, folder) }
                #expect(try Self.contents(left) == after, "again after \(fault) at call \(call)")
                call += 1
            }
            #expect(call > 10, "\(fault)")
        }
    }
}
