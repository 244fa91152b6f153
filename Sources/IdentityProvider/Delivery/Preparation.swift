import CommonInterface
import Schema
import Storage

/// A call's work on a file, done without standing in anybody's way: what it needs of the state, as it was when the call began.
struct Preparation: Sendable {
    let entityID: EntityID
    let mechanism: Mechanism
    let ticket: UInt64
    let name: String
    let path: String
    let history: ReleaseHistory
    let people: PeopleView
    let journal: any JournalView
    /// The transaction that a changelog goes on after.
    let after: UInt64
    let time: Int64
    let limit: Int
    let audit: AuditLog

    /// Audit lines that are gathered in memory.
    private static let auditLength = 1 << 20

    /// Writes the file.
    ///
    /// - Returns: what it is, and the transaction that it brings the service provider to.
    func run(files: any FileSystem) throws(PreparationFailure) -> (content: PreparedContent, transactionID: UInt64) {
        mechanism == .snapshot ? try snapshot(files) : try changelog(files)
    }

    private func snapshot(_ files: any FileSystem) throws(PreparationFailure) -> (PreparedContent, UInt64) {
        var file = try PreparationFile(path, limit: limit, files: files)
        var audited = AuditLog.Batch(
            time: time, provider: entityID, how: mechanism.rawValue, transactionID: journal.last)
        var writer = SnapshotWriter()
        try file.write(take(&writer.output), isRecord: false)
        if let release = history.current {
            var cursor = PeopleCursor(people)
            while let encoded = try next(&cursor) {
                guard let record = IdentityRecord(encoded: encoded.span) else { throw .damaged }
                guard let view = release.view(of: record) else { continue }
                let present = view.present
                writer.write(SnapshotRecord(subject: view.subject, attributes: present))
                try file.write(take(&writer.output), isRecord: true)
                audited.add(view.subject, present.map(\.name))
                if audited.size > Self.auditLength { try write(&audited) }
            }
        }
        let content = try file.finish()
        try write(&audited)
        return (content, journal.last)
    }

    /// Stops before the record that would make the file too large: the next call goes on there.
    private func changelog(_ files: any FileSystem) throws(PreparationFailure) -> (PreparedContent, UInt64) {
        var file = try PreparationFile(path, limit: limit, files: files)
        var writer = ChangelogWriter()
        try file.write(take(&writer.output), isRecord: false)
        var audited = AuditLog.Batch(
            time: time, provider: entityID, how: mechanism.rawValue, transactionID: journal.last)
        var changes = PendingChanges(journal: journal, history: history, after: after)
        var failure: PreparationFailure?
        let reached = try changes.read { (change) in
            writer.write(change)
            let octets = take(&writer.output)
            guard file.hasRoom(for: octets.count) else {
                // One record that is larger than any file may be would never be delivered.
                if file.records == 0 { failure = .limit }
                return false
            }
            do throws(PreparationFailure) { try file.write(octets, isRecord: true) } catch {
                failure = error
                return false
            }
            audited.add(change)
            return true
        }
        if let failure { throw failure }
        let content = try file.finish()
        try write(&audited)
        return (content, reached)
    }

    private func next(_ cursor: inout PeopleCursor) throws(PreparationFailure) -> [UInt8]? {
        do throws(StorageError) { return try cursor.next()?.record } catch { throw .storage(error) }
    }

    private func write(_ batch: inout AuditLog.Batch) throws(PreparationFailure) {
        do throws(StorageError) { try audit.write(&batch) } catch { throw .storage(error) }
    }
}

/// Empties a buffer that keeps its memory.
func take(_ output: inout [UInt8]) -> [UInt8] {
    defer { output.removeAll(keepingCapacity: true) }
    return output
}

extension AuditLog.Batch {
    mutating func add(_ change: IdentityChange) {
        switch change.kind {
        case .add(let attributes): add(change.subject, attributes.map(\.name))
        case .modify(let attributes): add(change.subject, attributes.filter { !$0.values.isEmpty }.map(\.name))
        case .delete: add(change.subject, [])
        }
    }
}
