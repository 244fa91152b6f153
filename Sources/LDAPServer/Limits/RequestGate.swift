import Addresses

/// Lets a connection's requests through as fast as its limits say. Made only for connections whose rate is limited.
struct RequestGate {
    private let rates: RequestRates
    private var own: TokenBucket?
    private let address: IPAddress?
    private let identity: [UInt8]?

    /// The gate of a connection that has gone through `other` so far.
    init(_ rates: RequestRates, address: IPAddress?, identity: [UInt8]?, following other: RequestGate?, now: UInt64) {
        self.rates = rates
        own =
            rates.connection > 0
            ? TokenBucket(perSecond: rates.connection, following: other?.own, now: now) : nil
        self.address = rates.address > 0 ? address?.client : nil
        self.identity = rates.identity > 0 ? identity : nil
    }

    /// Counts one more request, where all rates have room for it. Where one has none, nothing is counted.
    mutating func admit(_ clients: Clients, now: UInt64) -> Bool {
        if var own {
            let hasToken = own.hasToken(now: now)
            self.own = own
            if !hasToken { return false }
        }
        if let address, !clients.addresses.hasToken(address, perSecond: rates.address, now: now) { return false }
        if let identity, !clients.identities.hasToken(identity, perSecond: rates.identity, now: now) { return false }
        own?.take()
        if let address { clients.addresses.take(address) }
        if let identity { clients.identities.take(identity) }
        return true
    }
}

/// The clients of a server by what several connections may have in common.
final class Clients: Sendable {
    /// By `IPAddress.client`.
    let addresses = ClientTable<IPAddress>()
    /// By DIT key.
    let identities = ClientTable<[UInt8]>()

    /// Forgets those who are gone.
    func forgetTheGone(now: UInt64) {
        addresses.forgetTheGone(now: now)
        identities.forgetTheGone(now: now)
    }
}
