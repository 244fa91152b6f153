import Administration
import CommandLineTools
import CommonInterface
import EventLog
import Glibc
import HTTP
import IdentityProvider
import Synchronization
import Transport

/// The agent as `peoplefeed serve` runs it: it follows the registry, answers service providers and commands, and pushes.
final class FeedDaemon {
    /// What requests are judged by, and a reload replaces.
    private final class Current: Sendable {
        let keys: Mutex<RegisteredKeys>
        let rules: Mutex<ChangeRecords>

        init(_ site: Site) {
            keys = Mutex(site.keys)
            rules = Mutex(site.rules)
        }
    }

    private let arguments: Arguments
    private var site: Site
    private let log: EventLog
    private let notifier: ServiceNotifier
    private let tls: TLSContext
    private let current: Current
    private let provider: IdentityProvider
    private let registry: RegistryFollower
    private let service: FeedService
    private let server: HTTPServer
    private let admin: AdminServer
    private let pushes: PushThreads
    /// Where it serves.
    let urls: [String]

    /// Reads the registry, then listens.
    init(_ arguments: Arguments, _ site: Site, log: EventLog, notifier: ServiceNotifier) throws {
        self.arguments = arguments
        self.site = site
        self.log = log
        self.notifier = notifier
        let tls = try Self.tls(site.configuration)
        self.tls = tls
        if let warning = tls.warning { log.log(.warning, "certificate", ["reason": warning]) }
        let current = Current(site)
        self.current = current
        let provider = try site.open(log: log)
        self.provider = provider
        registry = RegistryFollower(provider, site, log: log)
        let service = try FeedService(provider, log: log) { digest in
            KeyPin(digest: digest).flatMap { key in current.keys.withLock { $0.owner(of: key) } }
        }
        self.service = service
        var settings = HTTPServerSettings()
        settings.tls = tls
        settings.admits = { service.admits($0) }
        server = try HTTPServer(settings, log: log, handler: service)
        // First of all, so that no service provider takes an agent that has just started for an empty registry.
        notifier.status("reading the registry")
        registry.start()
        admin = try AdminServer(
            path: site.adminSocket, allowedGroup: site.adminGroup, log: log,
            routes: AdminRoutes.all(provider, log: log) { current.rules.withLock { $0 } })
        urls = try server.listen(on: site.address).map { "https://\($0)" }
        pushes = try PushThreads(provider, site, log: log)
    }

    /// TLS in which each side knows the other by its key.
    static func tls(_ configuration: Configuration) throws -> TLSContext {
        var settings = TLSContext.Settings(certificate: configuration.certificate, key: configuration.key)
        settings.takesAnyCertificate = true
        return try TLSContext(settings)
    }

    /// Serves until a signal ends it.
    func run(_ signals: SignalWaiter) {
        notifier.ready(status)
        while true {
            switch signals.next(within: notifier.watchdogInterval) {
            case nil: server.afterEachReactorTurned { [notifier] in notifier.alive() }
            case SIGHUP: reload()
            case let signal?: return stop(signal)
            }
        }
    }

    private var status: String { "serving on \(urls.joined(separator: " "))" }

    /// SIGHUP: a configuration that does not read leaves the one in force.
    private func reload() {
        notifier.reloading()
        do {
            // Everything is read before anything changes.
            let next = try Site(arguments)
            let tls = try Self.tls(next.configuration)
            let pushing = try PushThreads.clients(next)
            let waiting = site.needingRestart(for: next)
            let settings = site.configuration.data == next.configuration.data ? next.settings : nil
            try provider.register(next.providers, settings: settings)
            self.tls.adopt(tls)
            current.keys.withLock { $0 = next.keys }
            // Who people are takes another start, and so does what depends on it.
            if !waiting.contains("registry.subject"), !waiting.contains("schema") {
                current.rules.withLock { $0 = next.rules }
                registry.adopt(next)
            }
            pushes.adopt(next, pushing)
            log.level = next.logLevel
            log.log(.info, "reloaded", ["providers": next.providers.count, "level": log.level.name])
            if !waiting.isEmpty {
                log.log(
                    .warning, "restart-needed",
                    ["keys": waiting.joined(separator: " "), "reason": "a changed value takes another start"])
            }
            // What still waits for a restart is told of again by the next reload.
            if waiting.isEmpty { site = next }
        } catch {
            log.log(.error, "reload-failed", ["reason": CommandFailure(describing: error).message])
        }
        notifier.ready(status)
    }

    private func stop(_ signal: Int32) {
        log.log(.info, "stopping", ["signal": Int(signal)])
        notifier.stopping()
        admin.stop()
        server.drain(within: 5000)
        pushes.stop()
        registry.stop()
        service.stop()
        log.flush()
    }
}
