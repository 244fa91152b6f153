import AttributeIndex
import CommandLineTools
import Provisioning

/// `peopled apply`: RFC 2849 change records, durable when it returns.
enum ApplyCommand: Command {
    static let name = "apply"
    static let usage = "apply [--data DIR] [OPTIONS] FILE.ldif... | -"
    static let summary = "make the changes of LDIF change records, all or none, while the directory is served"
    static let discussion = """
        Applies change records (add, delete, modify, modrdn, moddn) in order, as one change: all of them are in the
        journal and durable when the command ends with status 0, or none of them is made and the first that cannot
        be made is named by file and line. A running server shows them within a second. Entries that come from an
        identity provider are changed there.

        With "-" the records come from standard input for as long as it lasts, and what comes together is made together:
        each time "durable COUNT" on standard output says how many records are durable by then. The first record that
        cannot be made is named and ends the command; all before it are made.
        """
    static let options =
        Site.options + [.flag("--strict", "refuse what is otherwise warned of, as import does")]
    static let examples = [
        "peopled apply --data /var/lib/peopled changes.ldif",
        "feed-of-changes | peopled apply --data /var/lib/peopled -",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard !arguments.positionals.isEmpty else {
            throw CommandFailure(.usage, "apply needs at least one LDIF file; peopled apply --help")
        }
        let site = try Site(arguments)
        let isStream = arguments.positionals.contains("-")
        let store = try site.openStore(.write, policy: isStream ? .compactedBeside : StorePolicy())
        guard let metadata = store.metadata else {
            throw CommandFailure(.noIndex, "\(site.configuration.data) holds no index yet; peopled import makes one")
        }
        var options = ImportOptions()
        options.isStrict = arguments.has("--strict")
        if isStream {
            guard arguments.positionals.count == 1 else {
                throw CommandFailure(.usage, "apply takes \"-\" alone: standard input, or files")
            }
            return try StreamedChanges(store: store, site: site, suffix: metadata.suffix, options: options).run()
        }
        let changes = try LDIFApply(
            files: arguments.positionals, generation: store.currentGeneration(), base: site.schema,
            suffix: metadata.suffix, options: options, sources: store.sourceStates
        ).run()
        for warning in changes.warnings { StandardError.write("warning: \(warning)\n") }
        let publication = try store.apply(changes.changes, schema: changes.schema)
        warn(of: publication)
        summarize(changes.counts)
        compact(store)
        return .success
    }

    /// The changes are durable, whatever happened after.
    static func warn(of publication: Publication) {
        guard let failure = publication.foldingFailure else { return }
        StandardError.write("warning: the changes are durable, but compaction failed: \(failure)\n")
    }

    static func summarize(_ counts: ChangeCounts) {
        StandardError.write(
            "applied: \(counts.added) added, \(counts.modified) modified, \(counts.renamed) renamed, "
                + "\(counts.deleted) deleted\n")
    }

    /// Folds what has grown due. The changes are durable already, so a failure here is no failure of theirs.
    static func compact(_ store: IndexStore) {
        do {
            try store.compact(.due)
        } catch {
            StandardError.write("warning: compaction failed, the changes are kept: \(error)\n")
        }
    }
}
