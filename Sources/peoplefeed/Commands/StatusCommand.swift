import Administration
import CommandLineTools
import CommonInterface
import Foundation
import IdentityProvider

/// `peoplefeed status`: what the data directory says, also beside a server.
enum StatusCommand: Command {
    static let name = "status"
    static let usage = "status --config FILE [--json]"
    static let summary = "show the journal and where each service provider stands"
    static let discussion = """
        Asks the server that runs, and reads the data directory where none does. It changes nothing. "behind" counts the transactions after the last
        one that a service provider is known to have, also those that do not concern it.
        """
    static let options = Site.options + [.flag("--json", "one JSON object")]
    static let examples = ["peoplefeed status --config Config/peoplefeed.json5 --json"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let site = try Site(arguments)
        let status = try status(site)
        guard !arguments.has("--json") else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try StandardOutput.write(String(decoding: encoder.encode(status), as: UTF8.self) + "\n")
            return .success
        }
        try StandardOutput.write(
            "journal: transactions \(status.prunedTransactionID) to \(status.lastTransactionID), "
                + "\(status.journalOctets) octets\n")
        for provider in status.providers { try StandardOutput.write(line(provider)) }
        return .success
    }

    private static func line(_ provider: ProviderStatus.Provider) -> String {
        var parts = [
            "\(provider.entityID): at \(provider.transactionID), \(provider.behind) behind",
            "\(provider.mechanisms.joined(separator: ", ")), \(provider.attributes) attributes",
        ]
        if let listener = provider.listener { parts.append("pushed to \(listener)") }
        parts += provider.files
        if let push = provider.push { parts.append(describe(push)) }
        return parts.joined(separator: "; ") + "\n"
    }

    private static func status(_ site: Site) throws -> ProviderStatus {
        do throws(AdminClientError) {
            return try AdminClient(path: site.adminSocket).value(ProviderStatus.self, .get, AdminRoutes.status)
        } catch {
            guard error.kind == .notRunning else { throw error }
            return try ProviderStatus(directory: site.configuration.data)
        }
    }

    private static func describe(_ push: PushReport) -> String {
        "\(push.failures) pushes failed"
            + (push.nextAttempt.map { ", next at \(CivilTime.rfc3339(seconds: $0))" } ?? "")
            + (push.reason.map { ": \($0)" } ?? "")
    }
}
