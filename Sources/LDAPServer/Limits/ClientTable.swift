import Synchronization

/// Connections, and a bucket of requests, by a key: the address or the identity that several connections have in common.
///
/// Asked when a connection comes, binds and goes, and for requests only where their rate is limited.
final class ClientTable<Key: Hashable & Sendable>: Sendable {
    private let entries = Mutex<[Key: ClientEntry]>([:])

    /// Counts one more connection; false, and it is not counted, where there are `most` already (0: no limit).
    func enter(_ key: Key, most: Int = 0) -> Bool {
        entries.withLock { entries in
            let count = entries[key]?.connections ?? 0
            guard most == 0 || count < most else { return false }
            entries[key, default: ClientEntry()].connections = count + 1
            return true
        }
    }

    /// One connection less. Its bucket stays until it is full: who comes back at once finds it as it was.
    func leave(_ key: Key) {
        entries.withLock { entries in
            guard var entry = entries[key] else { return }
            entry.connections -= 1
            entries[key] = entry.connections > 0 || entry.bucket != nil ? entry : nil
        }
    }

    /// Whether one more request fits into the rate.
    func hasToken(_ key: Key, perSecond: Int, now: UInt64) -> Bool {
        entries.withLock { entries in
            entries[key]?.withBucket(perSecond, now) { $0.hasToken(now: now) } ?? true
        }
    }

    /// Counts a request.
    func take(_ key: Key) {
        entries.withLock { $0[key]?.bucket?.take() }
    }

    /// Forgets those who are gone, and whose bucket is full again.
    func forgetTheGone(now: UInt64) {
        entries.withLock { entries in
            for (key, var entry) in entries where entry.connections <= 0 {
                if entry.bucket?.isFull(now: now) ?? true { entries[key] = nil }
            }
        }
    }

    /// Keys that are known, for tests.
    var count: Int { entries.withLock { $0.count } }
}

private struct ClientEntry {
    var connections = 0
    var bucket: TokenBucket?

    mutating func withBucket<Result>(
        _ perSecond: Int, _ now: UInt64, _ body: (inout TokenBucket) -> Result
    ) -> Result {
        var bucket = bucket ?? TokenBucket(perSecond: perSecond, now: now)
        defer { self.bucket = bucket }
        return body(&bucket)
    }
}
