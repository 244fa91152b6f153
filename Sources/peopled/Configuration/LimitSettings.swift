import CommandLineTools
import LDAP
import LDAPServer
import Transport

extension Configuration {
    /// What clients may take. Zero is no limit where that makes sense.
    struct LimitSettings: Decodable, Sendable {
        /// Reactor threads; 0 is one a core.
        var reactors = 0
        /// Connections in all, and of one address.
        var connections = 20_000
        var connectionsOfAddress = 2_000
        /// Seconds a connection may stay idle; 0 is for ever.
        var idle = 0
        /// Seconds within which a message that was begun must be whole.
        var message = 30
        /// Seconds within which a client must take what it asked for.
        var write = 60
        /// Seconds within which a TLS handshake must be done.
        var handshake = 15
        /// States of the directory that a connection's paged searches may go on from, and seconds that one is kept.
        var pagedStates = 16
        var pagedSeconds = 600
        /// Binds that may wait for a thread that verifies passwords.
        var waitingBinds = 1024
        /// Requests that may wait, and octets of a request, of clients that have not authenticated.
        var outstandingAnonymous = Limits.outstandingOperationsBeforeAuthentication
        var requestOctetsAnonymous = Limits.messageBytesBeforeAuthentication
        /// The limits of everybody that rules may change.
        var everybody = LimitChanges.builtIn
        var rules: [LimitRuleSettings] = []

        init() {}
    }
}

extension Configuration.LimitSettings {
    private enum Keys: String, CodingKey, CaseIterable {
        case reactors, connections, connectionsOfAddress, idle, message, write, handshake, pagedStates, pagedSeconds,
            waitingBinds
        case outstandingAnonymous, requestOctetsAnonymous, rules
        case size, time, examined, outstanding, requestOctets, controls, requestsPerSecond
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.reactors, into: &reactors, within: 0...1024)
        try values.decode(.connections, into: &connections, within: 1...1_000_000)
        try values.decode(.connectionsOfAddress, into: &connectionsOfAddress, within: 0...1_000_000)
        try values.decode(.idle, into: &idle, within: 0...86_400)
        try values.decode(.message, into: &message, within: 1...3_600)
        try values.decode(.write, into: &write, within: 1...3_600)
        try values.decode(.handshake, into: &handshake, within: 1...3_600)
        try values.decode(.pagedStates, into: &pagedStates, within: 1...1_000)
        try values.decode(.pagedSeconds, into: &pagedSeconds, within: 1...86_400)
        try values.decode(.waitingBinds, into: &waitingBinds, within: 1...1_000_000)
        try values.decode(.outstandingAnonymous, into: &outstandingAnonymous, within: LimitChanges.outstandingRange)
        try values.decode(.requestOctetsAnonymous, into: &requestOctetsAnonymous, within: LimitChanges.octetsRange)
        try values.decode(.rules, into: &rules)
        try everybody.decode(from: decoder)
    }

    /// Sets what needs no schema.
    func apply(to server: inout ServerConfiguration) {
        server.maximumConnections = connections
        server.maximumConnectionsOfAddress = connectionsOfAddress
        server.maximumWaitingBinds = waitingBinds
        server.pageStatesPerConnection = pagedStates
        server.pageStateLifetime = UInt64(pagedSeconds) * 1000
        server.timeouts = Timeouts(
            idle: UInt64(idle) * 1000, message: UInt64(message) * 1000, write: UInt64(write) * 1000,
            handshake: UInt64(handshake) * 1000)
        everybody.apply(to: &server.limits.authenticated)
        everybody.apply(to: &server.limits.anonymous)
        server.limits.anonymous.outstanding = outstandingAnonymous
        server.limits.anonymous.requestOctets = requestOctetsAnonymous
    }
}
