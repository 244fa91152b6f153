/// So many requests a second, after a burst of a second's worth.
struct TokenBucket {
    private let perSecond: UInt64
    /// In thousandths of a request, so that a millisecond is `perSecond` of them.
    private var tokens: UInt64
    private var last: UInt64

    private var capacity: UInt64 { perSecond * 1000 }

    /// A full bucket. `now` is a clock in milliseconds.
    init(perSecond: Int, now: UInt64) {
        self.perSecond = UInt64(max(1, min(perSecond, 1_000_000_000)))
        tokens = self.perSecond * 1000
        last = now
    }

    /// A bucket with no more in it than another has: who becomes somebody else has not waited for that.
    init(perSecond: Int, following other: TokenBucket?, now: UInt64) {
        self.init(perSecond: perSecond, now: now)
        if let other { tokens = min(tokens, other.tokens) }
    }

    /// Whether there is room for one more request.
    mutating func hasToken(now: UInt64) -> Bool {
        fill(now)
        return tokens >= 1000
    }

    /// Counts one.
    mutating func take() { tokens -= min(tokens, 1000) }

    /// Whether nobody has asked for anything lately: a new bucket would be no different.
    mutating func isFull(now: UInt64) -> Bool {
        fill(now)
        return tokens == capacity
    }

    private mutating func fill(_ now: UInt64) {
        guard now > last else { return }
        // Full after a second, so that no product grows beyond that.
        tokens = min(capacity, tokens + min(now - last, 1000) * perSecond)
        last = now
    }
}
