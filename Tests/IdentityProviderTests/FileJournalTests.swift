import CommonInterface
import Storage
import StorageTesting
import Testing

@testable import IdentityProvider

@Suite struct FileJournalTests {
    private static var sizes: FileJournal.Sizes {
        var sizes = FileJournal.Sizes()
        sizes.segment = 200
        sizes.block = 60
        return sizes
    }

    private func open(_ files: SimulatedFileSystem) throws -> FileJournal {
        try FileJournal(directory: "/j", files: files, sizes: Self.sizes)
    }

    private func entry(_ id: UInt64, time: Int64 = 0) -> JournalEntry {
        JournalEntry(
            id: id, time: time, kind: id % 3 == 0 ? .rerelease(entity("x:y")) : .change, subject: [1, UInt8(id % 250)],
            before: id % 2 == 0 ? nil : [9, 9], after: [UInt8](repeating: UInt8(id % 250), count: Int(id % 40)))
    }

    private func read(_ journal: FileJournal, after id: UInt64 = 0) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        try journal.committed().read(after: id) { (entry) throws(StorageError) in
            entries.append(entry)
            return true
        }
        return entries
    }

    private func fill(_ journal: FileJournal, to last: UInt64, perCommit: UInt64 = 5) throws {
        while journal.last < last {
            let end = min(last, journal.last + perCommit)
            for id in journal.last + 1...end { try journal.append(entry(id, time: Int64(id))) }
            try journal.commit()
        }
    }

    @Test func givesBackWhatWasCommittedAfterAnyTransaction() throws {
        let files = SimulatedFileSystem()
        let journal = try open(files)
        try fill(journal, to: 60)
        #expect(files.paths.count { $0.hasSuffix(".journal") } > 5)
        for reopened in [journal, try open(files.afterCrash(.nothing))] {
            for id in 0...60 {
                #expect(
                    try read(reopened, after: UInt64(id))
                        == (id..<60).map { entry(UInt64($0 + 1), time: Int64($0 + 1)) })
            }
        }
    }

    @Test func transactionsFollowEachOther() throws {
        let journal = try open(SimulatedFileSystem())
        for id in [0, 2, 7] as [UInt64] { #expect(throws: StorageError.self) { try journal.append(entry(id)) } }
    }

    @Test func pruningDropsOnlyTheOldest() throws {
        let files = SimulatedFileSystem()
        let journal = try open(files)
        try fill(journal, to: 100)
        try journal.prune(before: 30, octets: .max, limit: 100)
        #expect(journal.pruned > 0 && journal.pruned < 30)
        try journal.prune(before: 0, octets: 500, limit: 50)
        #expect(journal.pruned > 30 && journal.pruned <= 50)
        #expect(throws: StorageError.self) { try read(journal, after: journal.pruned - 1) }
        #expect(try read(journal, after: journal.pruned).count == 100 - Int(journal.pruned))
        try journal.prune(before: .max, octets: 0, limit: .max)
        #expect(journal.last == 100)
        let again = try open(files.afterCrash(.nothing))
        #expect(again.last == 100 && again.pruned == journal.pruned)
        try fill(again, to: 110)
    }

    /// For every call of a history, failing once, half done, and with the power cut from then on.
    @Test(arguments: [Fault.error(5), .shortWrite, .crash])
    func aCommitIsThereWholeOrNotAtAllWhateverCallFails(fault: Fault) throws {
        for call in 0..<400 {
            let files = SimulatedFileSystem()
            var journal = try open(files)
            try fill(journal, to: 20)
            files.inject(fault, atCall: call)
            var acknowledged: UInt64 = 20
            var attempted: UInt64 = 20
            do {
                while acknowledged < 50 {
                    attempted = acknowledged + 5
                    for id in acknowledged + 1...attempted { try journal.append(entry(id, time: Int64(id))) }
                    try journal.commit()
                    acknowledged = attempted
                    try journal.prune(before: Int64(acknowledged) - 20, octets: .max, limit: acknowledged)
                }
            } catch {}
            guard files.hasFaulted else { break }
            files.clearFault()
            let seed = UInt64(call)
            for survival in [Survival.nothing, .everything, .some(seed: seed)] {
                let after = try open(files.afterCrash(survival))
                #expect(after.last == acknowledged || after.last == attempted, "call \(call)")
                #expect(try read(after, after: after.pruned).map(\.id) == Array(after.pruned + 1...after.last))
                try fill(after, to: after.last + 7)
            }
            guard fault != .crash else { continue }
            try journal.recover()
            let last = journal.last
            #expect(last == acknowledged || last == attempted)
            try fill(journal, to: last + 3)
            // What was there after the failure is there after a power cut too.
            journal = try open(files.afterCrash(.nothing))
            #expect(journal.last == last + 3)
        }
    }

    @Test func damageIsRefusedNeverSkipped() throws {
        let files = SimulatedFileSystem()
        try fill(try open(files), to: 40)
        for path in files.paths where path.hasPrefix("/j/") {
            let size = try files.contents(of: path, limit: 1 << 20).count
            for offset in 0..<size {
                let damaged = try files.damaged(path) { $0[offset] ^= 0x10 }
                #expect(throws: StorageError(.damaged, path: "", ""), "\(path) \(offset)") {
                    _ = try read(try open(damaged))
                }
            }
        }
    }

    @Test func aMissingManifestIsNoEmptyJournal() throws {
        let files = SimulatedFileSystem()
        try fill(try open(files), to: 10)
        try files.remove("/j/manifest")
        #expect(throws: StorageError(.damaged, path: "", "")) { _ = try open(files) }
    }
}
