import Directory
import EventLog
import LDAP
import Transport

extension LDAPConnection {
    /// What holds for those who come to the same listener.
    var policy: ListenerPolicy { server.context.policy(ofListener: connection.arrival.listener) }

    /// StartTLS (RFC 4511 section 4.14, RFC 4513 section 3). Answered at the end of the turn, by `finishStartTLS`, when it is
    /// known whether anything came behind it.
    func startTLS(_ request: borrowing RequestReader, _ fields: ExtendedRequestFields) throws(LDAPDecodingError) {
        guard fields.value == nil else { throw .protocolError(request.messageID, "StartTLS takes no value") }
        guard !connection.security.isTLS else {
            return answerStartTLS(request.messageID, .operationsError, "TLS is on already")
        }
        guard policy.tls != nil else {
            return answerStartTLS(request.messageID, .protocolError, "there is no TLS at this listener")
        }
        guard !isBusy, queue.isEmpty else {
            return answerStartTLS(request.messageID, .operationsError, "operations are outstanding")
        }
        guard !isExchanging else {
            return answerStartTLS(request.messageID, .operationsError, "a bind is under way")
        }
        activity = .startTLS(request.messageID)
        connection.isReading = false
    }

    /// Answers StartTLS and begins it, unless something came behind it: whoever put that there, it is not to be performed, and
    /// the session ends, because nobody could tell what either side takes for what (RFC 4511 section 4.14.1).
    func finishStartTLS(_ messageID: MessageID, isLast: Bool) {
        guard isLast, let tls = policy.tls else {
            noteRefusal(.startTLSInjection)
            answerStartTLS(messageID, .operationsError, "requests came behind StartTLS, before its answer")
            flush()
            return connection.close(lingers: true)
        }
        // RFC 4513 section 4: what was proved in the clear may have been somebody else's doing.
        requester.identity = .anonymous
        answerStartTLS(messageID, .success)
        flush()
        connection.startTLS(tls)
    }

    private func answerStartTLS(_ messageID: MessageID, _ code: ResultCode, _ reason: String = "") {
        server.counters.ended(.extended, code)
        writeExtendedResponse(
            to: &server.output, messageID: messageID, result: LDAPResult(code, diagnosticMessage: reason),
            name: OID.Extension.startTLS)
    }

    func secured() {
        let security = connection.security
        server.counters.add(.tlsHandshakes)
        log.log(
            .debug, "tls",
            [
                "connection": number, "version": security.protocolName, "cipher": security.cipherName,
                "subject": security.peerCertificate?.subject ?? "",
            ])
        securityChanged()
        guard case .startTLS = activity else { return }
        activityEnded()
        readAgain()
    }

    /// Tells of a connection that ended by TLS, in the handshake or later.
    func noteTLSFailure(_ reason: String) {
        if !connection.security.isTLS { server.counters.add(.tlsFailures) }
        guard server.refused(.tls) else { return }
        log.log(
            .info, "tls-failed",
            ["connection": number, "peer": connection.arrival.peer.description, "reason": reason])
    }
}

extension ServerContext {
    private static let defaultPolicy = ListenerPolicy()

    /// The policy of a listener, or the default for one that has none.
    func policy(ofListener number: Int) -> ListenerPolicy {
        configuration.listeners.indices.contains(number) ? configuration.listeners[number] : Self.defaultPolicy
    }
}
