import AttributeIndex
import Credentials
import Directory
import EventLog
import LDAP
import Schema
import Transport

extension LDAPConnection {
    /// Microseconds of a verification up to which the reactor does it itself.
    private static let quickCost = 20

    /// Bind (RFC 4511 section 4.2, RFC 4513 section 5).
    func bind(_ request: borrowing RequestReader) throws(LDAPDecodingError) {
        // RFC 4513 section 4: whatever comes of it, the session is anonymous from here.
        identity = .anonymous
        let fields = try request.bindRequest()
        guard fields.version == 3 else { throw .protocolError(request.messageID, "only version 3 is spoken here") }
        guard try controls(of: request, accepted: []) != nil else {
            return answer(request, .unavailableControl)
        }
        switch fields.authentication {
        case .simple(let password):
            simpleBind(request.messageID, name: request.bytes(fields.name), password: request.bytes(password))
        case .sasl:
            answerBind(request.messageID, .authMethodNotSupported, "there are no SASL mechanisms here")
        case .unknown:
            answerBind(request.messageID, .authMethodNotSupported, "an unknown authentication choice")
        }
    }

    /// RFC 4513 section 5.1.
    private func simpleBind(_ messageID: MessageID, name: Span<UInt8>, password: Span<UInt8>) {
        if !password.isEmpty, demandsConfidentiality {
            noteRefusal(.confidentiality)
            return answerBind(
                messageID, .confidentialityRequired, "a password is taken over TLS only; begin with StartTLS")
        }
        if name.isEmpty {
            // Section 5.1.1: anonymous; a password without a name proves nothing.
            return answerBind(messageID, password.isEmpty ? .success : .invalidCredentials)
        }
        guard let user = lookUp(messageID, name) else { return }
        guard !password.isEmpty else {
            // Section 5.1.2: some clients would take success for proof of an identity.
            return answerBind(messageID, .unwillingToPerform, "a name without a password proves nothing")
        }
        guard password.count <= Limits.passwordBytes else { return answerBind(messageID, .invalidCredentials) }
        verify(messageID, password: password, user: user)
    }

    /// Who has the name, if anybody; nil where the answer has been given. Whether there is such an entry shows in no answer
    /// and in no time.
    private func lookUp(_ messageID: MessageID, _ name: Span<UInt8>) -> User? {
        let view = server.view()
        var key: [UInt8] = []
        do throws(DNError) {
            try view.schema.appendDNKey(of: name, to: &key)
        } catch {
            answerBind(messageID, .invalidDNSyntax, "the name is not a DN")
            return nil
        }
        do throws(SegmentError) {
            guard let found = try view.credentials(ofEntryNamed: name) else { return User() }
            return User(identity: found.identity, passwords: found.passwords)
        } catch {
            server.context.reportDamage(error.description, connection: number)
            answerBind(messageID, .other, "the index is damaged")
            return nil
        }
    }

    /// Whom a name stands for, and what is stored to verify a password against; nobody and nothing, if so.
    private struct User {
        var identity: Identity?
        var passwords: [[UInt8]] = []
    }

    /// Has the password verified: at once where that takes less than telling another thread, else by a worker, while the
    /// requests behind it wait. An unknown user's is verified against nothing, in the same time.
    private func verify(_ messageID: MessageID, password: Span<UInt8>, user: User) {
        let verifier = server.context.verifier
        if verifier.cost(against: user.passwords) <= Self.quickCost {
            let isVerified = verifier.verify(password, against: user.passwords)
            return endBind(messageID, as: isVerified ? user.identity : nil)
        }
        let work = PasswordCheck(
            verifier: verifier, password: password.array(), stored: user.passwords, claimed: user.identity,
            messageID: messageID, reactor: server.reactor, connection: connection.token)
        if server.context.workers.submit({ work.run() }) {
            activity = .bind(messageID)
        } else {
            noteRefusal(.bindQueue)
            answerBind(messageID, .busy, "too many binds are waiting")
        }
    }

    /// The end of a worker's check.
    fileprivate func bindVerified(_ messageID: MessageID, as identity: Identity?) {
        guard case .bind(messageID) = activity else { return }
        endBind(messageID, as: identity)
        activityEnded()
        flush()
    }

    /// `identity` is nil where the password is wrong or there is no such user, and nobody learns which.
    private func endBind(_ messageID: MessageID, as identity: Identity?) {
        if let identity { self.identity = identity }
        answerBind(messageID, identity == nil ? .invalidCredentials : .success)
    }

    private func answerBind(_ messageID: MessageID, _ code: ResultCode, _ reason: String = "") {
        log.log(
            code == .success ? .debug : .info, "bind",
            [
                "connection": number, "message": messageID.rawValue, "identity": identity.authorizationID,
                "result": code.description,
            ])
        server.counters.ended(.bind, code)
        writeBindResponse(
            to: &server.output, messageID: messageID, result: LDAPResult(code, diagnosticMessage: reason))
    }
}

/// A password to be verified on a worker, and whom to tell.
private struct PasswordCheck: Sendable {
    let verifier: PasswordVerifier
    let password: [UInt8]
    let stored: [[UInt8]]
    let claimed: Identity?
    let messageID: MessageID
    let reactor: Reactor
    let connection: UInt64

    func run() {
        let isVerified = verifier.verify(password.span, against: stored)
        let identity = isVerified ? claimed : nil
        reactor.post { [messageID, connection] reactor in
            // The connection may be gone, and its token with it.
            reactor.withHandler(of: connection) { ($0 as? LDAPConnection)?.bindVerified(messageID, as: identity) }
        }
    }
}
