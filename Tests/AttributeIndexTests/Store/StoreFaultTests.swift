import Schema
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import AttributeIndex

/// Every call of the file layer fails once, in every way, in every kind of change: afterwards the directory must be the old
/// one or the new one, whole, and what was acknowledged must be there.
struct StoreFaultTests {
    typealias Fixture = StoreFixture

    enum Operation: CaseIterable {
        case firstImport, replacement, apply, applyAndFold, compaction
        case applyOfASource, positionAlone, delivery, removal, replacementBesideSources

        func start() throws -> SimulatedFileSystem {
            switch self {
            case .firstImport: SimulatedFileSystem()
            case .replacement, .apply, .compaction: try Operation.few.get().afterCrash(.nothing)
            case .applyAndFold: try Operation.many.get().afterCrash(.nothing)
            case .applyOfASource, .positionAlone, .delivery, .removal, .replacementBesideSources:
                try Operation.sources.get().afterCrash(.nothing)
            }
        }

        private static let few = Result { try Fixture.directory() }
        private static let many = Result { try Fixture.directory(changes: 4) }

        private static let sources = Result {
            let files = try StoreSourcesTests.directory()
            try Fixture.open(files, .write).apply([.put(Fixture.person(33))], schema: .builtIn)
            return files
        }

        func run(_ store: IndexStore) throws {
            switch self {
            case .firstImport, .replacement, .replacementBesideSources:
                try store.replaceAll(
                    with: Fixture.builder(Fixture.campus(people: 4..<9, version: 3)), metadata: Fixture.metadata)
            case .apply:
                try store.apply([.put(Fixture.person(15)), .delete(key: Fixture.person(4).dn.key)], schema: .builtIn)
            case .applyAndFold:
                for number in 40..<42 { try store.apply([.put(Fixture.person(number))], schema: .builtIn) }
            case .compaction: try store.compact()
            case .applyOfASource:
                try store.apply(
                    Fixture.changes(1, of: 0, from: 0, to: 1), schema: .builtIn,
                    source: Fixture.state(0, at: 11, people: 5))
            case .positionAlone: try store.apply([], schema: .builtIn, source: Fixture.state(0, at: 11, people: 5))
            case .delivery: try deliver(to: store)
            case .removal: try store.removeSource(Fixture.id(1))
            }
        }

        private func deliver(to store: IndexStore) throws {
            let delivery = try store.beginDelivery()
            try Fixture.add(Fixture.changes(1, of: 0, from: 0, to: 1), to: delivery)
            try Fixture.add(Fixture.changes(2, of: 0, from: 0, to: nil), to: delivery)
            try store.publish(delivery, source: Fixture.state(0, at: 12, people: 4))
        }
    }

    static let faults: [Fault] = [.error(5), .shortWrite, .crash]

    /// All, but that torn writes are tried once of each kind of file.
    static let cases = Operation.allCases.flatMap { operation in
        let isWrittenBefore = [.positionAlone, .removal, .replacementBesideSources].contains(operation)
        return faults.indices.filter { !isWrittenBefore || faults[$0] != .shortWrite }.map { (operation, $0) }
    }

    /// What the directory may hold before, between and after the steps of an operation.
    static func states(_ operation: Operation) throws -> [Fixture.Contents] {
        let files = try operation.start()
        var states: [Fixture.Contents] = []
        if operation != .firstImport { states.append(try Fixture.contents(Fixture.open(files, .read))) }
        let store = try Fixture.open(files, .write)
        if operation == .applyAndFold {
            for number in 40..<42 {
                try store.apply([.put(Fixture.person(number))], schema: .builtIn)
                states.append(try Fixture.contents(store))
            }
        } else {
            try operation.run(store)
            states.append(try Fixture.contents(store))
        }
        return states
    }

    @Test(arguments: cases)
    func leavesTheOldOrTheNewDirectory(_ operation: Operation, _ fault: Int) throws {
        let fault = StoreFaultTests.faults[fault]
        let states = try StoreFaultTests.states(operation)
        var call = 0
        var faulted = true
        while faulted {
            let files = try operation.start()
            files.inject(fault, atCall: call)
            var store: IndexStore?
            var succeeded = false
            do {
                store = try Fixture.open(files, .write)
                if let store { try operation.run(store) }
                succeeded = true
            } catch is StoreError {}
            faulted = files.hasFaulted
            files.clearFault()
            let allowed = succeeded ? [states[states.count - 1]] : states
            for survival in [Survival.nothing, .everything, .some(seed: UInt64(call))] {
                try StoreFaultTests.expectWhole(
                    files, survival, allowed, operation, succeeded, "\(fault) at call \(call), \(survival)")
            }
            if fault != .crash, let store { try StoreFaultTests.expectUsable(store, files, allowed) }
            call += 1
        }
        #expect(call > 10)
    }

    /// A start after the crash finds one of the `allowed` states, and can go on from there.
    static func expectWhole(
        _ crashed: SimulatedFileSystem, _ survival: Survival, _ allowed: [Fixture.Contents], _ operation: Operation,
        _ succeeded: Bool, _ what: Comment
    ) throws {
        let files = crashed.afterCrash(survival)
        do {
            let found = try Fixture.contents(Fixture.open(files, .read))
            #expect(allowed.contains(found), what)
        } catch let error as StoreError {
            // Before the first import has succeeded there may be nothing, but never damage.
            #expect(error.code == .noIndex && operation == .firstImport && !succeeded, "\(what): \(error)")
            return
        }
        guard case .nothing = survival else { return }
        let writer = try Fixture.open(files, .write)
        let found = try Fixture.contents(writer)
        #expect(allowed.contains(found), what)
        try writer.apply([.put(Fixture.person(77))], schema: .builtIn)
        let after = try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read))
        #expect(after.count == found.count + 1, what)
        #expect(try IndexStore.check(directory: Fixture.directory, schema: .builtIn, files: files) == [], what)
    }

    /// Without a crash, the same store goes on after the failure: what it serves and what is on the disk are one.
    static func expectUsable(
        _ store: IndexStore, _ files: SimulatedFileSystem, _ allowed: [Fixture.Contents]
    ) throws {
        let served = try Fixture.contents(store)
        #expect(served.isEmpty || allowed.contains(served))
        let change = EntryChange.put(try Fixture.person(78))
        do throws(StoreError) { try store.apply([change], schema: .builtIn) } catch {
            #expect(error.code == .noIndex)
            return
        }
        let found = try Fixture.contents(store)
        #expect(allowed.contains { $0.count + 1 == found.count })
        #expect(try Fixture.contents(Fixture.open(files.afterCrash(.nothing), .read)) == found)
        let index = try #require(store.snapshot.withLock { $0.index })
        let named = index.segments.map(\.name) + [index.journal?.name].compactMap { $0 }
        #expect(try files.list("/data/directory") == named.sorted())
    }
}
