import AttributeIndex
import CommonInterface
import Dispatch
import EventLog
import Storage
import Synchronization

/// Follows one source: one thread takes step after step, and pushes come in between on threads of the listener.
///
/// `state` is held for moments only. `delivery` is held while something is applied, so that one delivery is applied at a time;
/// files are fetched without it.
final class SourceFollower: Sendable {
    /// What all followers of a controller share.
    struct Surroundings: Sendable {
        let own: EntityID
        let target: any TargetResourceAdapter
        let events: any ChangeEventRecorder
        let log: EventLog
        let files: FeedFiles
        let clock: FeedClock
    }

    /// What is followed, and how, at a moment.
    struct Following: Sendable {
        var settings: IdentityProviderSettings
        var source: any IdentitySource
        /// Counts the configurations: what was fetched under an earlier one is not applied.
        var generation = 0
        /// What is agreed with the source, and applied.
        var agreement: SourceAgreement?
        /// What is agreed, and will be applied by the next snapshot.
        var pending: SourceAgreement?
        var isStopped = false
    }

    struct Shared {
        var state: FollowState
        var following: Following
    }

    let entityID: EntityID
    let id: SourceID
    let surroundings: Surroundings
    let shared: Mutex<Shared>
    let delivery = Mutex(())
    private let bell = DispatchSemaphore(value: 0)

    var target: any TargetResourceAdapter { surroundings.target }
    var files: FeedFiles { surroundings.files }
    var log: EventLog { surroundings.log }
    var now: Int64 { surroundings.clock.milliseconds() }
    var seconds: Int64 { surroundings.clock.seconds() }

    init(
        _ settings: IdentityProviderSettings, _ source: any IdentitySource, _ surroundings: Surroundings
    ) throws(StorageError) {
        entityID = settings.entityID
        id = SourceID(settings.entityID)
        self.surroundings = surroundings
        var held = try surroundings.files.heldDelivery(of: id)
        let before = surroundings.target.state(of: entityID).map { TransactionID($0.position) }
        if let delivery = held, delivery.after != before {
            // It was applied, and the process ended before it could be removed; or the directory is another one.
            try surroundings.files.dropHeld(of: id)
            held = nil
        }
        let agreement = try surroundings.files.agreement(with: id)
        let now = surroundings.clock.milliseconds()
        shared = Mutex(
            Shared(
                state: FollowState(settings, now: now, held: held),
                following: Following(settings: settings, source: source, agreement: agreement)))
        require()
        if let held { tellHeld(held) }
    }

    /// Goes on with another configuration. What is under way under the one before is not applied any more.
    func adopt(_ settings: IdentityProviderSettings, _ source: any IdentitySource) {
        shared.withLock { shared in
            shared.following.settings = settings
            shared.following.source = source
            shared.following.generation += 1
            shared.following.pending = nil
            shared.state.adopt(settings, now: now)
        }
        require()
        wake()
    }

    /// Sees whether what is agreed is what is wanted, and whether there is anything to go on from.
    private func require() {
        let hasPosition = target.state(of: entityID) != nil
        let own = surroundings.own
        shared.withLock { shared in
            let wanted = SourceAgreement(shared.following.settings, own: own)
            if !wanted.isSame(as: shared.following.agreement) {
                shared.state.requireInitialize()
            } else if !hasPosition {
                shared.state.requireSnapshot()
            }
        }
    }

    // MARK: - The thread

    /// Does what is due.
    ///
    /// - Returns: milliseconds until something is due again; nil where that is when something happens.
    func step() -> Int64? {
        let (next, following) = shared.withLock { ($0.state.next(now: now), $0.following) }
        guard case .run(let task) = next else {
            if case .wait(let milliseconds) = next { return milliseconds }
            return nil
        }
        do throws(FollowFailure) {
            try run(task, following)
        } catch {
            settle(error, of: task, following)
        }
        return 0
    }

    /// Takes steps until `stop`: what the thread does.
    func follow() {
        while !isStopped {
            guard let pause = step() else {
                bell.wait()
                continue
            }
            if pause > 0 { _ = bell.wait(timeout: .now() + .milliseconds(Int(clamping: pause))) }
        }
    }

    /// Has the thread look at once what is due.
    func wake() { bell.signal() }

    var isStopped: Bool { shared.withLock { $0.following.isStopped } }

    /// Applies nothing any more: when this returns, what was being applied is, and nothing else will be.
    func stop() {
        shared.withLock { shared in
            shared.following.isStopped = true
            shared.following.generation += 1
        }
        wake()
        delivery.withLock { _ in }
    }

    // MARK: - What is known

    /// Where the target stands.
    var position: TransactionID? { target.state(of: entityID).map { TransactionID($0.position) } }

    var status: SourceStatus {
        let known = target.state(of: entityID)
        let (now, seconds) = (now, seconds)
        return shared.withLock { shared in
            let state = shared.state
            var status = SourceStatus(entityID, state.phase(hasPosition: known != nil), update: state.update)
            status.position = known.map { TransactionID($0.position).description }
            status.people = known?.people ?? 0
            status.refused = target.refusedCount(of: entityID)
            status.lastSuccess = state.lastSuccess
            status.lag = state.lastSuccess.map { max(0, seconds - $0) }
            status.lastSnapshot = known.flatMap { $0.snapshotTime > 0 ? $0.snapshotTime : nil }
            status.nextAttempt = state.nextAttempt(now: now).map { seconds + ($0 - now + 999) / 1000 }
            status.failures = state.failures
            status.failure = state.failure
            status.heldRemovals = state.held?.removals
            status.withheld = (shared.following.pending ?? shared.following.agreement)?.withheld ?? []
            return status
        }
    }

    func event(
        _ kind: ChangeEvent.Kind, _ position: TransactionID?, _ counts: DeliveryCounts? = nil, _ reason: String? = nil
    ) {
        var event = ChangeEvent(entityID, kind, position)
        event.counts = counts
        event.reason = reason
        surroundings.events.record([event])
    }
}

extension SourceFollower {
    /// Has nothing pushed any more, where something was. Asked for once: who pushes nevertheless is refused.
    func unsubscribe() {
        let following = shared.withLock { $0.following }
        guard following.settings.update == .subscription else { return }
        do throws(SourceFailure) { try following.source.unsubscribe() } catch {
            log.log(.info, "unsubscribe-failed", ["source": entityID.text, "reason": error.description])
        }
    }
}
