import AttributeIndex
import Credentials
import Directory
import LDAP
import Transport

/// An exchange of several binds that has begun (RFC 4513 section 5.2.1), and what its next step is verified against.
final class SASLExchange {
    let mechanism: SASLMechanism
    /// Of SCRAM: where the exchange stands, its first bind, and whom that named.
    let scram: SCRAMServer?
    let attempt: BindAttempt?
    let claim: Claim

    /// An exchange in which the client has yet to say something.
    init(_ mechanism: SASLMechanism) {
        self.mechanism = mechanism
        (scram, attempt, claim) = (nil, nil, Claim())
    }

    init?(_ scram: SCRAMServer, _ attempt: BindAttempt, _ claim: Claim) {
        guard let mechanism = SASLMechanism(rawValue: scram.mechanism.name) else { return nil }
        self.mechanism = mechanism
        (self.scram, self.attempt, self.claim) = (scram, attempt, claim)
    }
}

extension LDAPConnection {
    /// RFC 4513 section 5.2. The name in the request means nothing here.
    ///
    /// - Parameters:
    ///   - credentials: what the mechanism's client side says; nil where it says nothing, which is not the same as empty.
    ///   - ongoing: the exchange that the bind before has left.
    func saslBind(
        _ messageID: MessageID, mechanism name: Span<UInt8>, credentials: [UInt8]?, continuing ongoing: SASLExchange?
    ) {
        guard let mechanism = SASLMechanism(name),
            server.context.configuration.binds.mechanisms.contains(mechanism)
        else {
            let shown = String(decoding: name.extracting(first: min(name.count, 32)).array(), as: UTF8.self)
            let attempt = BindAttempt(messageID, mechanism: "SASL " + shown, name: "")
            return endBind(attempt, .authMethodNotSupported, "no such SASL mechanism here")
        }
        guard kind.allows(mechanism) else { return refuse(mechanism, messageID) }
        // Some clients leave EXTERNAL's out where there is no authorization identity, and OpenLDAP takes that for empty ones.
        guard let credentials = credentials ?? (mechanism == .external ? [] : nil) else {
            // RFC 4422 section 3: the client has yet to begin, and is told so.
            let attempt = BindAttempt(messageID, mechanism: mechanism.rawValue, name: "")
            exchange = SASLExchange(mechanism)
            return endBind(attempt, .saslBindInProgress, serverCredentials: [])
        }
        // Another mechanism than the exchange began with gives that up (RFC 4513 section 5.2.1.2).
        let ongoing = ongoing?.mechanism == mechanism ? ongoing : nil
        switch mechanism {
        case .external: externalBind(messageID, credentials)
        case .plain: plainBind(messageID, credentials)
        case .scramSHA256: scramBind(messageID, SCRAMMechanism(.sha256, bindsChannel: false), credentials, ongoing)
        case .scramSHA512: scramBind(messageID, SCRAMMechanism(.sha512, bindsChannel: false), credentials, ongoing)
        case .scramSHA256Plus: scramBind(messageID, SCRAMMechanism(.sha256, bindsChannel: true), credentials, ongoing)
        case .scramSHA512Plus: scramBind(messageID, SCRAMMechanism(.sha512, bindsChannel: true), credentials, ongoing)
        }
    }

    /// Says why a mechanism that there is cannot be used over this connection.
    private func refuse(_ mechanism: SASLMechanism, _ messageID: MessageID) {
        let attempt = BindAttempt(messageID, mechanism: mechanism.rawValue, name: "")
        if !kind.isConfidential, mechanism != .external {
            refuseInTheClear(attempt)
        } else {
            endBind(attempt, .authMethodNotSupported, "\(mechanism.rawValue) is not possible over this connection")
        }
    }

    /// Whether a request other than a bind comes in the middle of an exchange: it ends the exchange and is refused, as in
    /// OpenLDAP (RFC 4511 section 4.2.1).
    func endsExchange(_ request: borrowing RequestReader) -> Bool {
        switch request.operation {
        case .bind, .abandon, .unbind: return false
        default:
            exchange = nil
            answer(request, LDAPResult(.operationsError, diagnosticMessage: "a SASL bind was in progress, and is over"))
            return true
        }
    }

    /// Who the connection itself shows the client to be, if anybody.
    private var externalIdentity: Identity? {
        let policy = server.context.configuration.binds
        if let peer = connection.arrival.peer.credentials {
            return policy.identity(of: peer, schema: server.view().schema)
        }
        guard let certificate = connection.security.peerCertificate else { return nil }
        return try? server.context.claims.identity(of: certificate, policy.certificateRules, in: server.view())
    }

    // MARK: - Mechanisms of one message

    /// PLAIN (RFC 4616).
    private func plainBind(_ messageID: MessageID, _ message: [UInt8]) {
        let secret = SecretOctets(message.span)
        guard let parts = PlainMessage(message.span) else {
            return endBind(BindAttempt(messageID, mechanism: "PLAIN", name: ""), .invalidCredentials)
        }
        guard let claim = claim(messageID, named: parts.name) else { return }
        let attempt = BindAttempt(
            messageID, mechanism: "PLAIN", name: parts.name, subject: claim.subject ?? parts.name.hashValue,
            authorizationID: parts.authorizationID)
        guard parts.password.count <= Limits.passwordBytes else { return endBind(attempt, .invalidCredentials) }
        let password = secret.withOctets { SecretOctets($0.extracting(parts.password)) }
        begin(attempt) { connection, attempt in
            let claim = attempt.hasWaited ? connection.claim(messageID, named: parts.name) : claim
            if let claim { connection.verify(password, claim, attempt) }
        }
    }

    /// Whom a name stands for; nil where the index is damaged.
    func claim(_ messageID: MessageID, named name: String) -> Claim? {
        claim(messageID) { search, view throws(SegmentError) in try search.claim(named: name, in: view) }
    }

    /// EXTERNAL (RFC 4422 appendix A): the message is the authorization identity.
    private func externalBind(_ messageID: MessageID, _ message: [UInt8]) {
        let authorizationID = String(utf8: message.span)
        let shown = connection.security.peerCertificate?.subject ?? connection.arrival.peer.description
        let attempt = BindAttempt(
            messageID, mechanism: "EXTERNAL", name: shown, authorizationID: authorizationID ?? "")
        guard authorizationID != nil, let identity = externalIdentity,
            (try? mayBind(as: identity, server.view())) ?? false
        else { return endBind(attempt, .invalidCredentials) }
        endBind(attempt, .verified(identity))
    }
}
