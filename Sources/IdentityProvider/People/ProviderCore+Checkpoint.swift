import EventLog
import Storage

extension ProviderCore {
    /// Whether the people's file should be written again: so many of them changed since, or the journal before it is due to go.
    func isCheckpointDue(now: Int64) -> Bool {
        if people.changes.count >= settings.checkpointChanges || people.changedOctets >= settings.checkpointOctets {
            return true
        }
        let prunable = journal.prunable(before: now - settings.journalLifetime, octets: settings.journalLimit)
        return prunable.map { $0 > people.file?.asOf ?? 0 } ?? false
    }

    /// Takes over a file of the people as they were at some transaction.
    mutating func adopt(_ file: PeopleFile) throws(StorageError) {
        try settle()
        guard file.asOf <= journal.last, file.asOf > people.file?.asOf ?? 0 else { return }
        people = people.rebased(on: file)
        removeOldPeople()
    }

    /// Removes the files before the one in use. What stays behind is removed at the next start.
    func removeOldPeople() {
        let current = people.file?.asOf
        for name in (try? files.list(layout.people)) ?? [] {
            guard let asOf = DataLayout.transaction(ofPeople: name), asOf < current ?? 0 else { continue }
            try? files.remove(layout.people + "/" + name)
        }
    }

    /// Prunes the journal by age and size, as far as the people's file and no running checkpoint needs it.
    mutating func prune(now: Int64) throws(StorageError) {
        let before = journal.pruned
        try changing { (core) throws(StorageError) in
            try core.journal.prune(
                before: now - core.settings.journalLifetime, octets: core.settings.journalLimit,
                limit: core.people.file?.asOf ?? 0)
        }
        if journal.pruned != before {
            log.log(.info, "journal-pruned", ["transaction": journal.pruned, "octets": journal.size])
        }
    }
}

extension PeopleView {
    /// Writes everybody into the people's next file; nil where the file in use has everything.
    func writeFile(layout: DataLayout, files: any FileSystem) throws(StorageError) -> PeopleFile? {
        guard asOf > file?.asOf ?? 0 else { return nil }
        let path = layout.path(ofPeople: asOf)
        var writer = try PeopleFileWriter(path, files: files)
        var cursor = PeopleCursor(self)
        while let person = try cursor.next() { try writer.add(person.record.span) }
        try writer.finish(asOf: asOf, files: files)
        return try PeopleFile(path, files: files)
    }
}
