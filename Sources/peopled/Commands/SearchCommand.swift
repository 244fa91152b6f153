import AttributeIndex
import CommandLineTools
import Directory
import LDAP
import LDIF

/// `peopled search`: the server's engine, offline.
enum SearchCommand: Command {
    static let name = "search"
    static let usage = "search [--data DIR] [OPTIONS] FILTER [ATTRIBUTE...]"
    static let summary = "search offline, with the server's own engine; --explain shows the plan"
    static let discussion = """
        Answers as the server would answer an anonymous client, as LDIF on standard output. With --explain it prints
        instead how the filter is understood: each item with what it is estimated to match, which of them drives the
        search, and why one matches nothing (an unknown attribute, a value that its syntax refuses).
        """
    static let options =
        Site.options + [
            .value("--base", "DN", "where to start; default: the directory's suffix"),
            .value("--scope", "SCOPE", "base, one, sub or children; default: sub"),
            .value("--limit", "N", "at most so many entries"),
            .flag("--explain", "print the plan, not the entries"),
        ]
    static let examples = [
        "peopled search --data /var/lib/peopled '(&(objectClass=person)(cn=*mar*))' cn mail",
        "peopled search --data /var/lib/peopled --explain '(shoeSize>=43)'",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard let text = arguments.positionals.first else {
            throw CommandFailure(.usage, "search needs a filter, as '(uid=alice)'; peopled search --help")
        }
        let site = try Site(arguments)
        let store = try site.openStore(.read)
        let request = try request(arguments, filter: text, suffix: store.metadata?.suffix ?? "")
        var configuration = DirectoryConfiguration()
        configuration.access = try site.access(to: store).settings
        let directory = try Directory(
            configuration: configuration, currentGeneration: { store.currentGeneration() })
        guard !arguments.has("--explain") else {
            let explanation = directory.view().explain(base: request.base, scope: request.scope, filter: request.filter)
            try StandardOutput.write("\(explanation)\n")
            return .success
        }
        return try answer(request, in: directory.view())
    }

    private static func request(
        _ arguments: Arguments, filter text: String, suffix: String
    ) throws -> SearchRequest {
        let filter: Filter
        do {
            filter = try Filter(parsing: text)
        } catch {
            throw CommandFailure(
                .refusedInput,
                "filter: \(error.offset == 0 ? "" : "octet \(error.offset + 1): ")expected \(error.reason)")
        }
        guard let limit = Int32(arguments.value("--limit") ?? "0"), limit >= 0 else {
            throw CommandFailure(.usage, "--limit: expected a whole number, 0 for no limit")
        }
        return SearchRequest(
            base: arguments.value("--base") ?? suffix, scope: try scope(arguments.value("--scope") ?? "sub"),
            sizeLimit: limit, filter: filter, attributes: Array(arguments.positionals.dropFirst()))
    }

    private static func scope(_ name: String) throws(CommandFailure) -> SearchScope {
        switch name {
        case "base": .base
        case "one": .one
        case "sub": .sub
        case "children": .subordinate
        default: throw CommandFailure(.usage, "--scope: expected base, one, sub or children")
        }
    }

    private static func answer(_ request: SearchRequest, in view: DirectoryView) throws -> ExitStatus {
        let outcome = try OfflineSearch.run(request, in: view) { try StandardOutput.write(ldif($0).span) }
        return report(outcome)
    }

    private static func ldif(_ operation: ProtocolOp) -> [UInt8] {
        var writer = LDIFWriter()
        switch operation {
        case .searchResultEntry(let entry):
            writer.line("dn", Array(entry.name.utf8).span)
            for attribute in entry.attributes {
                for value in attribute.values { writer.line(Array(attribute.description.utf8).span, value.span) }
            }
            writer.endRecord()
        case .searchResultReference(let urls):
            writer.comment(urls.map { "refer to \($0)" }.joined(separator: "\n"))
            writer.endRecord()
        default: break
        }
        return writer.output
    }

    private static func report(_ outcome: SearchOutcome) -> ExitStatus {
        guard outcome.result.code != .success else { return .success }
        let matched = outcome.result.matchedDN.isEmpty ? "" : ", matched \(outcome.result.matchedDN)"
        StandardError.write("peopled: \(outcome.result.code)\(matched) \(outcome.result.diagnosticMessage)\n")
        return .searchFailed
    }
}
