/// Gives each distinct key a number, in the order in which they first come. Flat arrays only: about twenty octets a key beside
/// the key itself.
struct KeyInterner: Sendable {
    let seed: UInt64
    private(set) var octets: [UInt8] = []
    /// Where each key begins in `octets`, and the end of the last.
    private(set) var starts: [UInt32] = [0]
    /// How often each key was given.
    private(set) var occurrences: [UInt32] = []
    /// The hash of each key, once sealed.
    private(set) var hashes: [UInt32] = []
    /// Hash in the high half, number plus one in the low one; zero is empty. With the hash in the slot, only equal keys are
    /// looked at, and growing touches nothing else.
    private var slots: [UInt64] = []

    init(seed: UInt64) {
        self.seed = seed
    }

    var count: Int { occurrences.count }

    @_lifetime(borrow self)
    func key(_ number: Int) -> Span<UInt8> {
        octets.span.extracting(Int(starts[number])..<Int(starts[number + 1]))
    }

    func length(_ number: Int) -> Int { Int(starts[number + 1]) - Int(starts[number]) }

    /// The number of a key that is there.
    func find(_ key: Span<UInt8>) -> UInt32? {
        guard !slots.isEmpty else { return nil }
        let content = slots[slot(of: key, octetHash(key, seed: seed))]
        return content == 0 ? nil : UInt32(truncatingIfNeeded: content) - 1
    }

    /// The number of `key`, a new one if it was not there.
    mutating func intern(_ key: Span<UInt8>) throws(SegmentError) -> UInt32 {
        if (count + 1) * 10 > slots.count * 7 { grow() }
        let hash = octetHash(key, seed: seed)
        let slot = slot(of: key, hash)
        if slots[slot] != 0 {
            let number = UInt32(truncatingIfNeeded: slots[slot]) - 1
            occurrences[Int(number)] += 1
            return number
        }
        guard octets.count + key.count < Int(UInt32.max), count < PostingsFormat.universeLimit - 2 else {
            throw SegmentError(.tooLarge, "The distinct values of one attribute take more than 4 GiB")
        }
        octets.reserve(key.count)
        octets.append(copying: key)
        starts.append(UInt32(truncatingIfNeeded: octets.count))
        occurrences.append(1)
        slots[slot] = UInt64(hash) << 32 | UInt64(count)
        return UInt32(truncatingIfNeeded: count - 1)
    }

    /// Counts one more occurrence of a key that is there.
    mutating func countAgain(_ number: UInt32) {
        occurrences[Int(number)] += 1
    }

    /// Gives back what only interning needs.
    mutating func seal() {
        hashes = [UInt32](repeating: 0, count: count)
        for content in slots where content != 0 {
            hashes[Int(UInt32(truncatingIfNeeded: content)) - 1] = UInt32(truncatingIfNeeded: content >> 32)
        }
        slots = []
    }

    private func slot(of key: Span<UInt8>, _ hash: UInt32) -> Int {
        var slot = homeSlot(of: hash, slots: slots.count)
        while slots[slot] != 0 {
            let content = slots[slot]
            if UInt32(truncatingIfNeeded: content >> 32) == hash {
                let number = Int(UInt32(truncatingIfNeeded: content)) - 1
                if self.key(number).equals(key) { break }
            }
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
