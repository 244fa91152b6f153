import AttributeIndex
import CommandLineTools
import Credentials
import LDAPServer
import Provisioning

/// `peopled check`: configuration, schema, and every checksum and cross-reference of the index.
enum CheckCommand: Command {
    static let name = "check"
    static let usage = "check [--config FILE] [--data DIR] [--access-as DN --to DN [OPTIONS]]"
    static let summary = "verify the configuration, the schema files, every checksum and every cross-reference"
    static let discussion = """
        Reads the configuration and the schema files it names, and refuses what serve would refuse; then the whole
        data directory: checksums of every block, and every reference between entries, dictionaries, postings and the
        journal. It changes nothing and may run beside a server. Each finding names the file, what is wrong and what
        puts it right. A configuration is checked alone where there is no index yet.
        With --access-as it explains instead, rule by rule, what somebody may do with an entry.
        """
    static let options = Site.options + AccessQuestion.options
    static let examples = [
        "peopled check --config /etc/peopled/peopled.json5",
        "peopled check --access-as anonymous --to uid=ann,ou=People,dc=example,dc=edu --attribute mail --from 192.0.2.7",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        let site = try Site(arguments)
        try arguments.refusePositionals(of: name)
        let isConfigured = try checkConfiguration(arguments.value("--config"), of: site)
        guard IndexStore.holdsIndex(site.configuration.data, files: site.files) else {
            let maker = site.configuration.identityProviders.isEmpty ? "peopled import makes one" : "serve makes one"
            let advice = "\(site.configuration.data) holds no index; \(maker)"
            try site.refuseMissingSuffix()
            guard isConfigured else { throw CommandFailure(.noIndex, advice) }
            try StandardOutput.write("\(advice)\n")
            return .success
        }
        if let question = try AccessQuestion(arguments, site) { return try question.answer(site) }
        // An index that does not open is the checker's to tell of.
        if let store = try? site.openStore(.read) {
            for warning in try site.access(to: store).warnings { StandardError.write("peopled: warning: \(warning)\n") }
        }
        let findings = try IndexStore.check(
            directory: site.configuration.data, schema: site.schema, files: site.files,
            progress: { StandardError.write("checking \($0)\n") })
        for finding in findings { try StandardOutput.write("\(finding)\n") }
        let passwords = try ApplicationPasswords(dataDirectory: site.configuration.data, files: site.files).check()
        for finding in passwords { try StandardOutput.write("\(finding)\n") }
        guard findings.isEmpty, passwords.isEmpty else { return .damagedIndex }
        try StandardOutput.write("\(site.configuration.data) is whole\n")
        return .success
    }

    /// Whether there is a configuration that was found in order.
    private static func checkConfiguration(_ file: String?, of site: Site) throws -> Bool {
        _ = try site.namedAccount
        let settings = try ServerSettings(site)
        for warning in settings.certificateWarnings + (settings.feed?.warnings ?? []) {
            StandardError.write("peopled: warning: \(warning)\n")
        }
        let listeners = settings.server.listeners
        guard let file else { return false }
        try StandardOutput.write("\(file) is in order; clients connect at\n")
        for listener in listeners { try StandardOutput.write("  \(listener.url)\(note(on: listener))\n") }
        for provider in settings.feed?.providers ?? [] {
            try StandardOutput.write("people come from \(provider.entityID), by \(provider.update.rawValue)\n")
        }
        return true
    }

    private static func note(on listener: ListenerPolicy) -> String {
        listener.requiresConfidentiality ? ", passwords over TLS only" : ""
    }
}
