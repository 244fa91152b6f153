import AttributeIndex
import CommandLineTools
import Glibc
import Provisioning
import Schema

/// `peopled import`: LDIF seeds into the index, all or nothing.
enum ImportCommand: Command {
    static let name = "import"
    static let usage = "import [--data DIR] [OPTIONS] FILE.ldif..."
    static let summary = "load LDIF, replacing what LDIF gave before; all or nothing"
    static let discussion = """
        Reads one or more LDIF files (RFC 2849 content records) as one directory, checks every entry, and publishes
        them together in place of what LDIF gave before. A bad record names its file and line, and nothing changes.
        A running server shows the new directory within a second. slapcat's output loads as it is. What identity
        providers gave stays, and the files may not give entries of those names.
        """
    static let options =
        Site.options + [
            .value("--suffix", "DN", "refuse entries outside this subtree; default: the shortest DN of the files"),
            .flag("--strict", "refuse what is otherwise warned of: unknown names, missing MUST, attributes not in MAY"),
        ]
    static let examples = [
        "peopled import --data /var/lib/peopled ldif/people.ldif",
        "slapcat > seed.ldif && peopled import --data /var/lib/peopled --suffix dc=example,dc=edu seed.ldif",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard !arguments.positionals.isEmpty else {
            throw CommandFailure(.usage, "import needs at least one LDIF file; peopled import --help")
        }
        let site = try Site(arguments)
        try importFiles(
            arguments.positionals, site: site, suffix: arguments.value("--suffix") ?? site.configuration.suffix,
            isStrict: arguments.has("--strict"))
        return .success
    }

    /// Imports with progress and warnings on standard error. `serve --ldif` comes here too.
    static func importFiles(_ files: [String], site: Site, suffix: String?, isStrict: Bool) throws {
        let started = ContinuousClock.now
        let store = try site.openStore(.replace)
        let progress = Progress("importing", unit: "entries")
        var options = ImportOptions()
        options.isStrict = isStrict
        options.suffix = suffix
        options.progress = { progress.update(count: $0.entries, done: $0.bytesRead, of: $0.bytesTotal) }
        let imported = try LDIFImport(files: files, schema: site.schema, options: options).run()
        for warning in imported.warnings { progress.note("warning: \(warning)") }
        let count = imported.entryCount
        let suffix = imported.suffix.text
        progress.note("indexing \(count) entries")
        let publication = try imported.store(in: store, imported: Int64(time(nil)))
        for source in publication.forgotten {
            progress.note("warning: the people of \(source.name) could not be read; its next snapshot brings them back")
        }
        let seconds = started.duration(to: .now) / .seconds(1)
        progress.note(
            "imported \(count) entries under \(suffix) into \(site.configuration.data) in \(tenths(seconds)) s")
    }

    /// A number of seconds with one decimal.
    private static func tenths(_ seconds: Double) -> String {
        let rounded = Int((seconds * 10).rounded())
        return "\(rounded / 10).\(rounded % 10)"
    }
}
