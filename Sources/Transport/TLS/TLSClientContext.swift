/// What connections to other servers are secured with: whom to trust, and who we are. TLS 1.2 and 1.3.
public final class TLSClientContext: Sendable {
    /// What makes a server's certificate a good one.
    public enum Verification: Sendable, Hashable {
        /// An authority that is trusted issued it, for the server's name, and it is valid now.
        case authority
        /// It has a pinned key. Who issued it, for whom and until when counts for nothing; and our own may have expired, too.
        case pinnedKey
        /// It has a pinned key, and is for the server's name.
        case pinnedKeyAndName
    }

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
        /// What a server's certificate must be, beside having one of the pinned keys.
        public var verification = Verification.authority

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
        try trust()
        switch (settings.certificate, settings.key) {
        case (nil, nil): break
        case (let certificate?, let key?):
            let mayHaveExpired = settings.verification != .authority
            try context.use(TLSIdentity(certificate: certificate, key: key, mayHaveExpired: mayHaveExpired))
        case (_?, nil): throw TLSConfigurationError("there is a certificate without a key")
        case (nil, _?): throw TLSConfigurationError("there is a key without a certificate")
        }
    }

    private func trust() throws(TLSConfigurationError) {
        guard settings.verification == .authority else {
            guard !settings.pinnedPublicKeys.isEmpty else {
                throw TLSConfigurationError("servers are to be known by their keys, and no key is named")
            }
            return context.takeAnyCertificate()
        }
        context.verifyServers()
        if let path = settings.authorities {
            for authority in try TLSIdentity.certificates(path, what: "file of authorities") {
                context.trust(authority)
            }
        } else if !context.trustSystem() {
            throw TLSConfigurationError("the system's authorities cannot be read; name a file of those to trust")
        }
    }
}
