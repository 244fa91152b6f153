import CommandLineTools
import EventLog
import IdentityProvider
import LDIF

/// `peoplefeed change`: signalled changes, durable when it returns.
enum ChangeCommand: Command {
    static let name = "change"
    static let usage = "change --config FILE FILE.ldif..."
    static let summary = "make the changes of LDIF records of single people, all or none of a file"
    static let discussion = """
        Applies RFC 2849 change records (add, delete, modify), or content records that say how a person is from now on. Each
        begins with the registry's subject attribute: "dn: uid=babs" where that is uid. All changes of a file are in the journal and
        durable when the command ends with status 0, or none of them is made. The data directory must not be in use by serve.
        """
    static let options = Site.options
    static let examples = ["peoplefeed change --config Config/peoplefeed.json5 changes.ldif"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard !arguments.positionals.isEmpty else {
            throw CommandFailure(.usage, "change needs at least one LDIF file; peoplefeed change --help")
        }
        let site = try Site(arguments)
        let provider = try site.open(log: EventLog(level: .warning, format: site.logFormat))
        let rules = ChangeRecords(normalizer: site.normalizer, schema: site.schema)
        for path in arguments.positionals {
            var reader = LDIFReader(file: path, input: try LDIFFile(path: path))
            var records: [LDIFRecord] = []
            while try reader.next() { records.append(reader.record) }
            let changes = try provider.apply(records, file: path, by: rules)
            try StandardOutput.write(
                "\(path): \(changes.added) added, \(changes.modified) modified, \(changes.removed) removed; "
                    + "transaction \(changes.transactionID)\n")
        }
        return .success
    }
}
