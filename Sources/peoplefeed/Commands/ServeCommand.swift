import CommandLineTools
import CommonInterface
import EventLog
import Foundation
import HTTP
import IdentityProvider
import Synchronization
import Transport

/// `peoplefeed serve`: the daemon.
enum ServeCommand: Command {
    static let name = "serve"
    static let usage = "serve --config FILE"
    static let summary = "follow the registry, and answer service providers"
    static let discussion = """
        Reads the registry, follows its changes, answers the calls of the service providers of the configuration and pushes to
        their listeners, until SIGTERM or SIGINT. Prints one line starting with "ready" on standard output once it accepts
        connections. SIGHUP reads the configuration's service providers again: a changed policy flows as changes of everybody
        it affects.
        """
    static let options = Site.options
    static let examples = ["peoplefeed serve --config Config/peoplefeed.json5"]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        var site = try Site(arguments)
        let signals = SignalWaiter()
        let log = EventLog(level: site.logLevel, format: site.logFormat)
        let tls = try context(site.configuration)
        let keys = Mutex(site.keys)
        let provider = try site.open(log: log)
        let registry = RegistryFollower(provider, site, log: log)
        let service = try FeedService(provider, log: log) { digest in
            KeyPin(digest: digest).flatMap { key in keys.withLock { $0.owner(of: key) } }
        }
        var settings = HTTPServerSettings()
        settings.tls = tls
        settings.admits = { service.admits($0) }
        let server = try HTTPServer(settings, log: log, handler: service)
        // First of all, so that no service provider takes an agent that has just started for an empty registry.
        registry.start()
        let bound = try server.listen(on: site.address)
        let pushes = try PushThreads(provider, site, log: log)
        try StandardOutput.write("ready \(bound.map { "https://\($0)" }.joined(separator: " "))\n")
        while signals.next() == SIGHUP {
            do {
                site = try Site(arguments)
                try provider.register(site.providers)
                keys.withLock { [new = site.keys] in $0 = new }
                try pushes.adopt(site)
                log.log(.info, "reloaded", ["providers": site.providers.count])
            } catch {
                log.log(.error, "reload-failed", ["reason": CommandFailure(describing: error).message])
            }
        }
        log.log(.info, "stopping")
        server.drain(within: 5000)
        pushes.stop()
        registry.stop()
        service.stop()
        log.flush()
        return .success
    }

    /// TLS in which each side knows the other by its key.
    static func context(_ configuration: Configuration) throws -> TLSContext {
        var settings = TLSContext.Settings(certificate: configuration.certificate, key: configuration.key)
        settings.takesAnyCertificate = true
        return try TLSContext(settings)
    }
}
