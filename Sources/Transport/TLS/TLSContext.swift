import Synchronization

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
        /// Whether clients are asked for a certificate that anybody, or nobody, may have issued, for whomever and until whenever: it
        /// brings their key, which the caller compares with those it knows (`ConnectionSecurity.peerKeyFingerprint`). Such a certificate
        /// never is a `peerCertificate`. Not together with `clientCertificates`; and our own may have expired, too.
        public var takesAnyCertificate = false
        /// The versions spoken.
        public var versions = TLSVersion.allCases
        /// Names of cipher suites, OpenSSL's or the registry's; empty: all that have forward secrecy and authenticated encryption.
        public var ciphers: [String] = []

        /// TLS with a certificate and its key.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Days before a certificate's end from which on there is a warning.
    public static let expiryWarningDays = 30

    /// What handshakes are begun with now: those under way, and connections, keep what they began with.
    private let state: Mutex<State>

    private struct State {
        var context: LibSSLContext
        var settings: Settings
        var certificate: LibSSLCertificate
    }

    /// Reads the files.
    ///
    /// - Throws: where one is missing or cannot be read, where the certificate is not valid now, where the key is encrypted, is not
    ///   the certificate's, or is open to others, where a version or cipher is not known.
    public init(_ settings: Settings) throws(TLSConfigurationError) {
        state = Mutex(try Self.load(settings))
    }

    /// Begins handshakes as `other` does from now on. Sessions of earlier handshakes go on, but are not resumed: what they rest
    /// on may be trusted no more.
    public func adopt(_ other: TLSContext) {
        let adopted = other.state.withLock { $0 }
        state.withLock { $0 = adopted }
    }

    /// What it was made of.
    public var settings: Settings { state.withLock { $0.settings } }

    /// What an administrator should know while all is still well; nil where there is nothing.
    public var warning: String? {
        let (path, certificate) = state.withLock { ($0.settings.certificate, $0.certificate) }
        let days = certificate.daysUntilEnd
        guard days < Double(Self.expiryWarningDays) else { return nil }
        let when = days < 0 ? "has expired" : "expires in \(Int(days)) days"
        return "the certificate \(path) \(when), on \(certificate.end); renew it and send SIGHUP"
    }

    var current: LibSSLContext { state.withLock { $0.context } }

    private static func load(_ settings: Settings) throws(TLSConfigurationError) -> State {
        let context = try LibSSLContext(isServer: true)
        try context.use(settings.versions, CipherSuites(names: settings.ciphers, for: settings.versions))
        let identity = try TLSIdentity(
            certificate: settings.certificate, key: settings.key, mayHaveExpired: settings.takesAnyCertificate)
        try context.use(identity)
        try askForCertificates(context, settings)
        context.setSessionContext(Array("peopled".utf8))
        return State(context: context, settings: settings, certificate: identity.certificate)
    }

    private static func askForCertificates(
        _ context: LibSSLContext, _ settings: Settings
    ) throws(TLSConfigurationError) {
        if settings.takesAnyCertificate {
            guard settings.clientCertificates == .none else {
                throw TLSConfigurationError(
                    "clients' certificates are either verified or taken for their keys, not both")
            }
            return context.takeAnyCertificate()
        }
        guard settings.clientCertificates != .none else { return }
        guard let path = settings.clientAuthority else {
            throw TLSConfigurationError(
                "clientCertificates \"\(settings.clientCertificates)\" needs clientAuthority, the file of whom to trust"
            )
        }
        context.askForCertificates(
            of: try TLSIdentity.certificates(path, what: "clientAuthority"),
            isRequired: settings.clientCertificates == .required)
    }
}
