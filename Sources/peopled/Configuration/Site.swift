import AttributeIndex
import CommandLineTools
import Schema
import Storage

/// The configuration in force for one command: the file, overridden by options, and the schema it names.
struct Site {
    let configuration: Configuration
    let schema: Schema
    let files: any FileSystem = DiskFileSystem()

    /// The options that every command takes.
    static let options: [OptionSpecification] = [
        .value("--config", "FILE", "configuration (JSON5); without it, the defaults"),
        .value("--data", "DIR", "the data directory, over the configuration's"),
        .value("--schema", "FILE", repeatable: true, "a schema file in OpenLDAP's syntax, after the configuration's"),
    ]

    init(_ arguments: Arguments) throws {
        var configuration = try arguments.value("--config").map { try Configuration(file: $0) } ?? Configuration()
        if let data = arguments.value("--data") { configuration.data = data }
        configuration.schema += arguments.all("--schema")
        let listeners = arguments.all("--listen")
        let passwords = try Self.passwords(arguments.value("--passwords"), isNeeded: !listeners.isEmpty)
        if !listeners.isEmpty {
            configuration.listeners = listeners.map { Configuration.Listener(url: $0, passwords: passwords) }
        }
        if let format = arguments.value("--log-format") { configuration.log.format = format }
        if let level = arguments.value("--log-level") { configuration.log.level = level }
        self.configuration = configuration
        schema = try Self.schema(from: configuration.schema, files: files)
    }

    private static func passwords(
        _ text: String?, isNeeded: Bool
    ) throws(CommandFailure) -> Configuration.PasswordTransport? {
        guard let text else { return nil }
        guard isNeeded else { throw CommandFailure(.usage, "--passwords says what holds for --listen; there is none") }
        guard let known = Configuration.PasswordTransport(rawValue: text) else {
            throw CommandFailure(.usage, "--passwords \(text): expected encrypted or plain")
        }
        return known
    }

    /// The user that the configuration names; nil where it names none.
    ///
    /// - Throws: a `CommandFailure` where there is no such user, or it is root again.
    var namedAccount: Account? {
        get throws(CommandFailure) {
            guard let name = configuration.user else {
                guard configuration.group == nil else {
                    throw CommandFailure(.refusedInput, "group: it goes with \"user\", which is missing")
                }
                return nil
            }
            let account = try Account(user: name, group: configuration.group)
            guard account.user != 0 else {
                throw CommandFailure(.refusedInput, "user: \"\(name)\" is root; name an ordinary user")
            }
            return account
        }
    }

    /// Whom root is to become, or to make files for; nil where this process is that user already.
    ///
    /// - Throws: a `CommandFailure` as `namedAccount`, and where only root could become the user.
    var account: Account? {
        get throws(CommandFailure) {
            guard let account = try namedAccount, !Privileges.isUser(account) else { return nil }
            let name = account.name
            guard Privileges.isRoot else {
                throw CommandFailure(
                    .refusedInput,
                    "user: only root can become \"\(name)\"; start as root, as \"\(name)\", or leave \"user\" out")
            }
            return account
        }
    }

    /// The data directory, opened with the site's schema. Where root makes it, it is for the user that serves from it if one is
    /// named, and otherwise root's, whoever has the directory above it. What is made in it later is its owner's.
    func openStore(_ access: IndexStore.Access, policy: StorePolicy = StorePolicy()) throws -> IndexStore {
        if access == .replace, Privileges.isRoot {
            try Privileges.makeDirectory(configuration.data, for: account)
        }
        do throws(StoreError) {
            return try IndexStore.open(
                directory: configuration.data, schema: schema, access: access, files: files, policy: policy)
        } catch {
            guard error.code == .locked else { throw error }
            throw CommandFailure(
                .locked,
                "\(error.description). A server whose configuration names identityProviders is the only one to write there while "
                    + "it runs: stop it first, or have the change made at the identity provider")
        }
    }

    /// Where there is no index yet and none is imported, identity providers' people need to know where they are put.
    func refuseMissingSuffix() throws(CommandFailure) {
        guard configuration.suffix == nil, !configuration.identityProviders.isEmpty else { return }
        throw CommandFailure(
            .refusedInput,
            "suffix: it is missing, and \(configuration.data) holds no index to take it from; write the name under which people "
                + "are served, as in suffix: \"dc=example,dc=edu\"")
    }

    /// The built-in schema and the site's own files, read in order.
    private static func schema(from paths: [String], files: any FileSystem) throws -> Schema {
        guard !paths.isEmpty else { return .builtIn }
        var definitions = SchemaDefinitions()
        for path in paths {
            try definitions.add(parsing: files.contents(of: path, limit: maximumSchemaFile), file: path)
        }
        return try Schema.builtIn.adding(definitions)
    }

    /// Octets; OpenLDAP's largest is below 100 KiB.
    private static let maximumSchemaFile = 16 << 20
}
