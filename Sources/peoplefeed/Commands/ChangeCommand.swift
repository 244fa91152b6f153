import CommandLineTools
import IdentityProvider
import LDIF

/// `peoplefeed change`: signalled changes, durable when it returns.
enum ChangeCommand: Command {
    static let name = "change"
    static let usage = "change --config FILE FILE.ldif... | -"
    static let summary = "make the changes of LDIF records of single people, all or none of a file"
    static let discussion = """
        Applies RFC 2849 change records (add, delete, modify), or content records that say how a person is from now on. Each
        begins with the registry's subject attribute: "dn: uid=babs" where that is uid. All changes of a file are in the journal and
        durable when the command ends with status 0, or none of them is made. Where a server runs it is asked to make them, and
        pushes them at once.

        With "-" the records come from standard input for as long as it lasts, each with its blank line behind it, and what comes
        together is made together: each time "durable COUNT" on standard output says how many records are durable by then. The
        first record that cannot be made is named and ends the command; all before it are made.
        """
    static let options = Site.options
    static let examples = [
        "peoplefeed change --config Config/peoplefeed.json5 changes.ldif",
        "feed-of-changes | peoplefeed change --config Config/peoplefeed.json5 -",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let files = arguments.positionals
        guard !files.isEmpty else {
            throw CommandFailure(.usage, "change needs at least one LDIF file; peoplefeed change --help")
        }
        guard !files.contains("-") || files.count == 1 else {
            throw CommandFailure(.usage, "change takes \"-\" alone: standard input, or files")
        }
        let target = try ChangeTarget(try Site(arguments))
        if files == ["-"] { return try stream(to: target) }
        for path in files {
            let changes = try target.apply(try contents(of: path), isStream: false)
            try StandardOutput.write(
                "\(path): \(changes.added) added, \(changes.modified) modified, \(changes.removed) removed; "
                    + "transaction \(changes.transactionID)\n")
        }
        return .success
    }

    private static func contents(of path: String) throws -> LDIFChunk {
        let file = try LDIFFile(path: path)
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = try file.read(into: &buffer, at: 0), count > 0 { octets += buffer[..<count] }
        return LDIFChunk(octets, of: path)
    }

    private static func stream(to target: ChangeTarget) throws -> ExitStatus {
        var chunks = LDIFChunks(file: "standard input", input: try LDIFFile.standardInput(), isStream: true)
        var made = 0
        while let chunk = try chunks.next() {
            let changes = try target.apply(chunk, isStream: true)
            made += changes.records
            if changes.records > 0 { try StandardOutput.write("durable \(made)\n") }
            if let refusal = changes.refusal { throw CommandFailure(.refusedInput, refusal) }
        }
        return .success
    }
}
