import Storage
import StorageTesting
import Testing

struct JournalTests {
    static let damaged = StorageError(.damaged, path: "", "")
    static let payloads: [[UInt8]] = [
        Array("one".utf8), [], [UInt8](repeating: 7, count: 300), Array("four".utf8),
    ]

    /// A journal of `payloads`, and the positions before and after each.
    static func make(_ files: SimulatedFileSystem) throws -> [JournalPosition] {
        let journal = try Journal.create("/j", number: 9, files: files)
        try files.synchronizeDirectory("/")
        var positions = [journal.position]
        for payload in payloads {
            try journal.append(payload.span)
            positions.append(journal.position)
        }
        try journal.synchronize()
        return positions
    }

    static func read(
        _ files: any FileSystem, from first: JournalPosition = Journal.start(9), to last: JournalPosition
    ) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        try Journal.read("/j", number: 9, from: first, to: last, files: files) { found.append($0) }
        return found
    }

    @Test func givesBackWhatWasAppendedBetweenAnyTwoPositions() throws {
        let files = SimulatedFileSystem()
        let positions = try JournalTests.make(files)
        for first in positions.indices {
            for last in first..<positions.count {
                let found = try JournalTests.read(files, from: positions[first], to: positions[last])
                #expect(found == Array(JournalTests.payloads[first..<last]))
            }
        }
    }

    @Test func cutsATornTailAtEveryOctetAndGoesOn() throws {
        let whole = SimulatedFileSystem()
        let positions = try JournalTests.make(whole)
        let (kept, end) = (positions[2], positions[4].length)
        for length in kept.length...end {
            let files = try whole.damaged("/j") { $0.removeSubrange(length...) }
            #expect(try JournalTests.read(files, to: kept) == Array(JournalTests.payloads[..<2]))
            let journal = try Journal.open("/j", at: kept, files: files)
            try journal.append([1, 2].span)
            try journal.synchronize()
            let after = files.afterCrash(.nothing)
            #expect(try JournalTests.read(after, to: journal.position) == JournalTests.payloads[..<2] + [[1, 2]])
        }
    }

    @Test func refusesAJournalShorterThanWasKept() throws {
        let whole = SimulatedFileSystem()
        let last = try #require(JournalTests.make(whole).last)
        for length in 0..<last.length {
            let files = try whole.damaged("/j") { $0.removeSubrange(length...) }
            #expect(throws: JournalTests.damaged) { try JournalTests.read(files, to: last) }
            #expect(throws: JournalTests.damaged) { try Journal.open("/j", at: last, files: files) }
        }
    }

    @Test func refusesEveryFlippedBit() throws {
        let whole = SimulatedFileSystem()
        let last = try #require(JournalTests.make(whole).last)
        for offset in 0..<last.length {
            for bit in 0..<8 {
                let files = try whole.damaged("/j") { $0[offset] ^= 1 << UInt8(bit) }
                #expect(throws: JournalTests.damaged) { try JournalTests.read(files, to: last) }
            }
        }
    }

    @Test func refusesSwappedRepeatedAndForeignRecords() throws {
        let whole = SimulatedFileSystem()
        let positions = try JournalTests.make(whole)
        let (a, b, c) = (positions[0].length, positions[1].length, positions[2].length)
        let last = positions[4]
        let edits: [(inout [UInt8]) -> Void] = [
            { $0 = Array($0[..<a] + $0[b..<c] + $0[a..<b] + $0[c...]) },
            { $0 = Array($0[..<b] + $0[a..<b] + $0[b...]) },
            { $0 = Array($0[..<a] + $0[b...] + [UInt8](repeating: 0, count: b - a)) },
        ]
        for edit in edits {
            let files = try whole.damaged("/j", edit)
            #expect(throws: JournalTests.damaged) { try JournalTests.read(files, to: last) }
        }
        #expect(throws: JournalTests.damaged) {
            try Journal.read("/j", number: 8, from: Journal.start(8), to: last, files: whole) { _ in }
        }
    }

    @Test func aSecondSynchronizationAfterAFailureProvesNothing() throws {
        let files = SimulatedFileSystem()
        let kept = try JournalTests.make(files)[4]
        let journal = try Journal.open("/j", at: kept, files: files)
        try journal.append([5].span)
        files.inject(.error(5), atCall: 0)
        #expect(throws: StorageError.self) { try journal.synchronize() }
        // What the twin shows, and why IndexStore gives a journal up after a failure.
        try journal.synchronize()
        #expect(throws: JournalTests.damaged) {
            try JournalTests.read(files.afterCrash(.nothing), to: journal.position)
        }
        #expect(try JournalTests.read(files.afterCrash(.nothing), to: kept) == JournalTests.payloads)
    }
}
