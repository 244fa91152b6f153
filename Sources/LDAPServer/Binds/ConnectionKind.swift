import Addresses
import Directory
import Transport

/// What a connection brings along for proving who the client is: which mechanisms it is offered. Its raw value is the number
/// of the root DSE that it sees.
enum ConnectionKind: Int, CaseIterable {
    /// From the network, without TLS.
    case clear
    /// The same, at a listener that takes credentials over TLS only.
    case clearAwaitingTLS
    /// Over TLS.
    case encrypted
    /// Over TLS, with a client certificate that verified.
    case certified
    /// Over a Unix socket.
    case local

    /// Whether nobody but the two ends reads along.
    var isConfidential: Bool {
        switch self {
        case .clear, .clearAwaitingTLS: false
        case .encrypted, .certified, .local: true
        }
    }

    /// Whether `mechanism` makes sense here: PLAIN where nobody reads along, EXTERNAL where there is something to be external
    /// about, channel binding where there is a channel.
    func allows(_ mechanism: SASLMechanism) -> Bool {
        switch mechanism {
        case .plain: isConfidential
        case .external: self == .certified || self == .local
        case .scramSHA256Plus, .scramSHA512Plus: self == .encrypted || self == .certified
        case .scramSHA256, .scramSHA512: self != .clearAwaitingTLS
        }
    }
}

extension BindPolicy {
    /// For each kind of connection, the mechanisms that it is offered: what `DirectoryConfiguration` is to say of them.
    public var publishedMechanisms: [[String]] {
        ConnectionKind.allCases.map { kind in
            SASLMechanism.allCases.filter { mechanisms.contains($0) && kind.allows($0) }.map(\.rawValue)
        }
    }
}

extension LDAPConnection {
    /// Where the client is, for what failed binds are counted by.
    var arrivalAddress: IPAddress? { connection.arrival.peer.address }

    /// Finds out how much the connection protects, and what it offers: once it is made, and when TLS has begun.
    func securityChanged() {
        let security = connection.security
        requester.strength = security.strength
        kind =
            if connection.arrival.peer.address == nil {
                .local
            } else if security.isTLS {
                security.peerCertificate == nil ? .encrypted : .certified
            } else {
                policy.requiresConfidentiality ? .clearAwaitingTLS : .clear
            }
    }
}
