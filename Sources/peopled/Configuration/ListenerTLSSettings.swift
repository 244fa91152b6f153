import CommandLineTools
import Transport

extension Configuration {
    /// How a listener's connections are secured: the keys `certificate`, `key`, `clientCertificates`, `clientAuthority` and
    /// `tls` of a listener. Paths are of PEM files.
    struct ListenerTLSSettings: Sendable, Equatable {
        var certificate: String?
        var key: String?
        /// Whether clients are asked for certificates, and whom to trust for them.
        var clientCertificates = TLSContext.ClientCertificates.none
        var clientAuthority: String?
        var versions = TLSVersion.allCases
        var ciphers: [String] = []
    }
}

extension Configuration.ListenerTLSSettings {
    /// The listener's keys that are about TLS.
    enum Keys: String, CodingKey, CaseIterable {
        case certificate, key, clientCertificates, clientAuthority, tls
    }

    private enum ProtocolKeys: String, CodingKey, CaseIterable { case versions, ciphers }

    /// Reads them from the listener's object, whose keys are known to be right.
    init(listener decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        certificate = try values.decodeIfPresent(String.self, forKey: .certificate)
        key = try values.decodeIfPresent(String.self, forKey: .key)
        clientAuthority = try values.decodeIfPresent(String.self, forKey: .clientAuthority)
        if let name = try values.decodeIfPresent(String.self, forKey: .clientCertificates) {
            clientCertificates = try Self.known(name, key: .clientCertificates, in: values)
        }
        guard values.contains(.tls) else { return }
        let tls = try values.superDecoder(forKey: .tls).knownKeys(ProtocolKeys.self)
        try tls.decode(.ciphers, into: &ciphers)
        if let names = try tls.decodeIfPresent([String].self, forKey: .versions) {
            versions = try names.map { try Self.known($0, key: .versions, in: tls) }
        }
    }

    private static func known<Value: RawRepresentable<String> & CaseIterable, Key>(
        _ name: String, key: Key, in values: KeyedDecodingContainer<Key>
    ) throws -> Value {
        if let value = Value(rawValue: name) { return value }
        let names = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        throw DecodingError.dataCorruptedError(
            forKey: key, in: values, debugDescription: "\"\(name)\" is not one of \(names)")
    }

    /// The paths, made relative to the configuration's folder.
    mutating func resolvePaths(_ resolve: (String) -> String) {
        certificate = certificate.map(resolve)
        key = key.map(resolve)
        clientAuthority = clientAuthority.map(resolve)
    }

    /// Reads the certificate, key and authorities; nil where the listener names none.
    ///
    /// - Parameter isImplicit: whether TLS begins with the connection, which then needs a certificate.
    func context(url: String, isImplicit: Bool) throws(CommandFailure) -> TLSContext? {
        guard let certificate else {
            guard !isImplicit else {
                throw refused(url, "ldaps needs certificate and key, PEM files of the server's own")
            }
            guard key == nil, clientAuthority == nil, clientCertificates == .none else {
                throw refused(url, "key, clientCertificates and clientAuthority need certificate beside them")
            }
            return nil
        }
        guard let key else { throw refused(url, "certificate needs key, the PEM file of its private key") }
        guard clientAuthority == nil || clientCertificates != .none else {
            throw refused(
                url, "clientAuthority is not used unless clientCertificates is \"optional\" or \"required\"")
        }
        var settings = TLSContext.Settings(certificate: certificate, key: key)
        settings.clientCertificates = clientCertificates
        settings.clientAuthority = clientAuthority
        settings.versions = versions
        settings.ciphers = ciphers
        do throws(TLSConfigurationError) {
            return try TLSContext(settings)
        } catch {
            throw refused(url, error.description)
        }
    }

    private func refused(_ url: String, _ reason: String) -> CommandFailure {
        CommandFailure(.refusedInput, "listener \(url): \(reason)")
    }
}
