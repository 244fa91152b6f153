import Administration
import CommandLineTools
import Foundation
import Provisioning

/// `peopled changes`: what happened to people and to identity providers.
enum ChangesCommand: Command {
    static let name = "changes"
    static let usage = "changes [--config FILE] [--follow] [--errors] [--last N | --after NUMBER] [--json]"
    static let summary = "show what identity providers changed, and what went wrong"
    static let discussion = """
        Asks the running server over its admin socket. Each event has a number, also after a restart one higher than the one
        before it; where numbers are missing, events were lost. The newest are kept, in some 32 MB. KIND is
          added, modified, removed, refused      of a person: attributes by name, and why somebody was refused
          snapshot, changelog                    of an identity provider: a delivery was applied
          held, accepted, discarded              of one that would remove too many people
          resync, failed                         something was missing, so everybody is fetched; a call failed for good
        Values of attributes are never shown. With --json each event is an object on a line of its own: number, time (seconds
        since 1970), kind, source, and where there are any transactionID, dn, formerDN, attributes, counts and reason.
        """
    static let options =
        ServerOfSite.options + [
            .flag("--follow", "go on with what happens, until interrupted"),
            .flag("--errors", "only refused, held, resync and failed"),
            .value("--last", "N", "begin with so many of the newest; default 50"),
            .value("--after", "NUMBER", "begin behind the event with this number"),
            .flag("--json", "one JSON object an event"),
        ]
    static let examples = [
        "peopled changes --follow --config /etc/peopled/peopled.json5", "peopled changes --errors --last 1000",
    ]

    /// Seconds for which a following command has its question wait.
    private static let wait = 25
    /// Events of one answer.
    private static let page = 1000

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let server = try ServerOfSite(arguments)
        var printer = ChangePrinter(isJSON: arguments.has("--json"))
        let errors = arguments.has("--errors") ? "&errors=true" : ""
        var last: UInt64
        if let after = try number("--after", arguments) {
            guard arguments.value("--last") == nil else {
                throw CommandFailure(.usage, "--last and --after exclude each other")
            }
            last = after
        } else {
            let count = try number("--last", arguments) ?? 50
            last = try printer.show(server.octets(.get, "/v1/changes?limit=\(count)\(errors)"))
            if !arguments.has("--follow") { return .success }
        }
        var isGone = false
        while true {
            let waiting = arguments.has("--follow") ? "&wait=\(wait)" : ""
            do {
                let answer = try server.octets(.get, "/v1/changes?after=\(last)&limit=\(page)\(errors)\(waiting)")
                let next = try printer.show(answer)
                if !arguments.has("--follow"), next <= last { return .success }
                (last, isGone) = (next, false)
            } catch let failure as CommandFailure where arguments.has("--follow") && isPassing(failure) {
                if !isGone { StandardError.write("peopled: \(failure.message); waiting for it\n") }
                isGone = true
                Thread.sleep(forTimeInterval: 1)
            }
        }
    }

    /// A server that is started again is waited for, by those who follow it.
    private static func isPassing(_ failure: CommandFailure) -> Bool {
        failure.status == .notRunning || failure.status == .inputOutput
    }

    private static func number(_ option: String, _ arguments: Arguments) throws(CommandFailure) -> UInt64? {
        guard let text = arguments.value(option) else { return nil }
        guard let number = UInt64(text) else { throw CommandFailure(.usage, "\(option) \(text): expected a number") }
        return number
    }
}
