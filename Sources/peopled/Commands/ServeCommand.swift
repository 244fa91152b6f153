import Administration
import AttributeIndex
import CommandLineTools
import EventLog
import Foundation
import Glibc
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
        publish while it runs is served within a second. Where the configuration names identity providers, their people come
        instead from them: the server makes the directory if there is none, is the only one to write to it while it runs, and
        answers peopled status, changes and resync. SIGHUP reads the configuration again: the log level, the access
        rules and the identity providers change at once, certificates for connections to come, anything else with the next start.
        Started by root, it binds its listeners and becomes the user that
        the configuration names. Under systemd it takes sockets, tells when it is ready, and feeds the watchdog.
        """
    static let options =
        Site.options + [
            .value("--ldif", "FILE", repeatable: true, "import this first, where there is no index yet"),
            .value(
                "--listen", "URL", repeatable: true,
                "ldap://HOST:PORT or ldapi:///PATH, in place of the configuration's listeners"),
            .value("--passwords", "WHEN", "of --listen: encrypted (over TLS and Unix sockets only) or plain (always)"),
            .value("--log-format", "FORMAT", "text or json"),
            .value("--log-level", "LEVEL", "error, warning, info or debug"),
        ]
    static let examples = [
        "peopled serve --ldif ldif/people.ldif --data /tmp/people",
        "peopled serve --config /etc/peopled/peopled.json5",
    ]

    static func run(_ arguments: Arguments) throws -> ExitStatus {
        try arguments.refusePositionals(of: name)
        let signals = SignalWaiter()
        let site = try Site(arguments)
        let logSettings = try ServerSettings.log(site.configuration)
        let log = EventLog(level: logSettings.level, format: logSettings.format)
        let environment = ProcessInfo.processInfo.environment
        let notifier = ServiceNotifier(environment: environment, process: getpid())
        let files = arguments.all("--ldif")
        // What is to be refused is, before anything is touched.
        let feed = try ServerSettings(site).feed
        let account = try site.account
        let listeners = try BoundListeners(
            site.configuration.listeners, pushes: feed?.listener,
            passed: PassedSockets(environment: environment, process: getpid()), owner: account)
        // From here on nothing is read that the server could not read again when it is told to reload.
        try giveUpPrivileges(for: account, site, log, makesData: !files.isEmpty || feed != nil)
        try exitOnBusError(status: ExitStatus.mappedFileLost.rawValue)
        _ = raiseDescriptorLimit()
        if !files.isEmpty { notifier.status("importing") }
        try importIfNew(files, site: site, log: log)
        if feed != nil { try makeDirectoryIfNew(site: site, log: log) }
        let daemon = try Daemon(arguments, site: site, listeners: listeners, log: log, notifier: notifier)
        try StandardOutput.write("ready \(listeners.urls.joined(separator: " "))\n")
        daemon.run(signals)
        return .success
    }

    /// Root binds ports and becomes somebody else; nobody else can.
    private static func giveUpPrivileges(
        for account: Account?, _ site: Site, _ log: EventLog, makesData: Bool
    ) throws {
        let data = site.configuration.data
        if let account {
            if makesData { try Privileges.makeDirectory(data, for: account) }
            let isThere = try site.files.status(of: data) != nil
            try Privileges.become(account)
            log.log(.info, "user-changed", ["user": account.name, "uid": account.user, "gid": account.group])
            guard !isThere || Privileges.mayEnter(data) else {
                let advice = "give it the directory: chown -R \(account.name) \(data)"
                throw CommandFailure(.inputOutput, "the user \"\(account.name)\" may not read \(data); \(advice)")
            }
        } else if Privileges.isRoot {
            log.log(.warning, "running-as-root", ["advice": "name an ordinary user in the configuration, as \"user\""])
        }
        Privileges.forbidNew()
        // To become another user makes the process one that may be dumped again, or not: it depends on the system.
        let areOff = Privileges.forbidCoreDumps()
        log.log(areOff ? .debug : .warning, areOff ? "core-dumps-off" : "core-dumps-on")
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

    /// Identity providers need a directory that their people are put in.
    private static func makeDirectoryIfNew(site: Site, log: EventLog) throws {
        let data = site.configuration.data
        guard !IndexStore.holdsIndex(data, files: site.files) else { return }
        try site.refuseMissingSuffix()
        guard let suffix = site.configuration.suffix else { return }
        try DirectoryTarget.makeEmptyDirectory(in: site.openStore(.replace), schema: site.schema, suffix: suffix)
        log.log(.info, "directory-made", ["data": data, "suffix": suffix])
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
