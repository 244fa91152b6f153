import CommonInterface
import EventLog
import Storage

/// A push before it is written: what it needs of the state.
struct PushWork: Sendable {
    let entityID: EntityID
    let subscription: ServiceProviderState.Subscription
    let history: ReleaseHistory
    let journal: any JournalView
    let octets: Int
    let records: Int
    let audit: AuditLog
    let time: Int64

    /// Reads the next changes.
    ///
    /// - Returns: the push, nil where nothing concerns this service provider; and the transaction that it brings it to.
    func run() throws(PreparationFailure) -> (push: Push?, reached: UInt64) {
        var writer = ChangelogWriter()
        var changes = PendingChanges(journal: journal, history: history, after: subscription.delivered)
        var count = 0
        var last = subscription.delivered
        var audited = AuditLog.Batch(time: time, provider: entityID, how: "subscription", transactionID: journal.last)
        let reached = try changes.read { change in
            // One record at least, however large.
            guard count == 0 || count < records && writer.output.count < octets else { return false }
            writer.write(change)
            audited.add(change)
            last = change.id.value
            count += 1
            return true
        }
        guard count > 0 else { return (nil, reached) }
        do throws(StorageError) { try audit.write(&audited) } catch { throw .storage(error) }
        let push = Push(
            listener: subscription.listener, body: writer.output, transactionID: TransactionID(last), records: count)
        return (push, reached)
    }
}

extension ProviderCore {
    /// What a service provider's next push needs; nil where it has no subscription or nothing is new. A subscription whose next
    /// changes were pruned ends: what is lost cannot be pushed, and the service provider has to ask for a snapshot.
    mutating func beginPush(to entityID: EntityID, now: Int64) throws(StorageError) -> PushWork? {
        try settle()
        guard let settings = registered[entityID], settings.mechanisms.contains(.subscription),
            let provider = providers[entityID], provider.state.isInitialized,
            let subscription = provider.state.subscription
        else { return nil }
        guard subscription.delivered < journal.last else {
            if provider.unsavedSince != nil {
                try changing { (core) throws(StorageError) in try core.store(provider.state) }
            }
            return nil
        }
        guard subscription.delivered >= journal.pruned else {
            log.log(
                .error, "subscription-lost",
                ["provider": entityID.text, "delivered": subscription.delivered, "pruned": journal.pruned])
            var state = provider.state
            state.subscription = nil
            try changing { (core) throws(StorageError) in try core.store(state) }
            return nil
        }
        return PushWork(
            entityID: entityID, subscription: subscription, history: provider.history, journal: journal.committed(),
            octets: self.settings.pushOctets, records: self.settings.pushRecords,
            audit: AuditLog(directory: layout.audit, files: files), time: now)
    }

    /// Remembers how far a listener is: further than before, or less far, for then it has lost what it had, and is pushed it
    /// again. Where it is at no transaction that could be pushed from, the subscription ends, and the service provider finds
    /// that it needs a snapshot. Nothing where the subscription is another one by now.
    mutating func delivered(_ id: UInt64, of work: PushWork) throws(StorageError) {
        guard var state = providers[work.entityID]?.state, state.subscription == work.subscription,
            id != work.subscription.delivered
        else { return }
        let delivered = work.subscription.delivered
        if id < max(state.start, journal.pruned) || id > journal.last {
            log.log(
                .error, "subscription-lost",
                ["provider": work.entityID.text, "delivered": delivered, "listener": id, "last": journal.last])
            state.subscription = nil
        } else {
            let isUnsavedLong = (providers[work.entityID]?.unsavedSince).map { $0 < work.time } ?? false
            if id > delivered, !isUnsavedLong {
                // Nobody waits for the disk: pushes follow each other at once, and are written when they pause, or each second.
                providers[work.entityID]?.note(delivered: id, now: work.time)
                return
            }
            if id < delivered {
                log.log(
                    .warning, "listener-behind",
                    ["provider": work.entityID.text, "delivered": delivered, "listener": id])
            }
            state.subscription?.delivered = id
        }
        try changing { (core) throws(StorageError) in try core.store(state) }
    }
}
