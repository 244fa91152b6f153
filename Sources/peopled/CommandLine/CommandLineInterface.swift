/// Finds the command, runs it, and turns what it throws into one sentence and an exit status.
enum CommandLineInterface {
    static let version = "0.1.0"

    static var commands: [any Command.Type] {
        [
            ServeCommand.self, ImportCommand.self, ApplyCommand.self, ExportCommand.self, CheckCommand.self,
            CompactCommand.self, SearchCommand.self, PasswordAddCommand.self, PasswordListCommand.self,
            PasswordRevokeCommand.self, PasswordHashCommand.self,
        ]
    }

    static func run(_ words: [String]) -> Int32 {
        do {
            return try dispatch(words).rawValue
        } catch let failure as CommandFailure {
            StandardError.write("peopled: \(failure.message)\n")
            return failure.status.rawValue
        } catch {
            let failure = CommandFailure(describing: error)
            StandardError.write("peopled: \(failure.message)\n")
            return failure.status.rawValue
        }
    }

    private static func dispatch(_ words: [String]) throws -> ExitStatus {
        guard let name = words.first, name != "--help", name != "help" else {
            return try showHelp(for: words.dropFirst().prefix(2).joined(separator: " "), asked: words.first != nil)
        }
        if name == "--version" {
            try StandardOutput.write("peopled \(version)\n")
            return .success
        }
        // Some names are of two words: "password add".
        let pair = words.prefix(2).joined(separator: " ")
        guard let command = commands.first(where: { $0.name == pair || $0.name == name }) else {
            throw CommandFailure(.usage, unknown(pair, first: name))
        }
        let rest = Array(words.dropFirst(command.name == name ? 1 : 2))
        if rest.prefix(while: { $0 != "--" }).contains("--help") {
            try StandardOutput.write(command.help)
            return .success
        }
        return try command.run(Arguments(rest, accepting: command.options))
    }

    private static func unknown(_ pair: String, first name: String) -> String {
        let ofName = commands.map { $0.name }.filter { $0.hasPrefix(name + " ") }
        guard ofName.isEmpty else {
            return "\(name) is one of \(ofName.joined(separator: ", ")); peopled \(ofName[0]) --help"
        }
        let hint = nearestName(to: name, among: commands.map { $0.name }).map { "did you mean \($0)?" }
        return "unknown command \(name); \(hint ?? "peopled --help lists what there is")"
    }

    private static func showHelp(for name: String, asked: Bool) throws -> ExitStatus {
        if let command = commands.first(where: { $0.name == name }) {
            try StandardOutput.write(command.help)
            return .success
        }
        guard asked else {
            StandardError.write(overview)
            return .usage
        }
        try StandardOutput.write(overview)
        return .success
    }

    private static var overview: String {
        let width = commands.map { $0.name.count }.max() ?? 0
        let rows = commands.map { "  " + $0.name.padded(to: width + 2) + $0.summary }
        let statuses = ExitStatus.allCases.map { "  " + "\($0.rawValue)".padded(to: 4) + $0.meaning }
        return """
            peopled \(version): a read-only LDAPv3 directory of the people an identity provider knows

            usage: peopled COMMAND [OPTIONS]

            \(rows.joined(separator: "\n"))

            peopled COMMAND --help explains one.

            example:
              peopled serve --ldif ldif/people.ldif --data /tmp/people

            exit status:
            \(statuses.joined(separator: "\n"))

            """
    }
}
