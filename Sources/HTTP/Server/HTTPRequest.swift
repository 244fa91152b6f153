public import Transport

/// A request as its handler gets it: the content comes apart, if it is wanted.
public struct HTTPRequest: Sendable {
    /// Method, target and fields.
    public let head: RequestHead
    /// Who asks.
    public let peer: HTTPPeer
    /// Whether content comes with it.
    public let hasContent: Bool

    /// What is wanted.
    public var method: HTTPMethod { head.method }
    /// Of what.
    public var target: RequestTarget { head.target }
    /// The header fields.
    public var fields: HTTPFields { head.fields }
}

/// Who is at the other end of a connection.
public struct HTTPPeer: Sendable, Hashable {
    /// From where, and at which listener.
    public let address: Peer
    /// The number of the listener.
    public let listener: Int
    /// What protects the connection. `peerCertificate` is there only where an authority vouches for it.
    public let security: ConnectionSecurity

    init(_ connection: Connection) {
        address = connection.arrival.peer
        listener = connection.arrival.listener
        security = connection.security
    }

    /// SHA-256 of the public key that the peer has proved to hold; who that is, the registered keys tell, and nothing else.
    public var publicKeyFingerprint: [UInt8]? { security.peerKeyFingerprint }
}
