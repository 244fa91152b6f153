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
            var work = JournalWork(after: core.journal.last, time: time, renaming: core.renaming)
            var people = core.people
            for change in changes {
                let before = try people.record(of: change.subject)
                let after = change.record?.encoded
                guard before != after else { continue }
                work.add(change.subject, before, after)
                people.set(change.subject, to: after, id: work.last)
            }
            for entry in work.takeEntries() { try core.journal.append(entry) }
            try core.journal.commit()
            core.people = people
            return work.changes
        }
    }

    /// Adds entries to the journal, to be committed with others.
    mutating func append(_ entries: [JournalEntry]) throws(StorageError) {
        try changing { (core) throws(StorageError) in
            for entry in entries { try core.journal.append(entry) }
        }
    }

    /// The rules of those who know people by another attribute than the registry's subject.
    var renaming: [Release] {
        let subject = AttributeNames.canonical(settings.subject, in: schema)
        return providers.values.sorted { $0.state.entityID < $1.state.entityID }.compactMap { $0.history.current }
            .filter { $0.rule.subject != subject }
    }
}
