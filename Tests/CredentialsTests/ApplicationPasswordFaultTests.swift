import Storage
import StorageTesting
import Testing

@testable import Credentials

/// A power cut or a failing call at any of the calls of a change leaves the old passwords or the new ones, whole; what was
/// acknowledged stays.
@Suite struct ApplicationPasswordFaultTests {
    private static let data = "/data"

    private enum Change: CaseIterable, Sendable { case first, second, revokeOne, revokeLast }

    private func entry() throws -> EntryUUID { try #require(EntryUUID("6f1a2b3c-0000-5000-8000-00000000000a")) }

    private func store(_ files: any FileSystem) -> ApplicationPasswords {
        ApplicationPasswords(dataDirectory: Self.data, files: files)
    }

    /// A directory as it is before a change, everything durable.
    private func prepared(for change: Change) throws -> SimulatedFileSystem {
        let files = SimulatedFileSystem()
        try files.makeDirectory(Self.data)
        try files.synchronizeDirectory("/")
        let count = change == .first ? 0 : change == .revokeOne ? 2 : 1
        for number in 0..<count { _ = try store(files).add(to: entry(), label: "old \(number)", expires: nil, at: 1) }
        return files.afterCrash(.nothing)
    }

    private func apply(_ change: Change, _ files: any FileSystem) throws {
        switch change {
        case .first, .second: _ = try store(files).add(to: entry(), label: "new", expires: nil, at: 1)
        case .revokeOne, .revokeLast: try store(files).revoke(of: entry()) { $0.label == "old 0" }
        }
    }

    private func labels(_ files: any FileSystem) throws -> [String] {
        try store(files).passwords(of: entry()).map(\.label)
    }

    @Test(arguments: Change.allCases)
    private func leavesTheOldOrTheNew(change: Change) throws {
        let whole = try prepared(for: change)
        let before = try labels(whole)
        let start = whole.callCount
        try apply(change, whole)
        let calls = whole.callCount - start
        let after = try labels(whole)
        #expect(calls > 5 && before != after)
        #expect(try labels(whole.afterCrash(.nothing)) == after, "what was acknowledged is durable")
        for call in 0..<calls {
            for fault in [Fault.crash, .error(5), .shortWrite] {
                let files = try prepared(for: change)
                files.inject(fault, atCall: call)
                let isDone = (try? apply(change, files)) != nil
                files.clearFault()
                let seeds = (0..<2).map { Survival.some(seed: UInt64(call * 31 + $0)) }
                for survival in [Survival.nothing, .everything] + seeds {
                    let survivor = files.afterCrash(survival)
                    let found = try labels(survivor)
                    #expect(found == after || found == before && !isDone, "\(fault) at call \(call), \(survival)")
                    #expect(try store(survivor).check().isEmpty)
                    // A change goes on from there.
                    _ = try store(survivor).add(to: entry(), label: "later", expires: nil, at: 1)
                    #expect(try labels(survivor.afterCrash(.nothing)) == found + ["later"])
                }
            }
        }
    }

    @Test func aFullDiskSaysSo() throws {
        let files = try prepared(for: .second)
        let start = files.callCount
        try apply(.second, files)
        let calls = files.callCount - start
        var full = 0
        for call in 0..<calls {
            let files = try prepared(for: .second)
            files.inject(.shortWrite, atCall: call)
            do {
                try apply(.second, files)
            } catch let error as ApplicationPasswordError where error.code == .full {
                full += 1
            } catch {}
        }
        #expect(full > 0)
    }
}
