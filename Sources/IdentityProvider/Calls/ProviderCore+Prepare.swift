import CommonInterface
import Credentials
import EventLog
import Storage

extension ProviderCore {
    /// Begins `snapshot`: takes the lock, and what the work needs.
    mutating func beginSnapshot(
        _ request: SnapshotRequest, from caller: EntityID, now: Int64
    ) throws(Refusal) -> Preparation {
        try settleForCall()
        let provider = try initialized(request.entityID, caller: caller, for: .snapshot)
        try refuseBusy(caller, now: now)
        return preparation(.snapshot, provider, after: 0, now: now)
    }

    /// Begins `changelog`: takes the lock, remembers what now counts as retrieved, and takes what the work needs.
    mutating func beginChangelog(
        _ request: ChangelogRequest, from caller: EntityID, now: Int64
    ) throws(Refusal) -> Preparation {
        try settleForCall()
        let provider = try initialized(request.entityID, caller: caller, for: .changelog)
        try refuseBusy(caller, now: now)
        let id = request.transactionID.value
        try refuseExpired(id, of: provider.state)
        if id > provider.state.confirmed {
            var state = provider.state
            state.confirmed = id
            do throws(StorageError) {
                try changing { (core) throws(StorageError) in try core.store(state) }
            } catch {
                try answering { () throws(StorageError) in throw error }
            }
        }
        return preparation(.changelog, provider, after: id, now: now)
    }

    /// Ends a preparation: the file takes the place of the one before it, and may be fetched.
    ///
    /// - Throws: `resourceLocked` where the work took so long that another call went on.
    mutating func finish(
        _ work: Preparation, _ content: PreparedContent, transactionID: UInt64, now: Int64
    ) throws(Refusal) -> PreparedAnswer {
        guard providers[work.entityID]?.lock?.ticket == work.ticket else {
            try? files.remove(work.path)
            throw Refusal(.resourceLocked, "the call took too long, and another one went on in its place")
        }
        defer { release(work) }
        guard let token = LibCrypto.randomOctets(count: 16).map({ Hexadecimal.text(of: $0) }) else {
            throw Refusal(.internalServerError, "the provider failed; its log says why")
        }
        let file = PreparedFile(
            mechanism: work.mechanism, token: token, name: work.name, transactionID: transactionID,
            deadline: now + settings.fileLifetime, size: content.size, digest: content.digest,
            records: content.records)
        do throws(StorageError) {
            try changing { (core) throws(StorageError) in try core.publish(file, of: work.entityID) }
        } catch {
            try answering { () throws(StorageError) in throw error }
        }
        return PreparedAnswer(
            transactionID: TransactionID(transactionID), retrieval: settings.baseURL + "/v1/files/" + token,
            deadline: CivilTime.rfc3339(seconds: file.deadline), records: file.records)
    }

    /// Ends a preparation that failed.
    mutating func abandon(_ work: Preparation, _ failure: PreparationFailure) -> Refusal {
        release(work)
        try? files.remove(work.path)
        switch failure {
        case .limit:
            log.log(.error, "file-too-large", ["provider": work.entityID.text, "limit": work.limit])
            return Refusal(
                .internalServerError, "the file would be larger than the \(work.limit) octets that this provider allows"
            )
        case .storage(let error): log.log(.error, "call-failed", ["reason": error.description])
        case .damaged: log.log(.error, "call-failed", ["reason": "a record cannot be read: the data is damaged"])
        }
        return Refusal(.internalServerError, "the provider failed; its log says why")
    }

    private mutating func release(_ work: Preparation) {
        if providers[work.entityID]?.lock?.ticket == work.ticket { providers[work.entityID]?.lock = nil }
    }

    private mutating func publish(_ file: PreparedFile, of entityID: EntityID) throws(StorageError) {
        guard var state = providers[entityID]?.state else { return }
        let old = file.mechanism == .snapshot ? state.snapshot : state.changelog
        if file.mechanism == .snapshot {
            state.snapshot = file
        } else {
            state.changelog = file
            state.offered = file.transactionID
        }
        try store(state)
        removeFiles([old].compactMap { $0 })
    }

    private mutating func preparation(
        _ mechanism: Mechanism, _ provider: ServiceProvider, after: UInt64, now: Int64
    ) -> Preparation {
        let entityID = provider.state.entityID
        let ticket = ticket()
        providers[entityID]?.lock = .init(ticket: ticket, expires: now + settings.lockLifetime)
        // Unlike any file before it, also of another life of this process.
        let random = LibCrypto.randomOctets(count: 8).map { Hexadecimal.text(of: $0) } ?? "\(ticket)"
        let name = "\(DataLayout.digest(of: entityID))-\(mechanism.rawValue)-\(random).ldif"
        return Preparation(
            entityID: entityID, mechanism: mechanism, ticket: ticket, name: name, path: layout.prepared + "/" + name,
            history: provider.history, people: people, journal: journal.committed(), after: after, time: now,
            limit: settings.fileLimit, audit: AuditLog(directory: layout.audit, files: files))
    }

    /// Reads the state again after a failure, before a call relies on it.
    mutating func settleForCall() throws(Refusal) {
        do throws(StorageError) { try settle() } catch { try answering { () throws(StorageError) in throw error } }
    }
}
