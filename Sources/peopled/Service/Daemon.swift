import Administration
import AttributeIndex
import CommandLineTools
import Credentials
import Directory
import EventLog
import Glibc
import LDAPServer
import Provisioning
import Storage
import Transport

/// The server as `peopled serve` runs it: a directory that identity providers fill, or that follows what others publish; its
/// listeners, and signals.
struct Daemon {
    private let arguments: Arguments
    private let log: EventLog
    private let notifier: ServiceNotifier
    private let server: LDAPServer
    /// What fills the directory: identity providers, or, without them, other processes that publish.
    private let feed: Feed?
    private let follower: PublicationFollower?
    private let admin: AdminServer?
    private let status: String
    /// Puts the access rules of a configuration in force.
    private let applyAccess: (Site) throws -> Void

    /// Opens the index, and listens once all else is there.
    init(
        _ arguments: Arguments, site: Site, listeners: BoundListeners, log: EventLog, notifier: ServiceNotifier
    ) throws {
        let settings = try ServerSettings(site)
        let store = try site.openStore(settings.feed == nil ? .read : .write, policy: .compactedBeside)
        var content = settings.directory
        content.access = try site.access(to: store, log)
        let directory = try Directory(
            configuration: content, currentGeneration: { store.currentGeneration() })
        try AccountCheck.refuseAccountsOfEntries(settings.server.binds.accounts, in: directory.view())
        let verifier = try site.configuration.binds.passwordVerifier()
        var configuration = settings.server
        let decoys = Self.decoys(of: site, log)
        for password in try directory.view().passwordSample(limit: 1000) {
            verifier.prime(with: password.span)
            decoys?.prime(with: password.span)
        }
        configuration.binds.decoys = decoys
        configuration.binds.applicationPasswords = ApplicationPasswords(
            dataDirectory: site.configuration.data, files: site.files)
        configuration.indexDamaged = Self.endForDamage(of: site.configuration.data, log: log)
        feed = try settings.feed.map { try Feed($0, store: store, site: site, sockets: listeners.pushes, log: log) }
        if let feed { configuration.sourceReports = { feed.controller.statuses.map { SourceReport($0) } } }
        server = try LDAPServer(configuration: configuration, directory: directory, verifier: verifier, log: log)
        try listeners.listen(on: server)
        follower = try feed == nil ? PublicationFollower(store: store, log: log) : nil
        admin = try site.adminServer(store, feed, log)
        if let feed, let settings = settings.feed { try feed.adopt(settings) }
        // Rules name listeners, which stay what they were.
        applyAccess = { [listeners = site.configuration.listeners] changed in
            try directory.replaceAccess(changed.access(to: store, log, listeners: listeners))
        }
        status = "serving on \(listeners.urls.joined(separator: " "))"
        self.arguments = arguments
        self.log = log
        self.notifier = notifier
    }

    /// What unknown names are answered with in SCRAM: the same after a restart, where the data directory can be written to.
    private static func decoys(of site: Site, _ log: EventLog) -> SCRAMDecoys? {
        do throws(ApplicationPasswordError) {
            return try SCRAMDecoys(dataDirectory: site.configuration.data, files: site.files)
        } catch {
            log.log(
                .warning, "scram-secret",
                ["reason": error.description, "effect": "salts of unknown names change with each start"])
            return SCRAMDecoys()
        }
    }

    /// A directory known to be wrong is not served: the process ends with the reason.
    private static func endForDamage(of data: String, log: EventLog) -> @Sendable (String) -> Void {
        { reason in
            log.flush()
            StandardError.write("peopled: \(data) is damaged: \(reason); 'peopled check' says more\n")
            _exit(ExitStatus.damagedIndex.rawValue)
        }
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

    /// SIGHUP: a configuration that does not read leaves the one in force.
    private func reload() {
        notifier.reloading()
        do {
            let site = try Site(arguments)
            let level = try ServerSettings.log(site.configuration).level
            // Everything is read before anything changes.
            let settings = try ServerSettings(site)
            try adopt(settings.feed)
            try applyAccess(site)
            server.reloadCertificates(from: settings.server.listeners)
            log.level = level
            log.log(.info, "reloaded", ["level": log.level.name])
        } catch {
            log.log(.error, "reload-failed", ["reason": CommandFailure(describing: error).message])
        }
        notifier.ready(status)
    }

    private func adopt(_ settings: FeedSettings?) throws {
        guard (settings == nil) == (feed == nil) else {
            throw CommandFailure(
                .refusedInput, "identityProviders: the first of them comes, and the last goes, with the next start")
        }
        if let settings { try feed?.adopt(settings) }
    }

    private func stop(_ signal: Int32) {
        log.log(.info, "stopping", ["signal": Int(signal)])
        notifier.stopping()
        // What is being applied is finished; clients are answered from what there is until the end.
        feed?.stop()
        follower?.stop()
        admin?.stop()
        server.drain()
        log.flush()
    }
}
