import LDAPServer
import Schema

extension Configuration {
    /// Who may read cn=Monitor; nil is who may by default.
    struct MonitorSettings: Decodable, Sendable {
        var readers: [ClientSettings]?

        private enum Keys: String, CodingKey, CaseIterable { case readers }

        init() {}

        init(from decoder: any Decoder) throws {
            readers = try decoder.knownKeys(Keys.self).decodeIfPresent([ClientSettings].self, forKey: .readers)
        }
    }

    /// Sets what names clients, once the schema is known that reads their names.
    ///
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    func applyClients(to server: inout ServerConfiguration, schema: Schema) throws(CommandFailure) {
        server.limits.rules = try limitRules(schema: schema)
        guard let readers = monitor.readers else { return }
        server.monitorReaders = []
        for (index, reader) in readers.enumerated() {
            server.monitorReaders.append(
                try reader.selector(
                    key: "monitor.readers[\(index)]", schema: schema, listeners: listeners.map(\.url)))
        }
    }
}
