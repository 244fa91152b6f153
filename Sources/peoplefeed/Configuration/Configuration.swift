import CommandLineTools
import CommonInterface
import Foundation

/// `peoplefeed.json5`: what `Config/peoplefeed.json5` shows, commented, in full. Paths are relative to the file's folder.
struct Configuration: Decodable, Sendable {
    /// Who we are.
    var entityID: EntityID
    /// The data directory.
    var data: String
    /// Where service providers connect: `https://HOST:PORT`.
    var listener = "https://127.0.0.1:8443"
    /// What retrieval URLs begin with; nil for the listener's own.
    var baseURL: String?
    /// Our certificate and key, PEM. Service providers know the key.
    var certificate: String
    var key: String
    var registry: RegistrySettings
    var serviceProviders: [ServiceProvider] = []
    var keep = KeepSettings()
    var admin = AdminSettings()
    /// Schema files in OpenLDAP's syntax.
    var schema: [String] = []
    var log = LogSettings()

    struct RegistrySettings: Decodable, Sendable {
        /// A file, or a folder of files named *.ldif.
        var ldif: String
        /// Who somebody is.
        var subject = "eduPersonUniqueId"
        /// Other attributes that service providers may have people named by.
        var otherSubjects: [String] = []
        /// What is taken from it; nil for all but passwords and operational attributes.
        var attributes: [String]?
        /// Names the service providers that somebody belongs to, by entityID.
        var membership = "eduPersonEntitlement"
        /// Percent of the people that one reading may remove.
        var maximumRemoved = 10
    }

    struct ServiceProvider: Decodable, Sendable {
        var entityID: EntityID
        /// SHA-256 of its SubjectPublicKeyInfo, several while it changes its key.
        var keys: [String] = []
        /// PEM files of its certificates, of which the keys count.
        var certificates: [String] = []
        /// What it may have; nil for everything it asks for.
        var attributes: [String]?
        /// Whom it may see; nil for those whose membership attribute names it.
        var population: String?
        var mechanisms = Mechanism.allCases
    }

    struct KeepSettings: Decodable, Sendable {
        /// Days and mebibytes of the journal.
        var journalDays = 30
        var journalMebibytes = 16_384
        /// Hours and mebibytes of a prepared file.
        var fileHours = 24
        var fileMebibytes = 4096
        /// Days and mebibytes of the audit log.
        var auditDays = 365
        var auditMebibytes = 4096
    }

    private enum Keys: String, CodingKey, CaseIterable {
        case entityID, data, listener, baseURL, certificate, key, registry, serviceProviders, keep, admin, schema, log
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        entityID = try values.decode(EntityID.self, forKey: .entityID)
        data = decoder.path(try values.decode(String.self, forKey: .data))
        try values.decode(.listener, into: &listener)
        baseURL = try values.decodeIfPresent(String.self, forKey: .baseURL)
        certificate = decoder.path(try values.decode(String.self, forKey: .certificate))
        key = decoder.path(try values.decode(String.self, forKey: .key))
        registry = try values.decode(RegistrySettings.self, forKey: .registry)
        try values.decode(.serviceProviders, into: &serviceProviders)
        try values.decode(.keep, into: &keep)
        try values.decode(.admin, into: &admin)
        try values.decode(.schema, into: &schema)
        schema = schema.map { decoder.path($0) }
        try values.decode(.log, into: &log)
    }
}

extension Configuration.RegistrySettings {
    private enum Keys: String, CodingKey, CaseIterable {
        case ldif, subject, otherSubjects, attributes, membership, maximumRemoved
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        ldif = decoder.path(try values.decode(String.self, forKey: .ldif))
        try values.decode(.subject, into: &subject)
        try values.decode(.otherSubjects, into: &otherSubjects)
        attributes = try values.decodeIfPresent([String].self, forKey: .attributes)
        try values.decode(.membership, into: &membership)
        try values.decode(.maximumRemoved, into: &maximumRemoved, within: 0...100)
    }
}

extension Configuration.ServiceProvider {
    private enum Keys: String, CodingKey, CaseIterable {
        case entityID, keys, certificates, attributes, population, mechanisms
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        entityID = try values.decode(EntityID.self, forKey: .entityID)
        try values.decode(.keys, into: &keys)
        try values.decode(.certificates, into: &certificates)
        certificates = certificates.map { decoder.path($0) }
        attributes = try values.decodeIfPresent([String].self, forKey: .attributes)
        population = try values.decodeIfPresent(String.self, forKey: .population)
        try values.decode(.mechanisms, into: &mechanisms)
    }
}

extension Configuration.KeepSettings {
    private enum Keys: String, CodingKey, CaseIterable {
        case journalDays, journalMebibytes, fileHours, fileMebibytes, auditDays, auditMebibytes
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.journalDays, into: &journalDays, within: 1...36_500)
        try values.decode(.journalMebibytes, into: &journalMebibytes, within: 1...1_048_576)
        try values.decode(.fileHours, into: &fileHours, within: 1...8_760)
        try values.decode(.fileMebibytes, into: &fileMebibytes, within: 1...1_048_576)
        try values.decode(.auditDays, into: &auditDays, within: 1...36_500)
        try values.decode(.auditMebibytes, into: &auditMebibytes, within: 1...1_048_576)
    }
}
