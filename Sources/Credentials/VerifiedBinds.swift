import Synchronization

/// Which passwords were found right lately, so that a client that binds for every request costs one slow hash a while.
///
/// An entry of the cache is HMAC-SHA-256, under a key that this process made and keeps to itself, of the entry's key, all its
/// stored values and the password. A credential that was changed, removed or added makes another HMAC, and so does the wrong
/// password: nothing needs to be told of changes. Only successes are kept.
public final class VerifiedBinds: Sendable {
    private struct Digest: Hashable {
        let high: UInt128
        let low: UInt128

        init?(_ octets: [UInt8]) {
            guard octets.count == 32 else { return nil }
            func number(_ part: ArraySlice<UInt8>) -> UInt128 { part.reduce(0) { $0 << 8 | UInt128($1) } }
            (high, low) = (number(octets[..<16]), number(octets[16...]))
        }
    }

    private struct Found {
        var until: [Digest: ContinuousClock.Instant] = [:]
        /// In the order they were noted, which is also that of their ends.
        var order: [Digest] = []
        var first = 0
    }

    private let capacity: Int
    private let lifetime: Duration
    private let secret: SecretOctets
    private let found = Mutex(Found())

    /// A cache of at most `capacity` binds, each for `lifetime` from when it was verified. Nil where the system gives no
    /// random octets.
    public init?(capacity: Int, lifetime: Duration) {
        guard var secret = LibCrypto.randomOctets(count: 32) else { return nil }
        self.secret = SecretOctets(taking: &secret)
        self.capacity = max(1, capacity)
        self.lifetime = lifetime
    }

    /// Whether this password was verified lately against just these stored values of this entry.
    public func contains(
        entry: [UInt8], stored: [[UInt8]], password: Span<UInt8>, at now: ContinuousClock.Instant = .now
    ) -> Bool {
        guard let digest = digest(entry, stored, password) else { return false }
        return found.withLock { found in found.until[digest].map { now < $0 } ?? false }
    }

    /// Notes that it was verified.
    ///
    /// - Parameter end: when the credential itself ends, if it does.
    public func insert(
        entry: [UInt8], stored: [[UInt8]], password: Span<UInt8>, until end: ContinuousClock.Instant? = nil,
        at now: ContinuousClock.Instant = .now
    ) {
        guard let digest = digest(entry, stored, password) else { return }
        let until = min(end ?? now + lifetime, now + lifetime)
        found.withLock { found in
            if found.until.updateValue(until, forKey: digest) == nil { found.order.append(digest) }
            while found.until.count > capacity, found.first < found.order.count {
                found.until[found.order[found.first]] = nil
                found.first += 1
            }
            if found.first > capacity {
                found.order.removeSubrange(..<found.first)
                found.first = 0
            }
        }
    }

    /// Forgets everything.
    public func removeAll() { found.withLock { $0 = Found() } }

    /// How many are kept.
    public var count: Int { found.withLock { $0.until.count } }

    private func digest(_ entry: [UInt8], _ stored: [[UInt8]], _ password: Span<UInt8>) -> Digest? {
        var message: [UInt8] = []
        message.reserveCapacity(stored.reduce(entry.count + password.count + 8 * (stored.count + 2)) { $0 + $1.count })
        defer { LibCrypto.wipe(&message) }
        // Lengths first, so that no two lists of values are one text.
        for part in [entry] + stored {
            Self.append(part.count, to: &message)
            message.append(contentsOf: part)
        }
        for index in password.indices { message.append(password[index]) }
        Self.append(stored.count, to: &message)
        return Digest(secret.withOctets { LibCrypto.hmacSHA256(key: $0, message: message.span) })
    }

    private static func append(_ count: Int, to message: inout [UInt8]) {
        for shift in stride(from: 0, to: 64, by: 8) { message.append(UInt8(truncatingIfNeeded: count >> shift)) }
    }
}
