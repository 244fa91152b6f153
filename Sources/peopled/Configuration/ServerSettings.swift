import CommandLineTools
import Directory
import EventLog
import Glibc
import LDAPServer
import Transport

/// The configuration as the server's parts take it, checked: what `serve` would refuse, `check` refuses by making this.
struct ServerSettings {
    let server: ServerConfiguration
    let directory: DirectoryConfiguration
    /// Nil where no identity provider is configured.
    let feed: FeedSettings?

    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    init(_ site: Site) throws(CommandFailure) {
        _ = try Self.log(site.configuration)
        server = try Self.server(site)
        feed = try FeedSettings(site.configuration, schema: site.schema)
        try site.configuration.checkAdmin()
        var directory = DirectoryConfiguration()
        directory.supportedControls = LDAPServer.supportedControls
        directory.supportedExtensions = LDAPServer.supportedExtensions(of: server)
        directory.supportedSASLMechanisms = server.binds.publishedMechanisms
        directory.monitorContext = LDAPServer.monitorContext
        directory.vendorVersion = CommandLineInterface.version
        self.directory = directory
    }

    /// What is logged, and how.
    static func log(
        _ configuration: Configuration
    ) throws(CommandFailure) -> (level: EventLog.Level, format: EventLog.Format) {
        guard let format = EventLog.Format(rawValue: configuration.log.format) else {
            throw CommandFailure(.refusedInput, "log.format: expected text or json")
        }
        guard let level = EventLog.Level(name: configuration.log.level) else {
            let names = EventLog.Level.allCases.map(\.name).joined(separator: ", ")
            throw CommandFailure(.refusedInput, "log.level: expected one of \(names)")
        }
        return (level, format)
    }

    private static func server(_ site: Site) throws(CommandFailure) -> ServerConfiguration {
        let configuration = site.configuration
        let limits = configuration.limits
        var server = ServerConfiguration()
        server.reactorCount = limits.reactors > 0 ? limits.reactors : availableCores
        limits.apply(to: &server)
        server.vendor = "peopled \(CommandLineInterface.version)"
        try configuration.applyClients(to: &server, schema: site.schema)
        server.listeners = try configuration.listeners.map { (listener) throws(CommandFailure) in
            try listener.policy()
        }
        server.binds = try BindPolicy(configuration, schema: site.schema)
        server.upstream = configuration.upstream
        if configuration.writes == .referral {
            guard let upstream = configuration.upstream else {
                throw CommandFailure(.refusedInput, "writes: \"referral\" needs \"upstream\", the URL to refer to")
            }
            server.referrals = [upstream]
        }
        return server
    }

    /// What is to be said of certificates that are still good.
    var certificateWarnings: [String] { server.listeners.compactMap(\.tls?.warning) }

    private static var availableCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
