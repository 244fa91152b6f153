import Administration
import CommandLineTools
import EventLog
import Foundation
import Glibc

/// `peoplefeed serve`: the daemon.
enum ServeCommand: Command {
    static let name = "serve"
    static let usage = "serve --config FILE"
    static let summary = "follow the registry, and answer service providers"
    static let discussion = """
        Reads the registry, follows its changes, answers the calls of the service providers of the configuration and pushes to
        their listeners, until SIGTERM or SIGINT. Prints one line starting with "ready" on standard output once it accepts
        connections. SIGHUP reads the configuration again: certificate and key, service providers and their keys, the registry's
        place and attributes, what is kept, and the log's level; a changed policy flows as changes of everybody it affects. What
        takes another start is named in the log.
        """
    static let options = Site.options
    static let examples = ["peoplefeed serve --config Config/peoplefeed.json5"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let site = try Site(arguments)
        let signals = SignalWaiter()
        let log = EventLog(level: site.logLevel, format: site.logFormat)
        let notifier = ServiceNotifier(environment: ProcessInfo.processInfo.environment, process: getpid())
        let daemon = try FeedDaemon(arguments, site, log: log, notifier: notifier)
        try StandardOutput.write("ready \(daemon.urls.joined(separator: " "))\n")
        daemon.run(signals)
        return .success
    }
}
