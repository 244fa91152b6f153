/// How long to wait before a call that failed is made again: 1, 5 and 30 seconds, each up to a fifth shorter or longer, so that
/// those who failed together do not come back together. Milliseconds throughout.
public struct RetrySchedule: Sendable, Equatable {
    /// The wait after the first failure, the second, and so on. Who fails once more has failed for good, for now.
    public var pauses: [Int64] = [1000, 5000, 30_000]
    /// The waits after that, between which one call is made to see whether anything has changed; the last for as long as it takes.
    public var rests: [Int64] = [30_000, 60_000, 120_000, 300_000]
    /// How much a wait differs from what stands here, in percent, up or down.
    public var jitter: Int64 = 20
    /// The longest wait that the peer's Retry-After may ask for: nobody is to keep us away for good.
    public var longestRetryAfter: Int64 = 900_000

    /// The values that these lines show.
    public init() {}

    /// The wait after so many failures in a row, from 1.
    ///
    /// - Parameters:
    ///   - retryAfter: seconds that the peer asks for: we wait at least so long, up to a fifth longer, and never less than without.
    ///   - random: any number; it decides how much longer or shorter.
    public func pause(afterFailures count: Int, retryAfter: Int? = nil, random: UInt64) -> Int64 {
        let waits = pauses + rests
        let base = waits.isEmpty ? 0 : waits[min(max(count, 1), waits.count) - 1]
        let own = base - spread(base) + drawn(2 * spread(base), random)
        guard let retryAfter else { return own }
        let seconds = min(max(0, Int64(clamping: retryAfter)), longestRetryAfter / 1000)
        return max(own, seconds * 1000 + drawn(spread(seconds * 1000), random))
    }

    /// Whether so many failures in a row are more than are tried again soon.
    public func isExhausted(afterFailures count: Int) -> Bool { count > pauses.count }

    private func spread(_ wait: Int64) -> Int64 { wait / 100 * min(max(0, jitter), 100) }

    /// A number from 0 to `most`.
    private func drawn(_ most: Int64, _ random: UInt64) -> Int64 { Int64(random % (UInt64(max(0, most)) + 1)) }
}

/// Which answers are worth another try.
extension RetrySchedule {
    /// 429, 500, 502, 503 and 504; and 423, which says that another call of ours has not ended.
    public static func isWorthAnotherTry(httpStatus: Int) -> Bool {
        [423, 429, 500, 502, 503, 504].contains(httpStatus)
    }
}
