public import CommonInterface
import Storage

/// What a registry's data changed.
public struct RegistryChanges: Equatable, Sendable {
    /// People who came.
    public var added = 0
    /// People who changed.
    public var modified = 0
    /// People who went.
    public var removed = 0
    /// The last transaction, now durable.
    public var transactionID: TransactionID

    /// Whether nothing changed.
    public var isEmpty: Bool { added + modified + removed == 0 }
}

/// One person's change, as a whole record.
public struct PersonChange: Equatable, Sendable {
    /// Who it is.
    public var subject: [UInt8]
    /// The person as it is from now on; nil where it goes.
    public var record: IdentityRecord?

    /// A change.
    public init(subject: [UInt8], record: IdentityRecord?) {
        self.subject = subject
        self.record = record
    }
}

extension ProviderCore {
    /// Makes people be what `changes` say, as one commit. Durable when this returns.
    mutating func apply(_ changes: [PersonChange], at time: Int64) throws(StorageError) -> RegistryChanges {
        try changing { (core) throws(StorageError) in
            var work = JournalWork(core, time: time)
            var people = core.people
            for change in changes {
                let before = try people.record(of: change.subject)
                let after = change.record?.encoded
                guard before != after else { continue }
                try work.add(change.subject, before, after)
                people.set(change.subject, to: after, id: work.last)
            }
            try core.journal.commit()
            core.people = people
            return work.changes
        }
    }

    /// Makes the people be what a whole reading of the registry says, as one commit. Durable when this returns.
    ///
    /// Many changes are written as the people's next file before they are committed: memory does not grow with them. After a
    /// crash in between the file runs ahead of the journal and is dropped.
    mutating func load(
        _ read: SortedPeople, difference: RegistryDifference, at time: Int64
    ) throws(StorageError) -> RegistryChanges {
        try changing { (core) throws(StorageError) in
            var work = JournalWork(core, time: time)
            var people = core.people
            let isLarge = difference.count > core.settings.checkpointChanges
            try RegistryDifference.forEach(from: core.people, to: read) {
                (subject, before, after) throws(StorageError) in
                try work.add(subject, before, after)
                if !isLarge { people.set(subject, to: after, id: work.last) }
            }
            if isLarge { people = PeopleView(file: try core.write(read, asOf: work.last)) }
            try core.journal.commit()
            core.people = people
            if isLarge { core.removeOldPeople() }
            return work.changes
        }
    }

    private func write(_ read: SortedPeople, asOf: UInt64) throws(StorageError) -> PeopleFile {
        let path = layout.path(ofPeople: asOf)
        var writer = try PeopleFileWriter(path, files: files)
        for index in 0..<read.count { try writer.add(read.record(index)) }
        try writer.finish(asOf: asOf, files: files)
        return try PeopleFile(path, files: files)
    }
}

/// The entries of one commit, on their way into the journal.
private struct JournalWork {
    private let journal: any JournalStore
    private let time: Int64
    /// The rules of those who know people by another attribute than the registry's subject.
    private let renaming: [Release]
    private(set) var last: UInt64
    private var counts = RegistryChanges(transactionID: .zero)

    init(_ core: ProviderCore, time: Int64) {
        journal = core.journal
        self.time = time
        last = core.journal.last
        let subject = AttributeNames.canonical(core.settings.subject, in: core.schema)
        renaming = core.providers.values.compactMap { $0.history.current }.filter { $0.rule.subject != subject }
    }

    var changes: RegistryChanges {
        var changes = counts
        changes.transactionID = TransactionID(last)
        return changes
    }

    mutating func add(_ subject: [UInt8], _ before: [UInt8]?, _ after: [UInt8]?) throws(StorageError) {
        if let before, let after {
            counts.modified += 1
            if isRenamed(before, after) { try append(.departure, subject, before, after) }
        } else if before == nil {
            counts.added += 1
        } else {
            counts.removed += 1
        }
        try append(.change, subject, before, after)
    }

    private mutating func append(
        _ kind: JournalEntry.Kind, _ subject: [UInt8], _ before: [UInt8]?, _ after: [UInt8]?
    ) throws(StorageError) {
        last += 1
        try journal.append(
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
