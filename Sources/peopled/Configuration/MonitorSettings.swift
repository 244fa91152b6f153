import CommandLineTools
import LDAPServer
import Schema

extension Configuration {
    /// Who may read cn=Monitor; nil is who may by default.
    struct MonitorSettings: Decodable, Sendable {
        fileprivate var readers: [MonitorReaderSettings]?

        private enum Keys: String, CodingKey, CaseIterable { case readers }

        init() {}

        init(from decoder: any Decoder) throws {
            readers = try decoder.knownKeys(Keys.self).decodeIfPresent([MonitorReaderSettings].self, forKey: .readers)
        }
    }

    /// Sets what names clients, once the schema is known that reads their names.
    ///
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    func applyClients(to server: inout ServerConfiguration, schema: Schema) throws(CommandFailure) {
        server.limits.rules = try limitRules(schema: schema)
        guard let readers = monitor.readers else { return }
        server.monitorReaders.local = false
        server.monitorReaders.subjects = []
        for (index, reader) in readers.enumerated() {
            switch reader {
            case .local: server.monitorReaders.local = true
            case .clients(let settings):
                server.monitorReaders.subjects.append(
                    try clients(settings, key: "monitor.readers[\(index)]", schema: schema))
            }
        }
    }
}

/// `"local"`, or whoever rules can name.
private enum MonitorReaderSettings: Decodable, Sendable {
    case local
    case clients(AccessSubjectSettings)

    init(from decoder: any Decoder) throws {
        if (try? decoder.singleValueContainer().decode(String.self)) == "local" {
            self = .local
        } else {
            self = .clients(try AccessSubjectSettings(from: decoder))
        }
    }
}
