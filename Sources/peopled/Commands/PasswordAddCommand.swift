import CommandLineTools
import Credentials

/// `peopled password add`: a new application password.
enum PasswordAddCommand: Command {
    static let name = "password add"
    static let usage = "password add PERSON --label LABEL [--expires WHEN] [--config FILE] [--data DIR]"
    static let summary = "make a password for one application of one person"
    static let discussion = """
        Makes a long random password and prints it, this once only: what is kept are hashes. The person binds with it
        under the usual name, by simple bind, PLAIN or SCRAM; a running server takes it at once. PERSON is a uid under
        ou=People, a DN or an entryUUID. A person may have \(ApplicationPasswords.maximumCount), told apart by their labels.
        """
    static let options =
        Site.options + [
            .value("--label", "LABEL", "what it is for, as in nextcloud"),
            .value("--expires", "WHEN", "after 90d, 12h, 4w or 1y, or on a date as 2027-01-31 (UTC); default: never"),
        ]
    static let examples = [
        "peopled password add alice --label nextcloud --expires 90d --data /var/lib/peopled",
        "peopled password add alice --label 'mail on the phone' --config /etc/peopled/peopled.json5",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        guard let label = arguments.value("--label") else {
            throw CommandFailure(
                .usage, "password add needs --label, what the password is for, as in --label nextcloud")
        }
        let now = Moment.now
        let expires = try arguments.value("--expires").map { text in
            guard let expires = Moment.expiry(text, from: now) else {
                throw CommandFailure(.usage, "--expires \(text): expected 90d, 12h, 4w, 1y or a date as 2027-01-31")
            }
            return expires
        }
        let site = try Site(arguments)
        let people = try PasswordPeople(site)
        let person = try people.person(try PasswordPeople.onlyWord(of: arguments, command: name))
        let added = try people.passwords.add(to: person.entry, label: label, expires: expires, at: now)
        let validity = added.password.expires.map { "until \(Moment.text($0))" } ?? "until it is revoked"
        StandardError.write("\(person.name): password \(added.password.id) for \"\(label)\", valid \(validity)\n")
        StandardError.write("It is shown this once only.\n")
        try added.secret.withOctets { try StandardOutput.write($0) }
        try StandardOutput.write("\n")
        return .success
    }
}
