import Directory
import EventLog
import Glibc
import LDAPServer
import Transport

/// The configuration as the server's parts take it, checked.
struct ServerSettings {
    let addresses: [ListenAddress]
    let server: ServerConfiguration
    let directory: DirectoryConfiguration
    let logLevel: EventLog.Level
    let logFormat: EventLog.Format

    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    init(_ configuration: Configuration) throws(CommandFailure) {
        addresses = try configuration.listeners.map { (listener) throws(CommandFailure) in
            try Self.address(of: listener.url)
        }
        guard let format = EventLog.Format(rawValue: configuration.log.format) else {
            throw CommandFailure(.refusedInput, "log.format: expected text or json")
        }
        guard let level = EventLog.Level(name: configuration.log.level) else {
            let names = EventLog.Level.allCases.map(\.name).joined(separator: ", ")
            throw CommandFailure(.refusedInput, "log.level: expected one of \(names)")
        }
        logFormat = format
        logLevel = level
        server = try Self.server(configuration)
        var directory = DirectoryConfiguration()
        directory.supportedControls = LDAPServer.supportedControls
        directory.supportedExtensions = LDAPServer.supportedExtensions
        directory.monitorContext = LDAPServer.monitorContext
        directory.vendorVersion = CommandLineInterface.version
        self.directory = directory
    }

    private static func server(_ configuration: Configuration) throws(CommandFailure) -> ServerConfiguration {
        let limits = configuration.limits
        var server = ServerConfiguration()
        server.reactorCount = limits.reactors > 0 ? limits.reactors : availableCores
        limits.apply(to: &server)
        server.vendor = "peopled \(CommandLineInterface.version)"
        server.upstream = configuration.upstream
        if configuration.writes == .referral {
            guard let upstream = configuration.upstream else {
                throw CommandFailure(.refusedInput, "writes: \"referral\" needs \"upstream\", the URL to refer to")
            }
            server.referrals = [upstream]
        }
        return server
    }

    private static func address(of url: String) throws(CommandFailure) -> ListenAddress {
        let prefix = "ldap://"
        var rest = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard rest.lowercased().hasPrefix(prefix) else { throw refused(url) }
        rest.removeFirst(prefix.count)
        let hasPort = !rest.hasSuffix("]") && rest.contains(":")
        guard let address = ListenAddress(hasPort ? rest : rest + ":389") else { throw refused(url) }
        return address
    }

    private static func refused(_ url: String) -> CommandFailure {
        CommandFailure(.refusedInput, "listener \(url): expected ldap://HOST:PORT, as in ldap://127.0.0.1:3389")
    }

    private static var availableCores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
