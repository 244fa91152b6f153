import AttributeIndex
import CommonInterface
import EventLog
import Storage
import Synchronization

/// The steps of a source's thread.
extension SourceFollower {
    /// Changelogs asked for in one step, at most.
    private static let mostFiles = 16

    func run(_ task: FollowState.Task, _ following: Following) throws(FollowFailure) {
        switch task {
        case .initialize: try initialize(following)
        case .snapshot: try snapshot(following)
        case .changelog:
            try catchUp(following)
            followed()
        case .subscription:
            try catchUp(following)
            try subscribe(following)
            followed()
        case .accept: try accept(following)
        case .discard: try discard(following)
        }
    }

    // MARK: - Beginning

    private func initialize(_ following: Following) throws(FollowFailure) {
        // Whatever happens from here on, what was agreed before is not any more.
        try filing { () throws(StorageError) in try files.forgetAgreement(with: id) }
        var agreement = SourceAgreement(following.settings, own: surroundings.own)
        agreement.withheld = try calling { () throws(SourceFailure) in try following.source.initialize() }
        log.log(.info, "source-initialized", ["source": entityID.text, "withheld": agreement.withheld.count])
        for name in agreement.withheld {
            log.log(.warning, "attribute-withheld", ["source": entityID.text, "attribute": name])
        }
        try withCurrent(following) { shared in
            shared.following.agreement = nil
            shared.following.pending = agreement
            shared.state.initialized()
        }
    }

    /// Fetches everybody and makes them be who is served.
    private func snapshot(_ following: Following) throws(FollowFailure) {
        let file = try calling { () throws(SourceFailure) in try following.source.snapshot() }
        defer { remove(file) }
        let before = position
        if let before, file.position < before, !shared.withLock({ $0.state.isSnapshotAsked }) {
            throw .untrue(
                "its snapshot is as of transaction \(file.position), and \(before) is served; if the provider was put back from a "
                    + "copy, 'peopled resync \(entityID)' takes what it says now")
        }
        try apply(SnapshotDelivery(following.settings, file), following, before)
    }

    /// Applies a snapshot, fetched or held.
    func apply(
        _ snapshot: SnapshotDelivery, _ following: Following, _ before: TransactionID?
    ) throws(FollowFailure) {
        let outcome = try applying(following) { () throws(DeliveryError) in try target.replace(with: snapshot) }
        let file = snapshot.file
        switch outcome {
        case .applied(let counts):
            try remember(following)
            log.log(
                .info, "snapshot-applied",
                [
                    "source": entityID.text, "transaction": file.position.description, "added": counts.added,
                    "modified": counts.modified, "removed": counts.removed, "unchanged": counts.unchanged,
                    "refused": counts.refused,
                ])
            // The target tells of the snapshot itself, together with its people.
            if snapshot.mayRemoveAny { event(.accepted, file.position, counts) }
            try filing { () throws(StorageError) in try files.dropHeld(of: id) }
            shared.withLock { $0.state.snapshotApplied(now: now, seconds: seconds) }
        case .held(let removals, let people):
            let held = HeldDelivery(
                kind: .snapshot, after: before, position: file.position, records: file.records, removals: removals,
                people: people, time: seconds)
            hold(try filing { () throws(StorageError) in try files.hold(held, of: id, file: file.path) })
        }
    }

    /// What was agreed by `initialize` is applied now: from here on a restart goes on without it.
    private func remember(_ following: Following) throws(FollowFailure) {
        guard let pending = shared.withLock({ $0.following.pending }) else { return }
        try filing { () throws(StorageError) in try files.remember(pending, with: id) }
        try withCurrent(following) { shared in
            shared.following.agreement = pending
            shared.following.pending = nil
        }
    }

    // MARK: - Going on

    /// Asks for changes and applies them until hardly any are left: a file may end early where it would be too large. Not without
    /// end: who makes changes faster than we apply them is looked at again later.
    private func catchUp(_ following: Following) throws(FollowFailure) {
        var most = 0
        for _ in 0..<Self.mostFiles {
            guard let before = position else { throw .source(SourceFailure(.expired, "nothing of it is served yet")) }
            let file = try calling { () throws(SourceFailure) in try following.source.changelog(after: before) }
            defer { remove(file) }
            guard file.position >= before else {
                throw .untrue("asked for what follows \(before), it sent what leads to \(file.position)")
            }
            let isApplied = try apply(file, after: before, following)
            let records = file.records ?? 0
            guard isApplied, file.position > before, records > 0, records >= most / 2 else { return }
            most = records
        }
    }

    /// - Returns: whether it was applied: there may be nothing to apply, or a push may have come in between, or it is held.
    private func apply(
        _ file: FetchedFile, after before: TransactionID, _ following: Following
    ) throws(FollowFailure) -> Bool {
        guard file.position > before || file.records != 0 else { return false }
        let content: ChangeDelivery.Content = file.records == 0 ? .octets([]) : .file(file.path)
        let changes = ChangeDelivery(following.settings, content, after: before, to: file.position)
        let outcome = try applying(following) { () throws(DeliveryError) in
            // Pushes may have come in between.
            position == before && !isHeld ? try target.apply(changes) : nil
        }
        switch outcome {
        case nil: return false
        case .applied(let counts):
            guard file.records != 0 else { return true }
            log.log(
                .info, "changelog-applied",
                [
                    "source": entityID.text, "transaction": file.position.description, "added": counts.added,
                    "modified": counts.modified, "removed": counts.removed, "refused": counts.refused,
                ])
            return true
        case .held(let removals, let people):
            let held = HeldDelivery(
                kind: .changes, after: before, position: file.position, records: file.records, removals: removals,
                people: people, time: seconds)
            hold(try filing { () throws(StorageError) in try files.hold(held, of: id, file: file.path) })
            return false
        }
    }

    private func subscribe(_ following: Following) throws(FollowFailure) {
        guard let position, !isHeld else { return }
        try calling { () throws(SourceFailure) in try following.source.subscribe(after: position) }
    }

    private func followed() {
        let (now, seconds) = (now, seconds)
        shared.withLock { if $0.state.held == nil { $0.state.followed(now: now, seconds: seconds) } }
    }

    // MARK: - What all steps do

    /// Applies something, one delivery at a time, unless the configuration has changed.
    func applying<Outcome>(
        _ following: Following, _ body: () throws(DeliveryError) -> Outcome
    ) throws(FollowFailure) -> Outcome {
        try delivery.withLock { (_) throws(FollowFailure) in
            guard isCurrent(following) else { throw .outdated }
            do throws(DeliveryError) { return try body() } catch { throw .delivery(error) }
        }
    }

    private var isHeld: Bool { shared.withLock { $0.state.held != nil } }

    func isCurrent(_ following: Following) -> Bool {
        shared.withLock { $0.following.generation == following.generation }
    }

    private func withCurrent(_ following: Following, _ body: (inout Shared) -> Void) throws(FollowFailure) {
        let isCurrent = shared.withLock { shared in
            guard shared.following.generation == following.generation else { return false }
            body(&shared)
            return true
        }
        if !isCurrent { throw .outdated }
    }

    func filing<Result>(_ body: () throws(StorageError) -> Result) throws(FollowFailure) -> Result {
        do throws(StorageError) { return try body() } catch { throw .files(error) }
    }

    private func calling<Result>(_ body: () throws(SourceFailure) -> Result) throws(FollowFailure) -> Result {
        do throws(SourceFailure) { return try body() } catch { throw .source(error) }
    }

    /// Removes what was fetched, unless it was moved. What stays goes with the next start.
    private func remove(_ file: FetchedFile) {
        if !file.path.isEmpty { try? files.files.remove(file.path) }
    }
}
