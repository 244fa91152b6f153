import AttributeIndex
import Credentials
import Directory
import EventLog
import Glibc
import LDAPServer
import Provisioning
import Storage
import Transport

/// `peopled serve`: the daemon.
enum ServeCommand: Command {
    static let name = "serve"
    static let usage = "serve [--config FILE] [--data DIR] [--ldif FILE]... [--listen URL]..."
    static let summary = "serve the directory over LDAP"
    static let discussion = """
        Serves the index of the data directory, read-only, until SIGTERM or SIGINT (both finish what is under way and
        end with status 0). Prints one line starting with "ready" on standard output once every listener accepts.
        With --ldif the files are imported first if the data directory holds no index yet. What import and apply
        publish while it runs is served within a second. SIGHUP reads the configuration again: the log level changes
        at once, anything else with the next start.
        """
    static let options =
        Site.options + [
            .value("--ldif", "FILE", repeatable: true, "import this first, where there is no index yet"),
            .value("--listen", "URL", repeatable: true, "ldap://HOST:PORT, in place of the configuration's listeners"),
            .value("--log-format", "FORMAT", "text or json"),
            .value("--log-level", "LEVEL", "error, warning, info or debug"),
        ]
    static let examples = [
        "peopled serve --ldif ldif/people.ldif --data /tmp/people",
        "peopled serve --config /etc/peopled/peopled.json5",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let site = try Site(arguments)
        let settings = try ServerSettings(site.configuration)
        let log = EventLog(level: settings.logLevel, format: settings.logFormat)
        let signals = SignalWaiter()
        try exitOnBusError(status: ExitStatus.mappedFileLost.rawValue)
        try importIfNew(arguments.all("--ldif"), site: site, log: log)
        let store = try site.openStore(.read)
        let directory = try Directory(
            configuration: settings.directory, currentGeneration: { store.currentGeneration() })
        _ = raiseDescriptorLimit()
        var configuration = settings.server
        try site.configuration.applyClients(to: &configuration, schema: site.schema)
        configuration.indexDamaged = { reason in
            log.flush()
            StandardError.write(
                "peopled: \(site.configuration.data) is damaged: \(reason); 'peopled check' says more\n")
            _exit(ExitStatus.damagedIndex.rawValue)
        }
        let verifier = PasswordVerifier()
        for password in try directory.view().passwordSample(limit: 1000) { verifier.prime(with: password.span) }
        let server = try LDAPServer(
            configuration: configuration, directory: directory, verifier: verifier, log: log)
        var bound: [ListenAddress] = []
        for address in settings.addresses { bound += try server.listen(on: address) }
        let follower = try PublicationFollower(store: store, log: log)
        try StandardOutput.write("ready \(bound.map { "ldap://\($0)" }.joined(separator: " "))\n")
        waitForEnd(signals, arguments: arguments, log: log)
        follower.stop()
        server.drain()
        log.flush()
        return .success
    }

    private static func waitForEnd(_ signals: SignalWaiter, arguments: Arguments, log: EventLog) {
        while true {
            let signal = signals.next()
            guard signal == SIGHUP else {
                log.log(.info, "stopping", ["signal": Int(signal)])
                return
            }
            reload(arguments, log)
        }
    }

    /// SIGHUP: a configuration that does not read leaves the one in force.
    private static func reload(_ arguments: Arguments, _ log: EventLog) {
        do {
            log.level = try ServerSettings(Site(arguments).configuration).logLevel
            log.log(.info, "reloaded", ["level": log.level.name])
        } catch {
            log.log(.error, "reload-failed", ["reason": CommandFailure(describing: error).message])
        }
    }

    private static func importIfNew(_ files: [String], site: Site, log: EventLog) throws {
        guard !files.isEmpty else { return }
        guard IndexStore.holdsIndex(site.configuration.data, files: site.files) else {
            try ImportCommand.importFiles(files, site: site, suffix: site.configuration.suffix, isStrict: false)
            return
        }
        let imported = try site.openStore(.read).metadata?.files ?? []
        for file in files where try !isUnchanged(file, among: imported, site.files) {
            log.log(
                .warning, "ldif-differs",
                ["file": file, "advice": "the index was made of another file; peopled import loads this one"])
        }
    }

    private static func isUnchanged(
        _ path: String, among imported: [ImportedFile], _ files: any FileSystem
    ) throws -> Bool {
        guard let status = try files.status(of: path) else {
            throw CommandFailure(.inputOutput, "cannot read \(path): no such file")
        }
        return imported.contains { $0.size == status.size && $0.modified == status.modified }
    }
}
