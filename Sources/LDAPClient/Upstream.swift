public import Transport

/// Another LDAP server, and how it is reached.
public struct Upstream: Sendable {
    /// How the connection is protected.
    public enum Security: Sendable {
        /// TLS from the beginning.
        case ldaps(TLSClientContext)
        /// TLS by StartTLS before anything else; without it nothing is asked.
        case startTLS(TLSClientContext)
        /// None: for the loopback only.
        case none
    }

    /// A name, which the certificate must be for, or an address.
    public var host: String
    /// The TCP port.
    public var port: UInt16
    /// How the connection is protected.
    public var security: Security
    /// Milliseconds that one operation may take, with the connection that it needs.
    public var timeout: UInt64
    /// Connections at the same time, those that wait to be used again included.
    public var connections: Int

    /// A server.
    public init(
        host: String, port: UInt16, security: Security, timeout: UInt64 = 5_000, connections: Int = 8
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.timeout = timeout
        self.connections = connections
    }
}
