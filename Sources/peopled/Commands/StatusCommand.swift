import Administration
import CommandLineTools
import Foundation
import Provisioning

/// `peopled status`: how the identity providers of a running server are doing.
enum StatusCommand: Command {
    static let name = "status"
    static let usage = "status [--config FILE] [--json]"
    static let summary = "show where each identity provider's people stand, as the running server knows it"
    static let discussion = """
        Asks the running server over its admin socket, and changes nothing. BEHIND is how long ago it was last known that nothing
        was missing. PHASE says what is being done:
          starting    nothing came yet
          snapshot    everybody is fetched or applied
          following   changes come as configured
          retrying    a call failed and is tried again soon
          suspended   calls failed again and again; one is made now and then
          held        too many people would go: 'peopled resync IDP --accept' or '--discard' decides
          failed      it needs somebody's doing; the reason is shown
        With --json there is one object: version, started, suffix, entries, and sources with entityID, phase, update, position,
        people, refused, lastSuccess, lag, lastSnapshot, nextAttempt, failures, failure, heldRemovals and withheld; what is not
        known is left out, moments are seconds since 1970.
        """
    static let options = ServerOfSite.options + [.flag("--json", "one JSON object")]
    static let examples = ["peopled status --config /etc/peopled/peopled.json5"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let status = try ServerOfSite(arguments).ask(ServerStatus.self, .get, "/v1/status")
        guard !arguments.has("--json") else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            try StandardOutput.write(String(decoding: encoder.encode(status), as: UTF8.self) + "\n")
            return .success
        }
        try StandardOutput.write(
            "\(status.suffix): \(status.entries) entries, served since \(Moment.text(status.started))\n")
        guard !status.sources.isEmpty else {
            try StandardOutput.write("no identity provider is configured\n")
            return .success
        }
        try StandardOutput.write(table(status.sources))
        for source in status.sources {
            for remark in remarks(source) { try StandardOutput.write("\(source.entityID): \(remark)\n") }
        }
        return .success
    }

    private static func table(_ sources: [SourceStatus]) -> String {
        var table = TextTable(["IDENTITY PROVIDER", "PHASE", "BY", "PEOPLE", "REFUSED", "BEHIND", "POSITION"])
        for source in sources {
            table.append([
                source.entityID, source.phase.rawValue, source.update, "\(source.people)", "\(source.refused)",
                source.lag.map(duration) ?? "-", source.position ?? "-",
            ])
        }
        return table.text
    }

    /// What else is to be known of a source.
    private static func remarks(_ source: SourceStatus) -> [String] {
        var remarks: [String] = []
        if let failure = source.failure {
            let next = source.nextAttempt.map { "; next attempt at \(Moment.text($0))" } ?? ""
            remarks.append("\(source.failures) failures, the last: \(failure)\(next)")
        }
        if let removals = source.heldRemovals {
            remarks.append(
                "held: \(removals) of \(source.people) people would go; peopled resync \(source.entityID) --accept or --discard"
            )
        }
        if source.refused > 0 { remarks.append("peopled changes --errors says who was refused and why") }
        if !source.withheld.isEmpty {
            remarks.append("its policy holds back: \(source.withheld.joined(separator: ", "))")
        }
        return remarks
    }

    /// Seconds, as "12 s", "3 min", "5 h" or "2 d".
    private static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
