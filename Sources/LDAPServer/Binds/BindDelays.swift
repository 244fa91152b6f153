public import Addresses

/// How failed binds slow down the next ones. Times are in milliseconds.
public struct BindDelays: Sendable {
    /// The longest that a bind waits because of failures of the same client with the same name; 0: nobody ever waits.
    public var longest: UInt64 = 4_000
    /// The longest that it waits because of others' failures with the name, or the client's with other names: what an
    /// attacker can do to a person who knows the password.
    public var longestShared: UInt64 = 1_000
    /// After how long one failure is forgotten.
    public var forgetting: UInt64 = 10_000
    /// Applications that bind for many people, from whose addresses an attacker's failures come as well as everybody else's:
    /// there no bind waits longer than `longestShared`, and none is refused. The machine itself, unless said otherwise.
    public var trusted: [IPPrefix] = ["127.0.0.0/8", "::1/128"].compactMap { IPPrefix($0) }

    /// The defaults.
    public init() {}

    func isTrusted(_ client: IPAddress?) -> Bool {
        guard let client else { return true }
        return trusted.contains { $0.contains(client) }
    }
}
