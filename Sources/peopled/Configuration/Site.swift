import AttributeIndex
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
        if !listeners.isEmpty { configuration.listeners = listeners.map(Configuration.Listener.init(url:)) }
        if let format = arguments.value("--log-format") { configuration.log.format = format }
        if let level = arguments.value("--log-level") { configuration.log.level = level }
        self.configuration = configuration
        schema = try Self.schema(from: configuration.schema, files: files)
    }

    /// The data directory, opened with the site's schema.
    func openStore(_ access: IndexStore.Access) throws -> IndexStore {
        try IndexStore.open(directory: configuration.data, schema: schema, access: access, files: files)
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
