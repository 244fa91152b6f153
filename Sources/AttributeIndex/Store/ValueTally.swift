/// A set of ascending numbers in two words, so that two lists can be compared without either in memory: how many there are,
/// and the sum of the numbers, each mixed so that no other set has the same sum but by an accident of 64 bits.
struct NumberDigest: Equatable {
    private(set) var count = 0
    private(set) var sum: UInt64 = 0

    @inline(__always)
    mutating func add(_ number: UInt32) {
        count &+= 1
        sum &+= NumberDigest.mixed(number)
    }

    /// One number's part of the sum: never zero, so that no set of few has the sum of the empty one.
    @inline(__always)
    static func mixed(_ number: UInt32) -> UInt64 {
        var mixed = UInt64(number) &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// The digest of a posting list; nil when its numbers do not ascend, or are not as many as it says.
    init?(_ list: PostingCursor, in segment: Segment) throws(SegmentError) {
        var list = list
        var batch = PostingBatch()
        var next: UInt32 = 0
        while try list.next(into: &batch, in: segment) {
            for index in 0..<batch.count {
                guard batch[index] >= next else { return nil }
                next = batch[index] + 1
                add(batch[index])
            }
        }
        guard count == list.count else { return nil }
    }

    init() {}
}

/// What the records say of one dictionary, gathered in their order: for each value ID which entries have it, and how often
/// it occurs. Eight octets a value ID, and four more where values occur more than once.
struct ValueTally {
    /// The entries that have the attribute at all.
    private(set) var presence = NumberDigest()
    /// Values that have a value ID.
    private(set) var occurrences: UInt64 = 0
    /// For each value ID the sum of the entries that have it, as in `NumberDigest`.
    private(set) var sums: [UInt64]
    /// How often each value ID occurs, which may be twice in an entry; empty where the dictionary says it is once.
    private(set) var counts: [UInt32]
    private var scratch: [UInt32] = []

    init(_ row: AttributeRow) {
        sums = [UInt64](repeating: 0, count: Int(row.valueCount))
        counts = row.cumulative.isEmpty ? [] : [UInt32](repeating: 0, count: Int(row.valueCount))
    }

    /// Notes that an entry has the attribute; entries come once each.
    mutating func add(_ entry: EntryID) { presence.add(entry) }

    /// Notes one value of the entry, whose value ID must be one of the dictionary.
    mutating func add(valueID: UInt32) {
        scratch.append(valueID)
    }

    /// Ends the entry: what was noted since the last is all it has.
    mutating func end(_ entry: EntryID) {
        if scratch.count > 1 { scratch.sort() }
        let mixed = NumberDigest.mixed(entry)
        for (index, valueID) in scratch.enumerated() {
            occurrences += 1
            if !counts.isEmpty { counts[Int(valueID)] &+= 1 }
            if index == 0 || scratch[index - 1] != valueID { sums[Int(valueID)] &+= mixed }
        }
        scratch.removeAll(keepingCapacity: true)
    }
}
