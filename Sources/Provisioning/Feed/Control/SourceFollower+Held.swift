import AttributeIndex
import CommonInterface
import EventLog
import Storage
import Synchronization

/// Deliveries that would remove too many people.
extension SourceFollower {
    /// Takes note of what is held; its files are durable.
    func hold(_ held: HeldDelivery) {
        shared.withLock { $0.state.hold(held) }
        event(.held, held.position, nil, "it would remove \(held.removals) of \(held.people) people")
        tellHeld(held)
    }

    func tellHeld(_ held: HeldDelivery) {
        log.log(
            .error, "delivery-held",
            [
                "source": entityID.text, "kind": held.kind.rawValue, "removals": held.removals, "people": held.people,
                "help": "peopled resync \(entityID) --accept or --discard",
            ])
    }

    /// Somebody wants something of this source.
    func take(_ request: ResyncRequest) throws(ResyncRefusal) {
        let now = now
        try shared.withLock { (shared) throws(ResyncRefusal) in
            if request == .snapshot { return shared.state.askSnapshot(now: now) }
            guard shared.state.held != nil else {
                throw ResyncRefusal("nothing of \(entityID) is held: there is nothing to \(request.rawValue)")
            }
            shared.state.decide(request == .accept ? .accept : .discard, now: now)
        }
        log.log(.info, "resync-asked", ["source": entityID.text, "request": request.rawValue])
        wake()
    }

    /// Applies what is held, whomever it removes.
    func accept(_ following: Following) throws(FollowFailure) {
        guard let held = shared.withLock({ $0.state.held }) else { return }
        let before = position
        let isIntact = try filing { () throws(StorageError) in try files.isIntact(held, of: id) }
        guard isIntact, held.after == before else {
            let reason =
                isIntact
                ? "what was held follows another transaction than the one that is served"
                : "the file of what was held is damaged"
            try filing { () throws(StorageError) in try files.dropHeld(of: id) }
            return resync(reason)
        }
        let path = files.heldRecords(of: id)
        switch held.kind {
        case .snapshot:
            var delivery = SnapshotDelivery(
                following.settings,
                FetchedFile(path: path, position: held.position ?? .zero, records: held.records))
            delivery.mayRemoveAny = true
            try apply(delivery, following, before)
        case .changes:
            try acceptChanges(held, path, after: before ?? .zero, following)
        }
    }

    private func acceptChanges(
        _ held: HeldDelivery, _ path: String, after before: TransactionID, _ following: Following
    ) throws(FollowFailure) {
        var delivery = ChangeDelivery(following.settings, .file(path), after: before, to: held.position)
        delivery.mayRemoveAny = true
        let outcome = try applying(following) { () throws(DeliveryError) in try target.apply(delivery) }
        // What may remove anybody is not held.
        guard case .applied(let counts) = outcome else { return }
        try filing { () throws(StorageError) in try files.dropHeld(of: id) }
        log.log(.info, "held-accepted", ["source": entityID.text, "removed": counts.removed])
        event(.accepted, position, counts)
        let (now, seconds) = (now, seconds)
        shared.withLock { $0.state.released(now: now, accepted: true, seconds: seconds) }
    }

    /// Forgets what is held.
    func discard(_ following: Following) throws(FollowFailure) {
        try filing { () throws(StorageError) in try files.dropHeld(of: id) }
        log.log(.info, "held-discarded", ["source": entityID.text])
        event(.discarded, position)
        let (now, seconds) = (now, seconds)
        shared.withLock { $0.state.released(now: now, accepted: false, seconds: seconds) }
    }
}
