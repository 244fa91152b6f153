import CommonInterface

/// The entries of one commit, on their way into the journal.
struct JournalWork {
    private let time: Int64
    private let renaming: [Release]
    private var entries: [JournalEntry] = []
    private var counts = RegistryChanges(transactionID: .zero)
    /// The last transaction.
    private(set) var last: UInt64

    /// Entries that follow the transaction `last`.
    ///
    /// - Parameter renaming: see `ProviderCore.renaming`.
    init(after last: UInt64, time: Int64, renaming: [Release]) {
        self.last = last
        self.time = time
        self.renaming = renaming
    }

    /// What all entries so far have changed.
    var changes: RegistryChanges {
        var changes = counts
        changes.transactionID = .init(last)
        return changes
    }

    /// Entries that were not taken yet.
    var count: Int { entries.count }

    /// Gives the entries away.
    mutating func takeEntries() -> [JournalEntry] {
        defer { entries.removeAll(keepingCapacity: true) }
        return entries
    }

    /// Adds what a person's change is.
    mutating func add(_ subject: [UInt8], _ before: [UInt8]?, _ after: [UInt8]?) {
        if let before, let after {
            counts.modified += 1
            if isRenamed(before, after) { append(.departure, subject, before, after) }
        } else if before == nil {
            counts.added += 1
        } else {
            counts.removed += 1
        }
        append(.change, subject, before, after)
    }

    private mutating func append(
        _ kind: JournalEntry.Kind, _ subject: [UInt8], _ before: [UInt8]?, _ after: [UInt8]?
    ) {
        last += 1
        entries.append(
            JournalEntry(id: last, time: time, kind: kind, subject: subject, before: before, after: after))
    }

    /// Whether somebody knows the person by another name after the change.
    private func isRenamed(_ before: [UInt8], _ after: [UInt8]) -> Bool {
        guard !renaming.isEmpty, let before = IdentityRecord(encoded: before.span),
            let after = IdentityRecord(encoded: after.span)
        else { return false }
        return renaming.contains { release in
            guard let old = release.view(of: before), let new = release.view(of: after) else { return false }
            return old.subject != new.subject
        }
    }
}
