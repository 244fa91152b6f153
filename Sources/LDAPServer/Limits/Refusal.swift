import EventLog

/// Why the server did less than it was asked to: each has a counter under cn=Refusals, and a line in the log.
enum Refusal: Int, CaseIterable {
    case connections, connectionsOfAddress
    case malformed, messageSize, controls
    case size, time, examined
    case heldForRate, heldForQueue, bindQueue, failedBind
    case idle, messageDeadline, writeDeadline
    case tls, startTLSInjection, confidentiality

    /// Its name under cn=Refusals, and in the log.
    var name: StaticString {
        switch self {
        case .connections: "Connections"
        case .connectionsOfAddress: "Connections of Address"
        case .malformed: "Malformed"
        case .messageSize: "Message Size"
        case .controls: "Controls"
        case .size: "Size"
        case .time: "Time"
        case .examined: "Examined"
        case .heldForRate: "Held for Rate"
        case .heldForQueue: "Held for Queue"
        case .bindQueue: "Bind Queue"
        case .failedBind: "Failed Bind"
        case .idle: "Idle"
        case .messageDeadline: "Message Deadline"
        case .writeDeadline: "Write Deadline"
        case .tls: "TLS"
        case .startTLSInjection: "StartTLS Injection"
        case .confidentiality: "Confidentiality"
        }
    }

    /// How much it matters.
    var level: EventLog.Level {
        // A client that asks for much at once is no news.
        self == .heldForQueue ? .debug : .info
    }

    /// How many lines a second a reactor may write about it: failed binds are what those who watch for attacks count.
    var linesPerSecond: Int { self == .failedBind ? 50 : 5 }

    /// What it means, for who reads cn=Monitor.
    var explanation: String {
        switch self {
        case .connections: "closed with busy: as many connections as may be in all"
        case .connectionsOfAddress: "closed with busy: as many connections as an address may have"
        case .malformed: "closed with protocolError: what was received is no LDAP message"
        case .messageSize: "closed with protocolError: a message larger than allowed"
        case .controls: "protocolError: more controls than allowed"
        case .size: "sizeLimitExceeded by the server's limit"
        case .time: "timeLimitExceeded"
        case .examined: "adminLimitExceeded: a search would look at more entries than allowed"
        case .heldForRate: "not read for a while: more requests a second than allowed"
        case .heldForQueue: "not read for a while: as many requests outstanding as allowed"
        case .bindQueue: "busy: as many binds waiting for a verification as may"
        case .failedBind: "a bind that did not succeed, for whatever reason"
        case .idle: "closed: idle for too long"
        case .messageDeadline: "closed with protocolError: a message that did not end in time"
        case .writeDeadline: "closed: took nothing of its answers for too long"
        case .tls: "closed: TLS failed, or its handshake took too long"
        case .startTLSInjection: "closed with operationsError: requests in the clear behind StartTLS"
        case .confidentiality: "confidentialityRequired: a password without TLS, where it needs that"
        }
    }
}
