/// A certificate with its chain and its key, read from their files and checked.
struct TLSIdentity {
    let chain: [LibSSLCertificate]
    let key: LibSSLKey
    private let paths: (certificate: String, key: String)

    /// Our own certificate, which the chain begins with.
    let certificate: LibSSLCertificate

    /// - Parameter mayHaveExpired: where peers know us by our key.
    init(
        certificate path: String, key keyPath: String, mayHaveExpired: Bool = false
    ) throws(TLSConfigurationError) {
        chain = try Self.certificates(path, what: "certificate")
        guard let own = chain.first else { throw Self.noCertificate(path, "certificate") }
        certificate = own
        key = try Self.key(keyPath)
        paths = (path, keyPath)
        guard key.belongs(to: own) else {
            throw TLSConfigurationError(
                "the key \(keyPath) is not that of the certificate \(path)"
                    + (chain.dropFirst().contains { key.belongs(to: $0) }
                        ? ", but that of another one in the file; put that one first" : ""))
        }
        if mayHaveExpired { return }
        if own.daysUntilEnd < 0 {
            throw TLSConfigurationError("the certificate \(path) expired on \(own.end); renew it")
        }
        if own.daysUntilBegin > 0 {
            throw TLSConfigurationError(
                "the certificate \(path) is not valid before \(own.begin); wait, or set the machine's clock right")
        }
    }

    /// What libssl says about certificate and key, with their names.
    func refused(_ reason: TLSConfigurationError) -> TLSConfigurationError {
        TLSConfigurationError("the certificate \(paths.certificate) with the key \(paths.key): \(reason.description)")
    }

    /// The certificates in a PEM file, at least one.
    static func certificates(_ path: String, what: String) throws(TLSConfigurationError) -> [LibSSLCertificate] {
        let found = LibSSLCertificate.all(inPEM: try CredentialFile.read(path, what: what))
        guard !found.isEmpty else { throw noCertificate(path, what) }
        return found
    }

    private static func noCertificate(_ path: String, _ what: String) -> TLSConfigurationError {
        TLSConfigurationError(
            "the \(what) \(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); "
                + "openssl x509 -inform DER makes it of DER")
    }

    private static func key(_ path: String) throws(TLSConfigurationError) -> LibSSLKey {
        var octets = try CredentialFile.read(path, what: "key", isSecret: true)
        defer { LibSSLKey.wipe(&octets) }
        if let key = LibSSLKey(inPEM: octets) { return key }
        LibSSLErrors.clear()
        guard !String(decoding: octets, as: UTF8.self).contains("ENCRYPTED") else {
            throw TLSConfigurationError(
                "the key \(path) is encrypted, and nobody is asked for a password here; "
                    + "openssl pkey -in \(path) writes it without")
        }
        throw TLSConfigurationError("the key \(path) holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)")
    }
}

extension LibSSLContext {
    /// Says who we are.
    func use(_ identity: TLSIdentity) throws(TLSConfigurationError) {
        do throws(TLSConfigurationError) {
            try use(identity.chain, identity.key)
        } catch {
            throw identity.refused(error)
        }
    }
}
