import AttributeIndex
import CommandLineTools
import Provisioning

/// `peopled export`: the whole directory as LDIF.
enum ExportCommand: Command {
    static let name = "export"
    static let usage = "export [--data DIR] [OPTIONS]"
    static let summary = "write the directory as LDIF on standard output"
    static let discussion = """
        Writes every entry, parents first, with operational attributes and with userPassword as it is stored: keep the
        output as safe as the directory. Importing it gives an identical directory.
        """
    static let options = Site.options
    static let examples = ["peopled export --data /var/lib/peopled > copy.ldif"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let site = try Site(arguments)
        try arguments.refusePositionals(of: name)
        let generation = try site.openStore(.read).currentGeneration()
        let progress = Progress("exporting", unit: "entries")
        try LDIFExport(generation: generation).run(
            write: { try StandardOutput.write($0.span) },
            progress: { progress.update(count: $0, done: $0, of: generation.entryCount) })
        progress.end()
        return .success
    }
}
