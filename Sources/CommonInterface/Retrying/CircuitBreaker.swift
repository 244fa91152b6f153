/// Keeps calls from a peer that fails: tried again as the schedule says, and when that has not helped, left in peace but for
/// one call now and then. A value: its owner gives it the time and the random numbers, and asks before each call.
///
/// Times are milliseconds of one clock that never goes back.
public struct CircuitBreaker: Sendable, Equatable {
    /// What it lets happen.
    public enum State: String, Sendable, Codable {
        /// Calls are made.
        case closed
        /// The last call failed; it is tried again in a moment.
        case retrying
        /// Calls failed again and again; none is made before `nextAttempt`.
        case open
        /// One call is under way that shows whether the peer is there again.
        case probing
    }

    private let schedule: RetrySchedule
    private var isProbing = false
    /// Failures since the last success, one after another.
    public private(set) var failures = 0
    /// Before that no call is made; nil where the last one succeeded.
    public private(set) var nextAttempt: Int64?

    /// A breaker that lets calls pass.
    public init(_ schedule: RetrySchedule = RetrySchedule()) { self.schedule = schedule }

    /// What it lets happen at this moment.
    public var state: State {
        if isProbing { return .probing }
        if failures == 0 { return .closed }
        return schedule.isExhausted(afterFailures: failures) ? .open : .retrying
    }

    /// Whether a call may be made now. Of those that could, once the breaker was open, it lets one alone pass: who is let
    /// pass must say how it went.
    public mutating func admits(now: Int64) -> Bool {
        guard !isProbing, now >= nextAttempt ?? now else { return false }
        isProbing = state == .open
        return true
    }

    /// Milliseconds until `admits` may say yes; nil while a call is under way that decides it.
    public func wait(now: Int64) -> Int64? {
        isProbing ? nil : max(0, (nextAttempt ?? now) - now)
    }

    /// The call went well: calls are made as before.
    public mutating func succeeded() { self = CircuitBreaker(schedule) }

    /// The call failed, in a way that may pass.
    ///
    /// - Returns: milliseconds until the next one.
    @discardableResult
    public mutating func failed(now: Int64, retryAfter: Int? = nil, random: UInt64) -> Int64 {
        failures = failures == .max ? .max : failures + 1
        isProbing = false
        let pause = schedule.pause(afterFailures: failures, retryAfter: retryAfter, random: random)
        let (moment, overflows) = now.addingReportingOverflow(pause)
        nextAttempt = overflows ? .max : moment
        return pause
    }

    /// The next call may be made at once: somebody asks for it.
    public mutating func hurry(now: Int64) {
        if let moment = nextAttempt { nextAttempt = min(moment, now) }
    }
}
