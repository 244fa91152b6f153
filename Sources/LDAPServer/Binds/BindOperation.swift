import Directory
import EventLog
import LDAP
import Transport

extension LDAPConnection {
    /// Bind (RFC 4511 section 4.2, RFC 4513 section 5).
    func bind(_ request: borrowing RequestReader) throws(LDAPDecodingError) {
        // RFC 4513 section 4: whatever comes of it, the session is anonymous from here. An exchange of several steps goes on
        // only where this is its next step.
        let ongoing = isExchanging ? exchange : nil
        if isExchanging { exchange = nil }
        if isAuthenticated { requester.identity = .anonymous }
        let fields = try request.bindRequest()
        guard fields.version == 3 else { throw .protocolError(request.messageID, "only version 3 is spoken here") }
        guard try controls(of: request, accepted: []) != nil else {
            return answer(request, .unavailableControl)
        }
        switch fields.authentication {
        case .simple(let password):
            simpleBind(request.messageID, name: request.bytes(fields.name), password: request.bytes(password))
        case .sasl(let mechanism, let credentials):
            saslBind(
                request.messageID, mechanism: request.bytes(mechanism),
                credentials: credentials.map { request.bytes($0).array() }, continuing: ongoing)
        case .unknown:
            let attempt = BindAttempt(request.messageID, mechanism: "unknown", name: "")
            endBind(attempt, .authMethodNotSupported, "an unknown authentication choice")
        }
    }

    /// Anonymous binds are many clients' first request: nothing is made for them.
    func endAnonymousBind(_ messageID: MessageID) {
        log.log(
            .debug, "bind", ["connection": number, "message": messageID.rawValue, "identity": "", "result": "success"])
        server.counters.ended(.bind, .success)
        writeBareResult(to: &server.output, operation: .bind, messageID: messageID, code: .success)
    }

    // MARK: - On the way

    /// Does `step` at once, or where binds like this one have failed before, once that time is over. The requests behind
    /// wait with it.
    func begin(_ attempt: BindAttempt, _ step: @escaping BindStep) {
        switch server.context.failedBinds.admit(arrivalAddress, attempt.subject, now: server.reactor.now) {
        case .now: step(self, attempt)
        case .refused: refuseBind(attempt, "too many binds as this name have failed")
        case .later(let milliseconds):
            let entry = DelayedBinds.Entry(
                due: server.reactor.now + milliseconds, connection: connection.token, attempt: attempt, step: step)
            guard server.delayedBinds.add(entry) else { return refuseBind(attempt, "too many binds are waiting") }
            activity = .bind(attempt)
        }
    }

    /// Goes on with a bind that has waited, or that a worker has brought further.
    func goOn(_ attempt: BindAttempt, _ step: BindStep) {
        guard case .bind(let current) = activity, current === attempt else { return }
        activity = .none
        attempt.hasWaited = true
        step(self, attempt)
        if !isBusy { activityEnded() }
        flush()
    }

    /// Has a worker do `work`, which takes too long for a reactor, and goes on with its result.
    func work<Result: Sendable>(
        for attempt: BindAttempt, by workers: WorkerPool? = nil, _ work: @escaping @Sendable () -> Result,
        then end: @escaping @Sendable (LDAPConnection, BindAttempt, Result) -> Void
    ) {
        let (reactor, token, messageID) = (server.reactor, connection.token, attempt.messageID)
        let isAccepted = (workers ?? server.context.workers).submit {
            let result = work()
            reactor.post { reactor in
                // The connection may be gone, and its token with it.
                reactor.withHandler(of: token) { handler in
                    guard let connection = handler as? LDAPConnection,
                        case .bind(let attempt) = connection.activity, attempt.messageID == messageID
                    else { return }
                    connection.goOn(attempt) { end($0, $1, result) }
                }
            }
        }
        if isAccepted { activity = .bind(attempt) } else { refuseBind(attempt, "too many binds are waiting") }
    }

    private func refuseBind(_ attempt: BindAttempt, _ reason: String) {
        noteRefusal(.bindQueue)
        endBind(attempt, .busy, reason)
    }

    // MARK: - The end

    /// Ends a bind as its verification did.
    func endBind(_ attempt: BindAttempt, _ outcome: BindOutcome, serverCredentials: [UInt8]? = nil) {
        let failures = server.context.failedBinds
        switch outcome {
        case .verified(let identity):
            failures.succeeded(arrivalAddress, attempt.subject)
            guard let identity = authorize(identity, attempt.authorizationID) else {
                return endBind(attempt, .invalidCredentials)
            }
            requester.identity = identity
            endBind(attempt, .success, serverCredentials: serverCredentials)
        case .refused:
            failures.failed(arrivalAddress, attempt.subject, now: server.reactor.now)
            endBind(attempt, .invalidCredentials)
        case .unavailable(let reason):
            log.log(.warning, "bind-unavailable", ["connection": number, "reason": reason])
            endBind(attempt, .unavailable, "the password cannot be verified now")
        }
    }

    /// Answers a bind. The log names who was tried, by what and from where, never what was tried.
    func endBind(
        _ attempt: BindAttempt, _ code: ResultCode, _ reason: String = "", serverCredentials: [UInt8]? = nil
    ) {
        let isWell = code == .success || code == .saslBindInProgress
        if isWell || server.refused(.failedBind) {
            log.log(
                isWell ? .debug : .info, "bind",
                [
                    "connection": number, "message": attempt.messageID.rawValue, "mechanism": attempt.mechanism,
                    "name": attempt.name, "identity": requester.identity.authorizationID,
                    "peer": connection.arrival.peer.description, "result": code.description,
                ])
        }
        server.counters.ended(.bind, code)
        writeBindResponse(
            to: &server.output, messageID: attempt.messageID,
            result: LDAPResult(code, diagnosticMessage: reason), serverCredentials: serverCredentials)
    }
}
