/// Finds the command, runs it, and turns what it throws into one sentence and an exit status.
package struct CommandLineInterface {
    /// The version of all executables.
    package static let version = "0.1.0"

    private let program: String
    private let purpose: String
    private let example: String
    private let commands: [any Command.Type]
    private let describe: (any Error) -> CommandFailure

    /// The interface of `program`.
    ///
    /// - Parameters:
    ///   - purpose: what it is, for the head of its help.
    ///   - example: a command that a person can paste.
    ///   - describe: makes exit statuses of the modules' errors.
    package init(
        program: String, purpose: String, example: String, commands: [any Command.Type],
        describe: @escaping (any Error) -> CommandFailure
    ) {
        self.program = program
        self.purpose = purpose
        self.example = example
        self.commands = commands
        self.describe = describe
    }

    package func run(_ words: [String]) -> Int32 {
        do {
            return try dispatch(words).rawValue
        } catch {
            let failure = error as? CommandFailure ?? describe(error)
            StandardError.write("\(program): \(failure.message)\n")
            return failure.status.rawValue
        }
    }

    private func dispatch(_ words: [String]) throws -> ExitStatus {
        guard let name = words.first, name != "--help", name != "help" else {
            return try showHelp(for: words.dropFirst().prefix(2).joined(separator: " "), asked: words.first != nil)
        }
        if name == "--version" {
            try StandardOutput.write("\(program) \(Self.version)\n")
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

    private func unknown(_ pair: String, first name: String) -> String {
        let ofName = commands.map { $0.name }.filter { $0.hasPrefix(name + " ") }
        guard ofName.isEmpty else {
            return "\(name) is one of \(ofName.joined(separator: ", ")); \(program) \(ofName[0]) --help"
        }
        let hint = nearestName(to: name, among: commands.map { $0.name }).map { "did you mean \($0)?" }
        return "unknown command \(name); \(hint ?? "\(program) --help lists what there is")"
    }

    private func showHelp(for name: String, asked: Bool) throws -> ExitStatus {
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

    private var overview: String {
        let width = commands.map { $0.name.count }.max() ?? 0
        let rows = commands.map { "  " + $0.name.padded(to: width + 2) + $0.summary }
        let statuses = ExitStatus.allCases.map { "  " + "\($0.rawValue)".padded(to: 4) + $0.meaning }
        return """
            \(program) \(Self.version): \(purpose)

            usage: \(program) COMMAND [OPTIONS]

            \(rows.joined(separator: "\n"))

            \(program) COMMAND --help explains one.

            example:
              \(example)

            exit status:
            \(statuses.joined(separator: "\n"))

            """
    }
}
