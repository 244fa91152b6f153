import Addresses
import AttributeIndex
import Directory
import EventLog
import LDAP
import ReusedMemory
import Transport

extension LDAPConnection {
    /// What the client may take now that it is who it is.
    func resolveLimits() -> ClientLimits {
        server.context.configuration.limits.limits(of: requester) { server.view() }
    }

    /// Counts the connection to its address; false where that has as many as it may.
    func enterAddress(most: Int) -> Bool {
        guard let address = connection.arrival.peer.address?.client else { return true }
        guard server.context.clients.addresses.enter(address, most: most) else { return false }
        countedAddress = address
        return true
    }

    /// Brings what depends on the limits in line with them.
    func applyLimits() {
        let clients = server.context.clients
        if let countedIdentity { clients.identities.leave(countedIdentity) }
        countedIdentity = nil
        guard limits.rates.isLimited else {
            gate = nil
            return
        }
        if limits.rates.identity > 0, let key = identity.entryKey, clients.identities.enter(key) {
            countedIdentity = key
        }
        gate = RequestGate(
            limits.rates, address: connection.arrival.peer.address, identity: countedIdentity, following: gate,
            now: server.reactor.now)
    }

    /// No longer counts the connection to its address and identity.
    func leaveClients() {
        let clients = server.context.clients
        if let countedAddress { clients.addresses.leave(countedAddress) }
        if let countedIdentity { clients.identities.leave(countedIdentity) }
        countedAddress = nil
        countedIdentity = nil
    }

    // MARK: - Holding up

    /// Whether the next request may be looked at. Where it may not, nothing more is read until it may: a client that is told
    /// `busy` would ask again, or take the server for broken, but one that is not read just waits.
    func admitsRequest() -> Bool {
        guard gate != nil, gate?.admit(server.context.clients, now: server.reactor.now) == false else { return true }
        isHeld = true
        connection.isReading = false
        server.hold(connection.token)
        noteRefusal(.heldForRate)
        return false
    }

    /// Reads on after a while of not reading.
    func release() {
        isHeld = false
        readAgain()
    }

    // MARK: - Refusals

    /// Counts a refusal, and says so in the log unless there are too many.
    func noteRefusal(_ refusal: Refusal) {
        guard server.refused(refusal, isLogged: log.isEnabled(refusal.level)) else { return }
        log.log(
            refusal.level, "refused",
            [
                "connection": number, "peer": connection.arrival.peer.description,
                "identity": identity.authorizationID, "reason": refusal.name,
            ])
    }

    /// Counts and tells of a search that ended by one of the server's limits.
    func noteLimit(_ code: ResultCode, entries: Int) {
        switch code {
        case .sizeLimitExceeded where entries == limits.size.soft || entries == limits.size.hard: noteRefusal(.size)
        case .timeLimitExceeded: noteRefusal(.time)
        case .adminLimitExceeded: noteRefusal(.examined)
        default: break
        }
    }

    /// What framing found wrong: too much of a message, or none.
    func refusal(of octets: Span<UInt8>) -> Refusal {
        do throws(LDAPDecodingError) {
            _ = try declaredMessageLength(octets, limit: Int.max >> 1)
            return .messageSize
        } catch {
            return .malformed
        }
    }
}

extension LDAPConnection {
    /// - Throws: `.protocolError` for a request with more controls than allowed, whatever they are.
    func checkNumberOfControls(_ request: borrowing RequestReader) throws(LDAPDecodingError) {
        // Not more than the codec takes: that has counted.
        guard limits.controls < Limits.controlsPerRequest else { return }
        try request.readControls(into: &server.controls)
        guard server.controls.count > limits.controls else { return }
        noteRefusal(.controls)
        throw .protocolError(request.messageID, "too many controls")
    }
}
