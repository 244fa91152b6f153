import CommandLineTools
import Credentials

/// `peopled password revoke`: application passwords that are to work no more.
enum PasswordRevokeCommand: Command {
    static let name = "password revoke"
    static let usage = "password revoke PERSON (ID | --label LABEL | --all) | --gone [--config FILE] [--data DIR]"
    static let summary = "revoke application passwords, at once"
    static let discussion = """
        Removes application passwords. When the command has ended they verify nowhere: a running server lets nobody in
        with them whose bind begins from then on. Connections that were bound with them before stay as they are.
        PERSON is a uid under ou=People, a DN or an entryUUID, as password list shows it.
        """
    static let options =
        Site.options + [
            .value("--label", "LABEL", "the one with this label"), .flag("--all", "all of this person's"),
            .flag("--gone", "all of everybody who is in the directory no more"),
        ]
    static let examples = [
        "peopled password revoke alice k3fm7x2p --data /var/lib/peopled",
        "peopled password revoke alice --label nextcloud --data /var/lib/peopled",
        "peopled password revoke --gone --data /var/lib/peopled",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let choice = try Choice(arguments)
        let site = try Site(arguments)
        let people = try PasswordPeople(site)
        if case .gone = choice {
            let entries = try people.passwords.entries().filter { try people.name(of: $0) == nil }
            for entry in entries { report(try people.passwords.revoke(of: entry) { _ in true }, entry.description) }
            if entries.isEmpty { StandardError.write("everybody with application passwords is in the directory\n") }
            return .success
        }
        let person = try people.person(try PasswordPeople.firstWord(of: arguments, command: name))
        do throws(ApplicationPasswordError) {
            report(try people.passwords.revoke(of: person.entry, where: choice.includes), person.name)
        } catch {
            guard error.code == .notFound else { throw error }
            throw CommandFailure(
                .refusedInput, "\(person.name) has no such application password; peopled password list shows them")
        }
        return .success
    }

    private static func report(_ revoked: [ApplicationPassword], _ person: String) {
        for password in revoked {
            StandardError.write("\(person): revoked \(password.id) \"\(password.label)\"\n")
        }
    }

    private enum Choice {
        case id(ApplicationPassword.ID), label(String), all, gone

        init(_ arguments: Arguments) throws {
            let words = arguments.positionals
            switch (words.count, arguments.value("--label"), arguments.has("--all"), arguments.has("--gone")) {
            case (2, nil, false, false):
                guard let id = ApplicationPassword.ID(words[1]) else {
                    throw CommandFailure(
                        .usage, "\(words[1]) is no ID of an application password; did you mean --label \(words[1])?")
                }
                self = .id(id)
            case (1, let label?, false, false): self = .label(label)
            case (1, nil, true, false): self = .all
            case (0, nil, false, true): self = .gone
            default:
                throw CommandFailure(
                    .usage, "password revoke takes a person and an ID, --label or --all; or --gone alone")
            }
        }

        func includes(_ password: ApplicationPassword) -> Bool {
            switch self {
            case .id(let id): password.id == id
            case .label(let label): password.label == label
            case .all: true
            case .gone: false
            }
        }
    }
}
