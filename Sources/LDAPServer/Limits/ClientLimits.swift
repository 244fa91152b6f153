import LDAP

/// What one client may take. Resolved when the client comes and when it binds, and kept on its connection: no request looks at
/// rules. In all of them 0 is no limit where nothing else is said.
public struct ClientLimits: Sendable, Hashable {
    /// Entries that a search returns, over all its pages.
    public var size = SteppedLimit.none
    /// Seconds that a search takes.
    public var time = SteppedLimit.none
    /// Entries that a search may look at, whether or not they match: `adminLimitExceeded` beyond.
    public var examined = 0
    /// Requests that may wait at the server; a client that has so many there is not read until one is done. At least 1.
    public var outstanding: Int
    /// Octets of a request, its header included; more ends the session. At least 1.
    public var requestOctets: Int
    /// Controls on a request; at most `Limits.controlsPerRequest`.
    public var controls = Limits.controlsPerRequest
    /// Requests a second of one connection, of all connections of an address, of all of an identity.
    public var rates = RequestRates()

    /// What holds before a client has authenticated.
    public static let anonymous = ClientLimits(
        outstanding: Limits.outstandingOperationsBeforeAuthentication,
        requestOctets: Limits.messageBytesBeforeAuthentication)
    /// What holds once it has.
    public static let authenticated = ClientLimits(
        outstanding: Limits.outstandingOperations, requestOctets: Limits.messageBytes)

    init(outstanding: Int, requestOctets: Int) {
        self.outstanding = outstanding
        self.requestOctets = requestOctets
    }
}

/// Requests a second, after a burst of a second's worth. 0 is no limit. A client that is faster is not read for a while: what
/// it asks for is answered later, and none of it is refused.
public struct RequestRates: Sendable, Hashable {
    /// Of one connection.
    public var connection = 0
    /// Of all connections of an address; IPv6 by its first 64 bits. Unix sockets have none.
    public var address = 0
    /// Of all connections of an identity; the anonymous one is none.
    public var identity = 0

    /// No limits.
    public init() {}

    /// Whether there is any limit.
    var isLimited: Bool { connection > 0 || address > 0 || identity > 0 }
}
