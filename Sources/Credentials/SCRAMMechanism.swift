/// The digest of a SCRAM mechanism.
public enum SCRAMHash: Sendable, Hashable, CaseIterable {
    /// SCRAM-SHA-256 (RFC 7677).
    case sha256
    /// SCRAM-SHA-512.
    case sha512

    /// The mechanism's name without "-PLUS", which is also the name of the scheme of stored values (RFC 5803).
    public var name: String {
        switch self {
        case .sha256: "SCRAM-SHA-256"
        case .sha512: "SCRAM-SHA-512"
        }
    }

    /// Octets of a key.
    public var length: Int { digest.length }

    var digest: LibCrypto.DigestAlgorithm {
        switch self {
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}

/// A SASL mechanism of the SCRAM family (RFC 5802 section 4).
public struct SCRAMMechanism: Sendable, Hashable {
    /// Its digest.
    public let hash: SCRAMHash
    /// Whether the client must bind the exchange to the TLS channel.
    public let bindsChannel: Bool

    /// A mechanism.
    public init(_ hash: SCRAMHash, bindsChannel: Bool) {
        self.hash = hash
        self.bindsChannel = bindsChannel
    }

    /// The mechanism of a name such as "SCRAM-SHA-256-PLUS", in any case; nil for any other.
    public init?(name: Span<UInt8>) {
        guard name.count <= 24 else { return nil }
        let given = String(decoding: name.copied(), as: UTF8.self).uppercased()
        guard let known = SCRAMMechanism.all.first(where: { $0.name == given }) else { return nil }
        self = known
    }

    /// The mechanisms there are, the one to prefer first.
    public static let all = [true, false].flatMap { bindsChannel in
        [SCRAMHash.sha512, .sha256].map { SCRAMMechanism($0, bindsChannel: bindsChannel) }
    }

    /// As it stands in supportedSASLMechanisms.
    public var name: String { hash.name + (bindsChannel ? "-PLUS" : "") }
}

/// What a server knows of the TLS channel that an exchange may be bound to.
public struct SCRAMChannel: Sendable {
    /// The value of "tls-server-end-point" (RFC 5929): the digest of the server's certificate.
    public var tlsServerEndPoint: [UInt8]?
    /// The value of "tls-exporter" (RFC 9266), 32 octets.
    public var tlsExporter: [UInt8]?
    /// Whether this client was offered a -PLUS mechanism: one that says it was offered none is being deceived.
    public var isBindingOffered: Bool

    /// A channel; without arguments, one that nothing can be bound to.
    public init(tlsServerEndPoint: [UInt8]? = nil, tlsExporter: [UInt8]? = nil, isBindingOffered: Bool = false) {
        self.tlsServerEndPoint = tlsServerEndPoint
        self.tlsExporter = tlsExporter
        self.isBindingOffered = isBindingOffered
    }

    /// The value of a channel binding type by its registered name.
    func value(ofType name: String) -> [UInt8]? {
        switch name {
        case "tls-server-end-point": tlsServerEndPoint
        case "tls-exporter": tlsExporter
        default: nil
        }
    }
}
