import CommonInterface
import Storage
import Synchronization

/// Makes the people be what a whole reading of the registry says, as one commit.
///
/// What takes long is done without the lock, so that calls are answered meanwhile: comparing, and writing the people's next file
/// where much changes. The journal gets the entries in portions, each within the lock for a moment. Nothing of it is there for
/// anybody before the commit; where something fails, the journal is read again and forgets them. After a crash before the commit
/// the people's file runs ahead of the journal and is dropped.
///
/// The caller sees to it that no other transactions are made meanwhile.
struct RegistryLoad {
    /// Entries that the journal gets at once.
    private static let portion = 500

    private let provider: IdentityProvider
    private let read: SortedPeople
    private let acceptsRemovals: Bool

    init(_ provider: IdentityProvider, _ read: SortedPeople, acceptsRemovals: Bool) {
        self.provider = provider
        self.read = read
        self.acceptsRemovals = acceptsRemovals
    }

    func run() throws(IdentityProviderError) -> RegistryChanges {
        let known = try storing { () throws(StorageError) in
            try provider.core.withLock { (core) throws(StorageError) in
                try core.settle()
                return core.people
            }
        }
        let difference = try storing { () throws(StorageError) in try RegistryDifference(from: known, to: read) }
        guard difference.count > 0 else { return RegistryChanges(transactionID: .init(known.asOf)) }
        if !acceptsRemovals {
            try provider.core.withLock { (core) throws(IdentityProviderError) in
                try core.brake(difference, of: read.count)
            }
        }
        do throws(StorageError) { return try load(difference, known) } catch {
            // What the journal was given must not be committed with what comes next.
            provider.core.withLock { $0.isDoubtful = true }
            throw IdentityProviderError(error)
        }
    }

    private func load(_ difference: RegistryDifference, _ known: PeopleView) throws(StorageError) -> RegistryChanges {
        let now = provider.clock()
        let (last, renaming, limit) = provider.core.withLock {
            ($0.journal.last, $0.renaming, $0.settings.checkpointChanges)
        }
        let isLarge = difference.count > limit
        var work = JournalWork(after: last, time: now, renaming: renaming)
        var changed: [(subject: [UInt8], record: [UInt8]?, id: UInt64)] = []
        try RegistryDifference.forEach(from: known, to: read) { (subject, before, after) throws(StorageError) in
            work.add(subject, before, after)
            if !isLarge { changed.append((subject, after, work.last)) }
            if work.count >= Self.portion { try append(&work) }
        }
        try append(&work)
        let file = isLarge ? try write(asOf: work.last) : nil
        let (reached, portion) = (work.last, changed)
        try provider.core.withLock { (core) throws(StorageError) in
            try core.commit(upTo: reached, renaming: renaming, portion, file: file)
        }
        return work.changes
    }

    private func append(_ work: inout JournalWork) throws(StorageError) {
        let entries = work.takeEntries()
        try provider.core.withLock { (core) throws(StorageError) in try core.append(entries) }
    }

    private func write(asOf: UInt64) throws(StorageError) -> PeopleFile {
        let path = provider.layout.path(ofPeople: asOf)
        var writer = try PeopleFileWriter(path, files: provider.files)
        for index in 0..<read.count { try writer.add(read.record(index)) }
        try writer.finish(asOf: asOf, files: provider.files)
        return try PeopleFile(path, files: provider.files)
    }
}

extension ProviderCore {
    /// Commits what a reading of the registry has appended, and takes over the people: all of a file, or single ones.
    fileprivate mutating func commit(
        upTo last: UInt64, renaming: [Release], _ changed: [(subject: [UInt8], record: [UInt8]?, id: UInt64)],
        file: PeopleFile?
    ) throws(StorageError) {
        try changing { (core) throws(StorageError) in
            // Where a write of somebody else failed meanwhile the journal was read again; where a service provider took to
            // another attribute that names people, entries may be missing for it. The next reading does it.
            guard core.journal.appended == last, core.renaming.map(\.rule) == renaming.map(\.rule) else {
                throw StorageError(
                    .outOfBounds, path: core.layout.journal,
                    "the state changed while the registry was read; it is read again")
            }
            try core.journal.commit()
            for change in changed { core.people.set(change.subject, to: change.record, id: change.id) }
            core.people.advance(to: last)
            guard let file else { return }
            core.people = PeopleView(file: file)
            core.removeOldPeople()
        }
    }
}
