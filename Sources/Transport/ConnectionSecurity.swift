/// What protects a connection, and who the peer has proved to be.
public struct ConnectionSecurity: Sendable, Hashable {
    /// The security strength factor: 0 in the clear, 71 over a Unix socket, the bits of the cipher's key under TLS.
    public var strength: Int
    /// "TLSv1.2" or "TLSv1.3"; empty without TLS.
    public var protocolName: String
    /// The cipher's name in the registry, "TLS_AES_256_GCM_SHA384"; empty without TLS.
    public var cipherName: String
    /// The client's certificate, where it gave one that verified.
    public var peerCertificate: PeerCertificate?
    /// SHA-256 of the public key (SubjectPublicKeyInfo) that the peer has proved to hold. Nobody need have vouched for it: where
    /// certificates are taken for their keys alone (`TLSContext.Settings.takesAnyCertificate`) this is all that is known.
    public var peerKeyFingerprint: [UInt8]?

    /// Security from its parts.
    public init(
        strength: Int, protocolName: String = "", cipherName: String = "", peerCertificate: PeerCertificate? = nil,
        peerKeyFingerprint: [UInt8]? = nil
    ) {
        self.strength = strength
        self.protocolName = protocolName
        self.cipherName = cipherName
        self.peerCertificate = peerCertificate
        self.peerKeyFingerprint = peerKeyFingerprint
    }

    /// Whether TLS is on.
    public var isTLS: Bool { !protocolName.isEmpty }

    /// No protection.
    public static let none = ConnectionSecurity(strength: 0)
    /// A Unix socket: what passes leaves the kernel nowhere. OpenLDAP's number.
    public static let local = ConnectionSecurity(strength: 71)
}

/// Which property of a TLS connection ties an authentication to it (RFC 5056).
public enum ChannelBinding: Sendable, Hashable, CaseIterable {
    /// The hash of the server's certificate (RFC 5929 section 4).
    case tlsServerEndPoint
    /// Keying material of the connection (RFC 9266).
    case tlsExporter

    /// The name in the registry, as SCRAM's gs2-header has it.
    public var name: String {
        switch self {
        case .tlsServerEndPoint: "tls-server-end-point"
        case .tlsExporter: "tls-exporter"
        }
    }
}
