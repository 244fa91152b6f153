import CommonInterface
import Credentials
import EventLog
import Schema
import Storage

extension ProviderCore {
    /// The settings of who calls.
    ///
    /// - Throws: `forbidden` where its key is not that of the entityID that it names, or nobody registered it.
    func settings(of named: EntityID, caller: EntityID) throws(Refusal) -> ServiceProviderSettings {
        guard named == caller else {
            throw Refusal(.forbidden, "the key presented is not registered for \(named)")
        }
        guard let settings = registered[caller] else { throw Refusal(.forbidden, "\(caller) is not registered here") }
        return settings
    }

    /// A service provider that initialized, and is offered a mechanism that it wanted.
    func initialized(
        _ named: EntityID, caller: EntityID, for mechanism: Mechanism
    ) throws(Refusal) -> ServiceProvider {
        let settings = try settings(of: named, caller: caller)
        guard let provider = providers[caller], provider.state.isInitialized else {
            throw Refusal(.methodNotAllowed, "call initialize first, with the attributes wanted")
        }
        guard provider.state.mechanisms.contains(mechanism.rawValue) else {
            throw Refusal(.methodNotAllowed, "initialize did not name the mechanism \(mechanism.rawValue)")
        }
        guard settings.mechanisms.contains(mechanism) else {
            throw Refusal(.methodNotAllowed, "the mechanism \(mechanism.rawValue) is not offered to \(caller)")
        }
        return provider
    }

    /// Takes the lock of a service provider that may have none yet.
    mutating func refuseBusy(_ entityID: EntityID, now: Int64) throws(Refusal) {
        guard let lock = providers[entityID]?.lock, lock.expires > now else { return }
        throw Refusal(.resourceLocked, "another call of \(entityID) is in progress", retryAfter: 5)
    }

    /// Whether a call may go on after a transaction, which then counts as retrieved.
    ///
    /// - Throws: `expiredTransactionID`.
    func refuseExpired(_ id: UInt64, of state: ServiceProviderState) throws(Refusal) {
        let reason: String? =
            if id < state.start {
                "it is before the starting point \(state.start) of the last initialize"
            } else if id < state.confirmed {
                "what follows it was retrieved already, up to \(state.confirmed)"
            } else if id < journal.pruned {
                "what follows it was pruned, up to \(journal.pruned)"
            } else if id > journal.last {
                "the journal ends with \(journal.last)"
            } else {
                nil
            }
        if let reason { throw Refusal(.expiredTransactionID, "transaction \(id): \(reason); ask for a snapshot") }
    }

    /// The rule that follows from what a service provider wants and what the configuration lets it have.
    func rule(for state: ServiceProviderState, _ settings: ServiceProviderSettings) -> ReleaseRule {
        var wanted: [String] = []
        for name in state.attributes.map({ AttributeNames.canonical($0, in: schema) }) where !wanted.contains(name) {
            wanted.append(name)
        }
        let allowed = settings.attributes.map { Set($0.map { AttributeNames.canonical($0, in: schema) }) }
        return ReleaseRule(
            subject: AttributeNames.canonical(state.subject ?? self.settings.subject, in: schema), attributes: wanted,
            released: wanted.filter { allowed?.contains($0) ?? true },
            population: settings.population ?? membershipFilter(of: settings.entityID))
    }

    /// The default population: those whose membership attribute names the service provider.
    private func membershipFilter(of entityID: EntityID) -> String {
        let value = entityID.text.utf8.map { octet in
            "()*\\".utf8.contains(octet) ? "\\" + Hexadecimal.text(of: [octet]) : String(Unicode.Scalar(octet))
        }
        return "(\(settings.membership)=\(value.joined()))"
    }

    /// Runs what only the file layer can fail: `internalServerError` for the caller, the reason for the log.
    func answering<Result>(_ body: () throws(StorageError) -> Result) throws(Refusal) -> Result {
        do throws(StorageError) { return try body() } catch {
            log.log(.error, "call-failed", ["reason": error.description])
            throw Refusal(.internalServerError, "the provider failed; its log says why")
        }
    }
}
