/// What connections to other servers are secured with: whom to trust, and who we are. TLS 1.2 and 1.3.
public final class TLSClientContext: Sendable {
    /// How it is made.
    public struct Settings: Sendable, Hashable {
        /// A PEM file of the authorities that servers' certificates are verified against; nil: the system's.
        public var authorities: String?
        /// A PEM file with our certificate and its chain, for servers that ask for one.
        public var certificate: String?
        /// A PEM file with its key.
        public var key: String?
        /// SHA-256 of the public keys (SubjectPublicKeyInfo) that the server may have; empty: any that verifies.
        public var pinnedPublicKeys: [[UInt8]] = []

        /// Servers verified against the system's authorities, and no certificate of our own.
        public init() {}
    }

    /// What it was made of.
    public let settings: Settings
    let context: LibSSLContext

    /// Reads the files.
    ///
    /// - Throws: where one is missing, cannot be read or holds nothing of use, or where there is a certificate without a key.
    public init(_ settings: Settings) throws(TLSConfigurationError) {
        self.settings = settings
        context = try LibSSLContext(isServer: false)
        try context.use(TLSVersion.allCases, .standard)
        context.verifyServers()
        if let path = settings.authorities {
            for authority in try TLSIdentity.certificates(path, what: "file of authorities") {
                context.trust(authority)
            }
        } else if !context.trustSystem() {
            throw TLSConfigurationError("the system's authorities cannot be read; name a file of those to trust")
        }
        switch (settings.certificate, settings.key) {
        case (nil, nil): break
        case (let certificate?, let key?): try context.use(TLSIdentity(certificate: certificate, key: key))
        case (_?, nil): throw TLSConfigurationError("there is a certificate without a key")
        case (nil, _?): throw TLSConfigurationError("there is a key without a certificate")
        }
    }
}
