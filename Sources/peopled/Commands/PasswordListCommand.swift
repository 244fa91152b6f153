import CommandLineTools
import Credentials
import Foundation

/// `peopled password list`: who has which application passwords.
enum PasswordListCommand: Command {
    static let name = "password list"
    static let usage = "password list [PERSON] [--json] [--config FILE] [--data DIR]"
    static let summary = "list application passwords: labels, expiry, last use"
    static let discussion = """
        Lists the application passwords of a person (a uid under ou=People, a DN or an entryUUID), or of everybody. The
        last use is as the server has written it, within a minute or so. Passwords of people who are in the directory
        no more are of no use to anybody, and come back with them; password revoke --gone removes them.
        """
    static let options = Site.options + [.flag("--json", "an array of objects; times in seconds since 1970")]
    static let examples = [
        "peopled password list alice --data /var/lib/peopled", "peopled password list --json --data /var/lib/peopled",
    ]

    private struct Row: Encodable {
        let dn: String?
        let entryUUID: String
        let id: String
        let label: String
        let created: Int64
        let expires: Int64?
        let lastUse: Int64?
    }

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let people = try PasswordPeople(Site(arguments))
        let entries =
            arguments.positionals.isEmpty
            ? try people.passwords.entries()
            : [try people.person(try PasswordPeople.onlyWord(of: arguments, command: name)).entry]
        let uses: LastUses
        do {
            uses = try people.passwords.lastUses()
        } catch {
            StandardError.write("peopled: \(error)\n")
            uses = [:]
        }
        var rows: [Row] = []
        for entry in entries {
            let dn = try people.name(of: entry)
            rows += try people.passwords.passwords(of: entry).map { password in
                Row(
                    dn: dn, entryUUID: entry.description, id: password.id.description, label: password.label,
                    created: password.created, expires: password.expires, lastUse: uses[entry]?[password.id])
            }
        }
        rows.sort { ($0.dn ?? $0.entryUUID, $0.created) < ($1.dn ?? $1.entryUUID, $1.created) }
        try StandardOutput.write(arguments.has("--json") ? try json(rows) : table(rows))
        return .success
    }

    private static func json(_ rows: [Row]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(rows), as: UTF8.self) + "\n"
    }

    private static func table(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "there are no application passwords\n" }
        let now = Moment.now
        let lines = rows.map { row in
            let expiry = row.expires.map { ($0 <= now ? "expired " : "") + Moment.text($0) } ?? "never"
            return [
                row.id, row.label, Moment.text(row.created), expiry, row.lastUse.map(Moment.text) ?? "-",
                row.dn ?? "\(row.entryUUID) (not in the directory)",
            ]
        }
        let all = [["ID", "LABEL", "CREATED", "EXPIRES", "LAST USE", "PERSON"]] + lines
        let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { line in
            zip(line.dropLast(), widths).map { $0.padded(to: $1 + 2) }.joined() + (line.last ?? "") + "\n"
        }.joined()
    }
}
