import CommandLineTools
import Foundation
import IdentityProvider

/// `peoplefeed status`: what the data directory says, also beside a server.
enum StatusCommand: Command {
    static let name = "status"
    static let usage = "status --config FILE [--json]"
    static let summary = "show the journal and where each service provider stands"
    static let discussion = """
        Reads the data directory, changes nothing, and may run beside a server. "behind" counts the transactions after the last
        one that a service provider is known to have, also those that do not concern it.
        """
    static let options = Site.options + [.flag("--json", "one JSON object")]
    static let examples = ["peoplefeed status --config Config/peoplefeed.json5 --json"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let site = try Site(arguments)
        let status = try ProviderStatus(directory: site.configuration.data)
        guard !arguments.has("--json") else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try StandardOutput.write(String(decoding: encoder.encode(status), as: UTF8.self) + "\n")
            return .success
        }
        try StandardOutput.write(
            "journal: transactions \(status.prunedTransactionID) to \(status.lastTransactionID), "
                + "\(status.journalOctets) octets\n")
        for provider in status.providers {
            try StandardOutput.write(
                "\(provider.entityID): at \(provider.transactionID), \(provider.behind) behind; "
                    + "\(provider.mechanisms.joined(separator: ", ")), \(provider.attributes) attributes"
                    + (provider.listener.map { "; pushed to \($0)" } ?? "")
                    + provider.files.map { "; \($0)" }.joined() + "\n")
        }
        return .success
    }
}
