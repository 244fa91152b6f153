/// What a listener secures connections with: its certificate and key, and whose clients' certificates it trusts.
public final class TLSContext: Sendable {
    /// Whether clients are asked for a certificate.
    public enum ClientCertificates: String, Sendable, CaseIterable {
        /// They are not.
        case none
        /// They are; who has none is let in without, who has one that does not verify is not.
        case optional
        /// Nobody is let in without.
        case required
    }

    /// How it is made. Paths are of PEM files.
    public struct Settings: Sendable, Hashable {
        /// The certificate, and behind it the chain up to a root that clients know.
        public var certificate: String
        /// Its key, unencrypted, readable by its owner (and a group) only.
        public var key: String
        /// Whether clients are asked for a certificate.
        public var clientCertificates = ClientCertificates.none
        /// The authorities that clients' certificates are verified against.
        public var clientAuthority: String?
        /// The versions spoken.
        public var versions = TLSVersion.allCases
        /// Names of cipher suites; empty: all that have forward secrecy and authenticated encryption.
        public var ciphers: [String] = []

        /// TLS with a certificate and its key.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What it was made of.
    public let settings: Settings

    /// Reads the files.
    public init(_ settings: Settings) throws(TLSConfigurationError) { self.settings = settings }
}
