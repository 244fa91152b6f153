import AttributeIndex
import CommandLineTools
import Credentials
import Directory
import LDAP

/// The people of a data directory and their application passwords, for the `password` commands.
struct PasswordPeople {
    struct Person {
        /// The entry's DN, or its UUID where it is in the directory no more.
        let name: String
        let entry: EntryUUID
    }

    let passwords: ApplicationPasswords
    private let directory: Directory
    private let suffix: String

    init(_ site: Site) throws {
        passwords = ApplicationPasswords(dataDirectory: site.configuration.data, files: site.files)
        let store = try site.openStore(.read)
        suffix = store.metadata?.suffix ?? ""
        directory = try Directory(
            configuration: DirectoryConfiguration(), currentGeneration: { store.currentGeneration() })
    }

    /// The one word of a command line that names a person.
    static func onlyWord(of arguments: Arguments, command: String) throws(CommandFailure) -> String {
        guard arguments.positionals.count <= 1 else {
            throw CommandFailure(.usage, "\(command) takes one person; peopled \(command) --help")
        }
        return try firstWord(of: arguments, command: command)
    }

    static func firstWord(of arguments: Arguments, command: String) throws(CommandFailure) -> String {
        guard let word = arguments.positionals.first, !word.isEmpty else {
            throw CommandFailure(
                .usage, "\(command) needs a person: a uid, a DN or an entryUUID; peopled \(command) --help")
        }
        return word
    }

    /// Who a word stands for: an entryUUID, a DN, or a uid of exactly one entry under ou=People.
    func person(_ word: String) throws -> Person {
        if let entry = EntryUUID(word) { return Person(name: try name(of: entry) ?? word, entry: entry) }
        let found =
            word.contains("=")
            ? try search(base: word, scope: .base, .present("objectClass"))
            : try search(base: peopleBase, scope: .sub, .equality("uid", Array(word.utf8)))
        guard let person = found.first else {
            throw CommandFailure(
                .refusedInput,
                word.contains("=")
                    ? "there is no entry \(word)" : "there is nobody with uid \(word) under \(peopleBase)")
        }
        guard found.count == 1 else {
            throw CommandFailure(
                .refusedInput, "several entries under \(peopleBase) have uid \(word); give a DN, as \(person.name)")
        }
        guard let entry = person.uuid.flatMap({ EntryUUID($0) }) else {
            throw CommandFailure(.refusedInput, "\(person.name) has no entryUUID, which its passwords would hang on")
        }
        return Person(name: person.name, entry: entry)
    }

    /// The DN of an entry; nil where it is not in the directory.
    func name(of entry: EntryUUID) throws -> String? {
        try search(base: suffix, scope: .sub, .equality("entryUUID", Array(entry.description.utf8))).first?.name
    }

    private var peopleBase: String { suffix.isEmpty ? "ou=People" : "ou=People,\(suffix)" }

    private func search(
        base: String, scope: SearchScope, _ filter: Filter
    ) throws -> [(name: String, uuid: String?)] {
        let request = SearchRequest(base: base, scope: scope, sizeLimit: 2, filter: filter, attributes: ["entryUUID"])
        var found: [(name: String, uuid: String?)] = []
        let outcome = try OfflineSearch.run(request, in: directory.view()) { operation in
            guard case .searchResultEntry(let entry) = operation else { return }
            let uuid = entry.attributes.first?.values.first.map { String(decoding: $0, as: UTF8.self) }
            found.append((entry.name, uuid))
        }
        switch outcome.result.code {
        case .success, .sizeLimitExceeded, .noSuchObject: return found
        case .invalidDNSyntax: throw CommandFailure(.refusedInput, "\(base) is no DN")
        default: throw CommandFailure(.searchFailed, "\(outcome.result.code) while looking for it below \(base)")
        }
    }
}
