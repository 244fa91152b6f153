import Credentials
import Directory
import EventLog
import LDAP
import Transport

extension LDAPConnection {
    /// Microseconds of a proof's verification up to which the reactor does it itself.
    private static let quickProof = 100

    /// SCRAM (RFC 5802, RFC 7677): the first message begins an exchange, the second ends it.
    func scramBind(_ messageID: MessageID, _ mechanism: SCRAMMechanism, _ message: [UInt8], _ ongoing: SASLExchange?) {
        if let ongoing, let scram = ongoing.scram, let first = ongoing.attempt {
            let attempt = BindAttempt(
                messageID, mechanism: mechanism.name, name: first.name, subject: first.subject,
                authorizationID: first.authorizationID)
            return finishSCRAM(attempt, scram, message, ongoing.claim)
        }
        guard message.count <= SCRAMServer.maximumMessage, let decoys = server.context.decoys else {
            return endBind(BindAttempt(messageID, mechanism: mechanism.name, name: ""), .invalidCredentials)
        }
        var scram = SCRAMServer(mechanism, channel: channel, decoys: decoys)
        let names: SCRAMServer.Names
        do throws(SCRAMError) {
            names = try scram.receiveFirst(message.span)
        } catch {
            return endSCRAM(BindAttempt(messageID, mechanism: mechanism.name, name: ""), error)
        }
        guard let claim = claim(messageID, named: names.authentication) else { return }
        let attempt = BindAttempt(
            messageID, mechanism: mechanism.name, name: names.authentication,
            subject: claim.subject ?? names.authentication.hashValue, authorizationID: names.authorization ?? "")
        begin(attempt) { [scram] connection, attempt in
            let claim = attempt.hasWaited ? connection.claim(messageID, named: names.authentication) : claim
            if let claim { connection.answerSCRAM(attempt, scram, claim) }
        }
    }

    /// Says the salt and the iterations: for a name that nobody has, those that it might have.
    private func answerSCRAM(_ attempt: BindAttempt, _ scram: consuming SCRAMServer, _ claim: Claim) {
        let nameKey = Array(attempt.name.lowercased().utf8)
        let hash = scram.mechanism.hash
        let user: SCRAMUser =
            claim.identity == nil
            ? SCRAMUser(unknownName: nameKey)
            : SCRAMUser(
                nameKey: nameKey, hash: hash, stored: claim.passwords,
                applicationPasswords: server.context.applicationKeys(of: claim, hash))
        do throws(SCRAMError) {
            let answer = try scram.answerFirst(user)
            exchange = SASLExchange(scram, attempt, claim)
            endBind(attempt, .saslBindInProgress, serverCredentials: answer)
        } catch {
            endSCRAM(attempt, error)
        }
    }

    /// Verifies the proof, on a worker where a key has to be derived for it.
    private func finishSCRAM(_ attempt: BindAttempt, _ scram: SCRAMServer, _ message: [UInt8], _ claim: Claim) {
        let proof = SCRAMProof(scram: scram, message: message)
        let hash = scram.mechanism.hash
        if scram.cost <= Self.quickProof { return endSCRAM(attempt, proof.verify(), claim, hash) }
        work(for: attempt, { proof.verify() }, then: { $0.endSCRAM($1, $2, claim, hash) })
    }

    private func endSCRAM(
        _ attempt: BindAttempt, _ result: Result<SCRAMServer.Success, SCRAMError>, _ claim: Claim, _ hash: SCRAMHash
    ) {
        switch result {
        case .success(let success):
            guard let identity = claim.identity, isStillValid(claim, success.applicationPassword, hash, attempt) else {
                return endBind(attempt, .refused)
            }
            if let id = success.applicationPassword { server.context.noteUse(of: id, claim) }
            endBind(attempt, .verified(identity), serverCredentials: success.serverFinal)
        case .failure(let error): endSCRAM(attempt, error)
        }
    }

    /// LDAP has no place for SCRAM's error values but the result code: what it was stands in the log.
    private func endSCRAM(_ attempt: BindAttempt, _ error: SCRAMError) {
        log.log(.debug, "scram-failed", ["connection": number, "reason": error.description])
        endBind(attempt, .refused)
    }

    /// Whether what the exchange began with is what is stored now: a client may take its time between the two messages, and a
    /// credential that was changed or revoked meanwhile proves nothing any more.
    private func isStillValid(
        _ claim: Claim, _ id: ApplicationPassword.ID?, _ hash: SCRAMHash, _ attempt: BindAttempt
    ) -> Bool {
        let view = server.view()
        guard let now = try? server.context.claims.claim(named: attempt.name, in: view),
            now.identity == claim.identity, (try? mayBind(as: now.identity, view)) == true
        else { return false }
        guard let id else { return now.passwords == claim.passwords }
        return server.context.applicationKeys(of: now, hash).contains { $0.id == id }
    }

    /// What the exchange may be bound to.
    private var channel: SCRAMChannel {
        let offered = server.context.configuration.binds.mechanisms.filter { $0.bindsChannel && kind.allows($0) }
        guard connection.security.isTLS else { return SCRAMChannel() }
        return SCRAMChannel(
            tlsServerEndPoint: connection.channelBinding(.tlsServerEndPoint),
            tlsExporter: connection.channelBinding(.tlsExporter), isBindingOffered: !offered.isEmpty)
    }
}

/// A proof to be verified, on whichever thread.
private struct SCRAMProof: Sendable {
    let scram: SCRAMServer
    let message: [UInt8]

    func verify() -> Result<SCRAMServer.Success, SCRAMError> {
        var scram = scram
        do throws(SCRAMError) {
            return .success(try scram.receiveFinal(message.span))
        } catch {
            return .failure(error)
        }
    }
}
