import CommandLineTools
import Credentials

/// `peopled password hash`: a value for userPassword or a service account.
enum PasswordHashCommand: Command {
    static let name = "password hash"
    static let usage = "password hash [--scheme SCHEME] [--cost N]"
    static let summary = "hash a password for userPassword or a service account"
    static let discussion = """
        Asks for a password on the terminal, twice and without showing it, or reads the first line of standard input,
        and prints its hash. A password is never taken from the command line, where others could read it. Schemes:

        \(schemes)
        """
    static let options: [OptionSpecification] = [
        .value("--scheme", "SCHEME", "one of those above; default: \(PasswordScheme.standard.rawValue)"),
        .value("--cost", "N", "in the scheme's own unit, as above"),
    ]
    static let examples = [
        "peopled password hash", "peopled password hash --scheme BCRYPT --cost 12 < password-file",
    ]

    private static var schemes: String {
        PasswordScheme.allCases.map { scheme in
            let costs =
                scheme.costUnit.map {
                    "\(scheme.costs.lowerBound) to \(scheme.costs.upperBound) \($0), default \(scheme.defaultCost)"
                } ?? "quick, for secrets that nobody can guess"
            return "  " + scheme.rawValue.padded(to: 15) + costs
        }.joined(separator: "\n")
    }

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard arguments.positionals.isEmpty else {
            throw CommandFailure(
                .usage, "password hash takes no words: the password is asked for, or read from standard input")
        }
        var scheme = PasswordScheme.standard
        if let given = arguments.value("--scheme") {
            let names = PasswordScheme.allCases.map(\.rawValue)
            guard let known = PasswordScheme(name: given) else {
                let hint = nearestName(to: given, among: names).map { "did you mean \($0)?" }
                throw CommandFailure(.usage, "unknown scheme \(given); \(hint ?? names.joined(separator: ", "))")
            }
            scheme = known
        }
        var cost: Int?
        if let given = arguments.value("--cost") {
            guard let number = Int(given) else { throw CommandFailure(.usage, "--cost: expected a whole number") }
            cost = number
        }
        let password = try PasswordInput.read()
        let hash = try password.withOctets { try scheme.hash($0, cost: cost) }
        try StandardOutput.write(hash + "\n")
        return .success
    }
}
