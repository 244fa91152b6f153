import Administration
import CommandLineTools
import CommonInterface
import EventLog
import Foundation
import IdentityProvider
import Schema
import Storage
import Transport

/// The configuration as the parts take it, checked.
struct Site {
    let configuration: Configuration
    let schema: Schema
    let settings: ProviderSettings
    let providers: [ServiceProviderSettings]
    let keys: RegisteredKeys
    /// The number of the group whose members may give commands to a server that runs.
    let adminGroup: UInt32?
    let address: ListenAddress
    let logLevel: EventLog.Level
    let logFormat: EventLog.Format

    static let options: [OptionSpecification] = [
        .value("--config", "FILE", "configuration (JSON5), as Config/peoplefeed.json5 shows it")
    ]

    private static let maximumSchemaFile = 16 << 20

    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    init(_ arguments: Arguments) throws {
        guard let path = arguments.value("--config") else {
            throw CommandFailure(.usage, "--config FILE is missing: who we are and what is released has no default")
        }
        configuration = try ConfigurationText.read(Configuration.self, from: path)
        schema = try Self.schema(configuration)
        address = try Self.address(configuration.listener)
        providers = try Self.providers(configuration, schema)
        var keys = RegisteredKeys()
        for provider in providers {
            for key in provider.keys { try keys.register(key, of: provider.entityID) }
        }
        self.keys = keys
        settings = Self.settings(configuration)
        adminGroup = try configuration.admin.group.map { name in
            guard let number = SystemGroup.number(of: name) else {
                throw CommandFailure(.refusedInput, "admin.group: there is no group \"\(name)\" on this machine")
            }
            return number
        }
        guard let level = EventLog.Level(name: configuration.log.level) else {
            throw CommandFailure(.refusedInput, "log.level: expected error, warning, info or debug")
        }
        guard let format = EventLog.Format(rawValue: configuration.log.format) else {
            throw CommandFailure(.refusedInput, "log.format: expected text or json")
        }
        logLevel = level
        logFormat = format
    }

    var normalizer: RecordNormalizer {
        RecordNormalizer(
            subject: configuration.registry.subject, attributes: configuration.registry.attributes, schema: schema)
    }

    /// Where commands reach a server that runs.
    var adminSocket: String { configuration.admin.socket ?? configuration.data + "/admin.socket" }

    var rules: ChangeRecords { ChangeRecords(normalizer: normalizer, schema: schema) }

    /// What of another configuration only another start brings into force, by the keys' names.
    func needingRestart(for next: Site) -> [String] {
        let (old, new) = (configuration, next.configuration)
        var keys: [String] = []
        func compare<Value: Equatable>(_ key: String, _ value: (Configuration) -> Value) {
            if value(old) != value(new) { keys.append(key) }
        }
        compare("entityID") { $0.entityID }
        compare("data") { $0.data }
        compare("listener") { $0.listener }
        compare("admin") { [$0.admin.socket, $0.admin.group] }
        compare("registry.subject") { $0.registry.subject }
        compare("schema") { $0.schema }
        compare("log.format") { $0.log.format }
        return keys
    }

    func open(_ settings: ProviderSettings? = nil, log: EventLog) throws -> IdentityProvider {
        try IdentityProvider(
            directory: configuration.data, schema: schema, settings: settings ?? self.settings, providers: providers,
            log: log, clock: { Int64(Date().timeIntervalSince1970) })
    }

    private static func settings(_ configuration: Configuration) -> ProviderSettings {
        var settings = ProviderSettings()
        settings.subject = configuration.registry.subject
        settings.subjects = configuration.registry.otherSubjects
        settings.membership = configuration.registry.membership
        settings.maximumRemovedPercent = configuration.registry.maximumRemoved
        settings.baseURL = configuration.baseURL ?? configuration.listener
        if settings.baseURL.hasSuffix("/") { settings.baseURL.removeLast() }
        settings.journalLifetime = Int64(configuration.keep.journalDays) * 86_400
        settings.journalLimit = configuration.keep.journalMebibytes << 20
        settings.fileLifetime = Int64(configuration.keep.fileHours) * 3_600
        settings.fileLimit = configuration.keep.fileMebibytes << 20
        settings.auditLifetime = Int64(configuration.keep.auditDays) * 86_400
        settings.auditLimit = configuration.keep.auditMebibytes << 20
        return settings
    }

    private static func providers(
        _ configuration: Configuration, _ schema: Schema
    ) throws -> [ServiceProviderSettings] {
        var known: Set<EntityID> = []
        return try configuration.serviceProviders.enumerated().map { index, provider in
            guard known.insert(provider.entityID).inserted else {
                throw CommandFailure(
                    .refusedInput, "serviceProviders[\(index)]: \(provider.entityID) stands here twice")
            }
            let keys = try pins(provider, "serviceProviders[\(index)]")
            let settings = ServiceProviderSettings(
                entityID: provider.entityID, keys: keys, attributes: provider.attributes,
                population: provider.population, mechanisms: provider.mechanisms)
            do { try settings.check(schema: schema) } catch {
                throw CommandFailure(.refusedInput, "serviceProviders[\(index)]: \(error)")
            }
            return settings
        }
    }

    /// The keys that it may present: those named, and those of the certificates named.
    private static func pins(_ provider: Configuration.ServiceProvider, _ place: String) throws -> [KeyPin] {
        let named = try provider.keys.map { text in
            guard let key = KeyPin(text) else {
                throw CommandFailure(
                    .refusedInput,
                    "\(place).keys: expected \"sha256:\" and 64 hexadecimal digits, as 'peopled keys' shows them")
            }
            return key
        }
        return try named
            + provider.certificates.compactMap { path in
                do throws(TLSConfigurationError) {
                    return KeyPin(digest: try CertificateFile.publicKeyFingerprint(path))
                } catch { throw CommandFailure(.refusedInput, "\(place).certificates: \(error.description)") }
            }
    }

    private static func address(_ url: String) throws -> ListenAddress {
        var rest = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard rest.lowercased().hasPrefix("https://") else { throw refused(url) }
        rest.removeFirst("https://".count)
        guard !rest.isEmpty, !rest.contains("/") else { throw refused(url) }
        let hasPort = !rest.hasSuffix("]") && rest.contains(":")
        guard let address = ListenAddress(hasPort ? rest : rest + ":443") else { throw refused(url) }
        return address
    }

    private static func refused(_ url: String) -> CommandFailure {
        CommandFailure(.refusedInput, "listener: expected https://HOST:PORT, found \(url)")
    }

    private static func schema(_ configuration: Configuration) throws -> Schema {
        guard !configuration.schema.isEmpty else { return .builtIn }
        var definitions = SchemaDefinitions()
        for path in configuration.schema {
            try definitions.add(
                parsing: DiskFileSystem().contents(of: path, limit: maximumSchemaFile), file: path)
        }
        return try Schema.builtIn.adding(definitions)
    }
}
