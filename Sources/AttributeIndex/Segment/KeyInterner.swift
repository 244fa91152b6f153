/// Gives each distinct key a number, in the order in which they first come. Flat arrays only: about twenty octets a key beside
/// the key itself.
///
/// Where keys hardly repeat (names, addresses, numbers of people), finding that one is new is all that its hash table is for,
/// at the price of a cache miss. An interner that may be **lossy** then keeps a small table of late keys only, and gives a key
/// that comes again much later a second number: whoever sorts the keys sees that they are one.
struct KeyInterner: Sendable {
    /// Distinct keys before it is decided whether keys repeat.
    private static let lossyLimit = 2048
    private static let lossySlots = 512

    let seed: UInt64
    private(set) var octets: [UInt8] = []
    /// Where each key begins in `octets`, and the end of the last.
    private(set) var starts: [UInt32] = [0]
    /// How often each key was given.
    private(set) var occurrences: [UInt32] = []
    private(set) var hashes: [UInt32] = []
    /// Whether a key may have several numbers.
    private(set) var isLossy = false
    private let mayBeLossy: Bool
    /// How often any key was given.
    private var total = 0
    /// Hash in the high half, number plus one in the low one; zero is empty. With the hash in the slot, only equal keys are
    /// looked at, and growing touches nothing else.
    private var slots: [UInt64] = []

    init(seed: UInt64, mayBeLossy: Bool = false) {
        self.seed = seed
        self.mayBeLossy = mayBeLossy
    }

    var count: Int { occurrences.count }

    @_lifetime(borrow self)
    func key(_ number: Int) -> Span<UInt8> {
        octets.span.extracting(Int(starts[number])..<Int(starts[number + 1]))
    }

    /// The number of a key that is there.
    func find(_ key: Span<UInt8>) -> UInt32? {
        guard !slots.isEmpty else { return nil }
        let content = slots[slot(of: key, octetHash(key, seed: seed))]
        return content == 0 ? nil : UInt32(truncatingIfNeeded: content) - 1
    }

    /// The number of `key`, a new one if it was not there.
    mutating func intern(_ key: Span<UInt8>) throws(SegmentError) -> UInt32 {
        if !isLossy, (count + 1) * 10 > slots.count * 7 { makeRoom() }
        let hash = octetHash(key, seed: seed)
        let slot = isLossy ? homeSlot(of: hash, slots: slots.count) : slot(of: key, hash)
        if slots[slot] != 0, !isLossy || holds(slots[slot], key, hash) {
            let number = UInt32(truncatingIfNeeded: slots[slot]) - 1
            countAgain(number)
            return number
        }
        guard octets.count + key.count < Int(UInt32.max), count < PostingsFormat.universeLimit - 2 else {
            throw SegmentError(.tooLarge, "The distinct values of one attribute take more than 4 GiB")
        }
        octets.reserve(key.count)
        octets.append(copying: key)
        starts.append(UInt32(truncatingIfNeeded: octets.count))
        occurrences.append(1)
        hashes.append(hash)
        total += 1
        slots[slot] = UInt64(hash) << 32 | UInt64(count)
        return UInt32(truncatingIfNeeded: count - 1)
    }

    /// Counts one more occurrence of a key that is there.
    mutating func countAgain(_ number: UInt32) {
        occurrences[Int(number)] += 1
        total += 1
    }

    /// The keys without what only interning needs.
    func sealed() -> KeyTable {
        KeyTable(octets: octets, starts: starts, occurrences: occurrences, hashes: hashes)
    }

    private func holds(_ content: UInt64, _ key: Span<UInt8>, _ hash: UInt32) -> Bool {
        guard UInt32(truncatingIfNeeded: content >> 32) == hash else { return false }
        return self.key(Int(UInt32(truncatingIfNeeded: content)) - 1).equals(key)
    }

    /// Makes the table larger, or where it finds next to nothing, lossy.
    private mutating func makeRoom() {
        guard mayBeLossy, count >= Self.lossyLimit, total - count < count / 8 else { return grow() }
        isLossy = true
        slots = [UInt64](repeating: 0, count: Self.lossySlots)
    }

    private func slot(of key: Span<UInt8>, _ hash: UInt32) -> Int {
        var slot = homeSlot(of: hash, slots: slots.count)
        while slots[slot] != 0 {
            if holds(slots[slot], key, hash) { break }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        return slot
    }

    private mutating func grow() {
        var grown = [UInt64](repeating: 0, count: max(8, slots.count * 2))
        for content in slots where content != 0 {
            var slot = homeSlot(of: UInt32(truncatingIfNeeded: content >> 32), slots: grown.count)
            while grown[slot] != 0 { slot = slot + 1 == grown.count ? 0 : slot + 1 }
            grown[slot] = content
        }
        slots = grown
    }
}

extension Array where Element == UInt8 {
    /// Makes room for `more` octets, growing a large array by a quarter only: doubling would waste half of a large build.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if count + more > capacity, count > 1 << 20 { reserveCapacity(count + more + count / 4) }
    }
}
