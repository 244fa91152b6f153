/// What connections to other servers are secured with: whom to trust, and who we are.
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

    /// Reads the files.
    public init(_ settings: Settings) throws(TLSConfigurationError) { self.settings = settings }
}
