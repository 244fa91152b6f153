public import Addresses

/// Who asks, and over what connection: what access rules and limits are decided by.
public struct Requester: Sendable, Hashable {
    /// What the last bind made of the client.
    public var identity: Identity
    /// Where the client is; nil over a Unix socket.
    public var address: IPAddress?
    /// The number of the listener it came to, as in the configuration.
    public var listener: Int
    /// The security strength factor of the connection: the bits of TLS's key; 0 without TLS; `localStrength` over a Unix socket.
    public var strength: Int

    /// What a Unix socket counts for, as in OpenLDAP: more than none, less than TLS.
    public static let localStrength = 71

    /// A requester from its parts.
    public init(identity: Identity = .anonymous, address: IPAddress? = nil, listener: Int = 0, strength: Int = 0) {
        self.identity = identity
        self.address = address
        self.listener = listener
        self.strength = strength
    }
}
