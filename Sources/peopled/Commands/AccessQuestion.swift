import Addresses
import AttributeIndex
import CommandLineTools
import Directory
import Schema

/// `peopled check --access-as DN --to DN`: what somebody may do with an entry, and which rule says so.
struct AccessQuestion {
    static let options: [OptionSpecification] = [
        .value("--access-as", "DN", "explain what the rules give to who has bound as DN, or to \"anonymous\""),
        .value("--to", "DN", "the entry that it is about"),
        .value("--attribute", "NAME", repeatable: true, "an attribute of it; default: all that the entry has"),
        .value("--from", "ADDRESS", "where the client is; default: at a Unix socket"),
        .value("--listener", "URL", "the listener it came to, as in the configuration; default: the first"),
        .value("--strength", "N", "bits of the connection's encryption; default: 0"),
    ]

    private let target: String
    private let name: String
    private let attributes: [String]
    private var requester = Requester()

    /// The question that the options ask; nil where they ask none.
    init?(_ arguments: Arguments, _ site: Site) throws(CommandFailure) {
        guard let name = arguments.value("--access-as") else {
            for option in Self.options where !arguments.all(option.name).isEmpty {
                throw CommandFailure(.usage, "\(option.name) says more about --access-as, which is missing")
            }
            return nil
        }
        guard let target = arguments.value("--to") else {
            throw CommandFailure(.usage, "--access-as needs --to DN, the entry that it is about")
        }
        (self.name, self.target) = (name, target)
        attributes = arguments.all("--attribute")
        if let text = arguments.value("--from") {
            guard let address = IPAddress(text) else {
                throw CommandFailure(.usage, "--from \(text): expected an address, as 192.0.2.7")
            }
            requester.address = address
        }
        if let url = arguments.value("--listener") {
            guard let number = site.configuration.listeners.firstIndex(where: { $0.url == url }) else {
                let known = site.configuration.listeners.map(\.url).joined(separator: ", ")
                throw CommandFailure(.usage, "--listener \(url): there are \(known)")
            }
            requester.listener = number
        }
        if let text = arguments.value("--strength") {
            guard let strength = Int(text), strength >= 0 else {
                throw CommandFailure(.usage, "--strength \(text): expected a number of bits, as 256")
            }
            requester.strength = strength
        }
    }

    /// Prints the answer.
    func answer(_ site: Site) throws -> ExitStatus {
        let store = try site.openStore(.read)
        var configuration = DirectoryConfiguration()
        configuration.access = try site.access(to: store).settings
        let view = try Directory(configuration: configuration) { store.currentGeneration() }.view()
        var requester = requester
        if !name.isEmpty, name != "anonymous" {
            do {
                let dn = try DistinguishedName(parsing: name, schema: view.schema)
                requester.identity = .entry(dn: name, key: dn.key)
            } catch {
                throw CommandFailure(.usage, "--access-as \(name) is not a DN: \(error)")
            }
        }
        do {
            let explanation = try view.explainAccess(of: requester, to: target, attributes: attributes)
            try StandardOutput.write("\(explanation)\n")
        } catch let error as AccessRuleError {
            throw CommandFailure(.usage, error.description)
        }
        return .success
    }
}
