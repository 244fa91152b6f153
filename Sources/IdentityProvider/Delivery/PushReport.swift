public import CommonInterface

/// How pushing to one service provider goes.
public struct PushReport: Codable, Equatable, Sendable {
    /// What the circuit breaker lets happen.
    public var state: CircuitBreaker.State
    /// Failures since the last push that arrived, one after another.
    public var failures: Int
    /// Why the last of them failed.
    public var reason: String?
    /// When the next push is tried, in seconds since 1970; nil: as soon as there is something to push.
    public var nextAttempt: Int64?
}
