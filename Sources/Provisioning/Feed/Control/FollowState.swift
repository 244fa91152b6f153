import CommonInterface

/// What is to be done next about a source: a state machine that is told of everything that happens, and of the time.
///
/// `initialize`, then a snapshot, then what the configuration says, each again where it is due. What is missing or does not fit
/// leads to a snapshot, unasked. Times are milliseconds of a clock that never goes back.
struct FollowState {
    /// Something to be done.
    enum Task: Sendable, Equatable {
        case initialize
        case snapshot
        /// Ask for what changed since.
        case changelog
        /// See that nothing is missing, and that the subscription stands.
        case subscription
        /// Do with the held delivery what somebody has said.
        case accept, discard
    }

    /// What to do now.
    enum Next: Equatable {
        case run(Task)
        /// Nothing, for so many milliseconds; nil: until something happens.
        case wait(Int64?)
    }

    /// How long to wait where trying again soon will not help.
    static let permanentRest: Int64 = 300_000

    /// How it is followed.
    private(set) var update: IdentityProviderSettings.Update
    /// Milliseconds between two looks.
    private(set) var interval: Int64
    /// Whether the source has to be told what is wanted.
    private(set) var isInitializeDue = false
    /// Whether a snapshot is due.
    private(set) var isSnapshotDue = false
    /// Whether somebody has asked for that snapshot: then it may replace what is held, and may be older than what is served.
    private(set) var isSnapshotAsked = false
    /// What is being done.
    private(set) var running: Task?
    /// A delivery that waits for somebody.
    private(set) var held: HeldDelivery?
    /// The last failure.
    private(set) var failure: String?
    /// Whether it will not pass by itself.
    private(set) var isPermanent = false
    /// When there was last known to be nothing missing, in seconds since 1970.
    private(set) var lastSuccess: Int64?

    private var decision: Task?
    private var breaker: CircuitBreaker
    private let schedule: RetrySchedule
    /// When to look again.
    private var nextLook: Int64
    /// Nothing is tried before, whatever is due.
    private var restUntil: Int64?
    /// Snapshots that were due unasked since the source could last be followed.
    private var resyncs = 0

    init(
        _ settings: IdentityProviderSettings, now: Int64, held: HeldDelivery?, schedule: RetrySchedule = RetrySchedule()
    ) {
        update = settings.update
        interval = Self.milliseconds(settings.interval)
        nextLook = now
        self.held = held
        self.schedule = schedule
        breaker = CircuitBreaker(schedule)
    }

    private static func milliseconds(_ seconds: Int) -> Int64 { Int64(min(max(1, seconds), 10_000_000)) * 1000 }

    // MARK: - What to do

    /// What to do at this moment. Who is told to run something has to say how it went.
    mutating func next(now: Int64) -> Next {
        if let restUntil, now < restUntil { return .wait(restUntil - now) }
        guard let task = due(now) else { return .wait(held == nil ? max(0, nextLook - now) : nil) }
        guard breaker.admits(now: now) else { return .wait(breaker.wait(now: now)) }
        running = task
        return .run(task)
    }

    private func due(_ now: Int64) -> Task? {
        if held != nil, !isSnapshotAsked { return decision }
        if isInitializeDue { return .initialize }
        if isSnapshotDue { return .snapshot }
        guard now >= nextLook else { return nil }
        switch update {
        case .snapshot: return .snapshot
        case .changelog: return .changelog
        case .subscription: return .subscription
        }
    }

    /// When something is tried next, where that is known.
    func nextAttempt(now: Int64) -> Int64? {
        if running != nil { return now }
        if held != nil, !isSnapshotAsked, decision == nil { return nil }
        let moments = [restUntil, breaker.nextAttempt].compactMap { $0 }
        return moments.max() ?? (isInitializeDue || isSnapshotDue ? now : max(now, nextLook))
    }

    /// Whether pushes can be taken: not while a snapshot, which would overtake them, is due or something is held.
    var takesPushes: Bool { update == .subscription && !isInitializeDue && !isSnapshotDue && held == nil }

    /// What it is being done with, for people.
    func phase(hasPosition: Bool) -> SourceStatus.Phase {
        if held != nil { return .held }
        if isPermanent { return .failed }
        switch breaker.state {
        case .open, .probing: return .suspended
        case .retrying: return .retrying
        case .closed: break
        }
        guard hasPosition || isSnapshotDue && running == .snapshot else { return .starting }
        return isInitializeDue || isSnapshotDue || running == .snapshot ? .snapshot : .following
    }

    /// Failures since the last success.
    var failures: Int { max(breaker.failures, isPermanent ? 1 : 0) }

    // MARK: - What happened

    /// The configuration was read again.
    mutating func adopt(_ settings: IdentityProviderSettings, now: Int64) {
        update = settings.update
        interval = Self.milliseconds(settings.interval)
        hurry(now: now)
        nextLook = now
    }

    /// The source has to be told what is wanted, and to send everybody.
    mutating func requireInitialize() {
        isInitializeDue = true
        isSnapshotDue = true
    }

    /// Everybody is to be sent, since nothing else leads on.
    mutating func requireSnapshot() { isSnapshotDue = true }

    /// Somebody asks for everybody.
    mutating func askSnapshot(now: Int64) {
        isSnapshotDue = true
        isSnapshotAsked = true
        decision = nil
        hurry(now: now)
    }

    /// Somebody has decided about what is held.
    mutating func decide(_ task: Task, now: Int64) {
        decision = task
        hurry(now: now)
    }

    /// Look again as soon as possible: something is missing.
    mutating func look(now: Int64) { nextLook = min(nextLook, now) }

    private mutating func hurry(now: Int64) {
        breaker.hurry(now: now)
        restUntil = nil
        isPermanent = false
    }

    /// The source knows what is wanted.
    mutating func initialized() {
        ended()
        isInitializeDue = false
        isSnapshotDue = true
    }

    /// Everybody is served as of some transaction.
    mutating func snapshotApplied(now: Int64, seconds: Int64) {
        ended()
        isSnapshotDue = false
        isSnapshotAsked = false
        held = nil
        decision = nil
        if update == .snapshot { resyncs = 0 }
        lastSuccess = seconds
        // What was missed meanwhile is asked for at once, and the subscription begun again.
        nextLook = update == .subscription ? now : after(now)
    }

    /// Nothing was missing.
    mutating func followed(now: Int64, seconds: Int64) {
        ended()
        resyncs = 0
        lastSuccess = seconds
        nextLook = after(now)
    }

    /// A push was applied.
    mutating func pushed(seconds: Int64) { lastSuccess = seconds }

    /// A delivery is held.
    mutating func hold(_ delivery: HeldDelivery) {
        ended()
        held = delivery
        decision = nil
        isSnapshotAsked = false
    }

    /// What was held is applied, or forgotten.
    mutating func released(now: Int64, accepted: Bool, seconds: Int64) {
        let wasSnapshot = held?.kind == .snapshot
        ended()
        held = nil
        decision = nil
        if accepted, wasSnapshot {
            snapshotApplied(now: now, seconds: seconds)
        } else {
            nextLook = accepted ? now : after(now)
            if accepted { lastSuccess = seconds }
        }
        // A snapshot that is wrong is not asked for again at once.
        if !accepted, isSnapshotDue || isInitializeDue { restUntil = after(now) }
    }

    /// Something that does not fit: everybody is to be sent. Again and again, it is asked for ever more rarely.
    mutating func resync(_ reason: String, initialize: Bool, now: Int64, random: UInt64) {
        ended()
        held = nil
        decision = nil
        isSnapshotDue = true
        isInitializeDue = isInitializeDue || initialize
        failure = reason
        if resyncs > 0 { restUntil = now &+ schedule.pause(afterFailures: resyncs, random: random) }
        resyncs = min(resyncs + 1, 1000)
    }

    /// What was to be done failed.
    ///
    /// - Returns: milliseconds until it is tried again, and whether it has only now been given up for a while.
    mutating func failed(
        _ reason: String, permanent: Bool, retryAfter: Int?, now: Int64, random: UInt64
    ) -> (wait: Int64, isGivenUp: Bool) {
        running = nil
        failure = reason
        let wasUp = !isPermanent && breaker.state != .open && breaker.state != .probing
        let pause = breaker.failed(now: now, retryAfter: retryAfter, random: random)
        guard permanent else { return (pause, wasUp && breaker.state == .open) }
        isPermanent = true
        restUntil = now &+ max(pause, Self.permanentRest)
        return (max(pause, Self.permanentRest), wasUp)
    }

    /// What was being done is of no use any more; it is seen anew what is due.
    mutating func abandoned() {
        running = nil
        breaker.succeeded()
    }

    private mutating func ended() {
        running = nil
        failure = nil
        isPermanent = false
        restUntil = nil
        breaker.succeeded()
    }

    private func after(_ now: Int64) -> Int64 { now &+ interval }
}
