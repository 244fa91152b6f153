public import Transport

/// How an HTTP server behaves. Times are in milliseconds.
public struct HTTPServerSettings: Sendable {
    /// What connections are secured with; nil: nothing.
    public var tls: TLSContext?
    /// Whom requests are taken from, asked anew with each; all others get 403 and are closed. It is called on reactors, and must
    /// not wait.
    public var admits: @Sendable (HTTPPeer) -> Bool = { _ in true }
    /// How large heads may be.
    public var limits = MessageLimits()
    /// Connections above which requests are answered with 503; twice as many, and they are closed unheard.
    public var maximumConnections = 512
    /// Connections of one address above which further ones are closed unheard; the first 64 bits of an IPv6 address count.
    public var maximumConnectionsOfAddress = 64
    /// Requests at work above which others are answered with 503.
    public var maximumRequests = 256
    /// What Retry-After says with 503, in seconds.
    public var retryAfter = 5
    /// Without a request; before the first, no longer than for a head.
    public var idleTimeout: UInt64 = 60_000
    /// From a head's first octet to its last.
    public var headTimeout: UInt64 = 10_000
    /// How long content, or a client that takes a file, may be waited for in all, beyond what `minimumRate` allows for it.
    public var contentTimeout: UInt64 = 20_000
    /// Octets a second that a client must send of its content, or take of a file, on average; beyond `contentTimeout`.
    public var minimumRate: UInt64 = 1024
    /// Without the client taking any of an answer.
    public var writeTimeout: UInt64 = 60_000
    /// For a TLS handshake.
    public var handshakeTimeout: UInt64 = 10_000
    /// How often time limits are looked at.
    public var tickInterval: UInt64 = 250
    /// Reactors, each a thread.
    public var reactorCount = 1

    /// The values that these lines show.
    public init() {}
}
