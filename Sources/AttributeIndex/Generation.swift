public import Schema

/// A place in a generation: the ordinal of the segment in `Generation.segments`, and the entry in it.
public struct EntryPlace: Hashable, Sendable {
    /// Which segment.
    public let segment: Int
    /// Which entry of it.
    public let entry: EntryID

    /// A place.
    public init(segment: Int, entry: EntryID) {
        self.segment = segment
        self.entry = entry
    }
}

/// One state of the directory: segments, and which of their entries newer segments have replaced or deleted. Immutable, so that
/// a search sees one state from its first entry to its last.
public final class Generation: Sendable {
    /// Its number; a later state has a higher one.
    public let sequence: UInt64
    /// The schema of all its segments, with what they have beyond the configured one.
    public let schema: Schema
    /// The segments, the newest first.
    public let segments: [Segment]
    /// Live entries.
    public let entryCount: Int
    /// Whether any live entry is an alias.
    public let hasAliases: Bool
    /// Whether any live entry is a referral.
    public let hasReferrals: Bool

    private let dead: [DeadEntries]
    /// How many dead entries each parent's key has directly below it; only parents that have any.
    private let deadChildren: [[UInt8]: Int]
    private let deadAliases: Int
    private let deadReferrals: Int

    /// A state of segments, the newest first. The cost grows with the newer segments, not with the oldest. `schema` must be the
    /// one of the segment that was opened last, each having been opened with the one before's.
    public convenience init(sequence: UInt64, schema: Schema, segments: [Segment]) throws(SegmentError) {
        var burial = Burial(segments.map { DeadEntries(entryCount: $0.entryCount) })
        for newer in segments.indices {
            for older in segments.indices.dropFirst(newer + 1) {
                try burial.bury(segments[older], at: older, under: segments[newer])
            }
        }
        self.init(sequence: sequence, schema: schema, segments: segments, burial)
    }

    /// The state without any entry.
    public static func empty(sequence: UInt64, schema: Schema) -> Generation {
        Generation(sequence: sequence, schema: schema, segments: [], Burial([]))
    }

    private init(sequence: UInt64, schema: Schema, segments: [Segment], _ burial: Burial) {
        self.sequence = sequence
        self.schema = schema
        self.segments = segments
        dead = burial.dead
        deadChildren = burial.children
        deadAliases = burial.aliases
        deadReferrals = burial.referrals
        entryCount = segments.reduce(0) { $0 + Int($1.entryCount) } - burial.dead.reduce(0) { $0 + $1.count }
        hasAliases = segments.reduce(0) { $0 + Int($1.aliasCount) } > burial.aliases
        hasReferrals = segments.reduce(0) { $0 + Int($1.referralCount) } > burial.referrals
    }

    /// The state after one more segment. The cost grows with that segment, and by a bit an entry where it replaces any.
    public func adding(_ segment: Segment, sequence: UInt64) throws(SegmentError) -> Generation {
        var burial = Burial([DeadEntries(entryCount: segment.entryCount)] + dead)
        burial.children = deadChildren
        for (index, older) in segments.enumerated() { try burial.bury(older, at: index + 1, under: segment) }
        burial.aliases += deadAliases
        burial.referrals += deadReferrals
        return Generation(sequence: sequence, schema: segment.schema, segments: [segment] + segments, burial)
    }

    /// The same state with another number. `schema` is this one's, or adds to it.
    func renumbered(_ sequence: UInt64, schema: Schema) -> Generation {
        guard sequence != self.sequence else { return self }
        return Generation(copying: self, sequence: sequence, schema: schema)
    }

    private init(copying other: Generation, sequence: UInt64, schema: Schema) {
        self.sequence = sequence
        self.schema = schema
        segments = other.segments
        entryCount = other.entryCount
        hasAliases = other.hasAliases
        hasReferrals = other.hasReferrals
        dead = other.dead
        deadChildren = other.deadChildren
        deadAliases = other.deadAliases
        deadReferrals = other.deadReferrals
    }

    /// A later state, of other segments: those that are this one's oldest, too, keep what is dead in them, so that the cost
    /// grows with the others. For that, what is dead once must stay dead: newer segments may only be added, or folded with their
    /// neighbours.
    func replaced(
        by segments: [Segment], schema: Schema, sequence: UInt64
    ) throws(SegmentError) -> Generation {
        let kept = zip(segments.reversed(), self.segments.reversed()).prefix { $0 === $1 }.count
        let fresh = segments.count - kept
        let gone = self.segments.count - kept
        var burial = Burial(segments[..<fresh].map { DeadEntries(entryCount: $0.entryCount) } + dead[gone...])
        burial.children = deadChildren
        burial.aliases = deadAliases
        burial.referrals = deadReferrals
        for index in 0..<gone { try burial.forget(self.segments[index], dead[index]) }
        for newer in 0..<fresh {
            for older in segments.indices.dropFirst(newer + 1) {
                try burial.bury(segments[older], at: older, under: segments[newer])
            }
        }
        return Generation(sequence: sequence, schema: schema, segments: segments, burial)
    }

    /// Whether a newer segment has replaced or deleted an entry.
    @inline(__always)
    public func isDead(segment: Int, entry: EntryID) -> Bool {
        dead[segment].contains(entry)
    }

    /// Whether any entry of a segment is dead: where none is, none need be asked about.
    public func hasDead(segment: Int) -> Bool { dead[segment].count > 0 }

    /// The live entry with this DIT key.
    public func find(_ key: Span<UInt8>) throws(SegmentError) -> EntryPlace? {
        for index in segments.indices {
            if let entry = try segments[index].entry(withKey: key), !isDead(segment: index, entry: entry) {
                return EntryPlace(segment: index, entry: entry)
            }
        }
        return nil
    }

    /// How many live entries are directly below the entry with this DIT key.
    public func childCount(_ key: Span<UInt8>) throws(SegmentError) -> Int {
        var count = 0
        for segment in segments { count += try segment.childCount(ofKey: key) }
        guard count > 0, !deadChildren.isEmpty else { return count }
        return count - (deadChildren[[UInt8](copying: key)] ?? 0)
    }

    /// The live entries with no live entry above them, in DIT key order within each segment: the suffixes. The cost grows with
    /// the number of subtrees in the newer segments.
    public func roots() throws(SegmentError) -> [EntryPlace] {
        var roots: [EntryPlace] = []
        for (index, segment) in segments.enumerated() {
            var entry: EntryID = 0
            while entry < segment.entryCount {
                if isDead(segment: index, entry: entry) {
                    entry += 1
                    continue
                }
                let view = try segment.view(entry)
                if try isRoot(segment.octets(view.key)) { roots.append(EntryPlace(segment: index, entry: entry)) }
                entry = view.subtreeEnd
            }
        }
        return roots
    }

    private func isRoot(_ key: Span<UInt8>) throws(SegmentError) -> Bool {
        var length = DITKey.parent(of: key)
        while length >= 0 {
            let above = key.extracting(0..<length)
            if try find(above) != nil { return false }
            length = DITKey.parent(of: above)
        }
        return true
    }
}

/// The dead entries of one segment: a bit each, or nothing at all where none is.
private struct DeadEntries: Sendable {
    let entryCount: UInt32
    private(set) var count = 0
    private var words: [UInt64] = []

    init(entryCount: UInt32) {
        self.entryCount = entryCount
    }

    @inline(__always)
    func contains(_ entry: EntryID) -> Bool {
        let word = Int(entry >> 6)
        return word < words.count && words[word] & (1 << UInt64(entry & 63)) != 0
    }

    /// Gives the entries to `body`, in their order.
    func forEach<Failure: Error>(_ body: (EntryID) throws(Failure) -> Void) throws(Failure) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                try body(EntryID(truncatingIfNeeded: index * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
    }

    /// False if it was dead already.
    mutating func insert(_ entry: EntryID) -> Bool {
        guard !contains(entry) else { return false }
        if words.isEmpty { words = [UInt64](repeating: 0, count: Int(entryCount + 63) / 64) }
        words[Int(entry >> 6)] |= 1 << UInt64(entry & 63)
        count += 1
        return true
    }
}

/// Finds which entries of older segments are dead, and what goes with them.
private struct Burial {
    var dead: [DeadEntries]
    var children: [[UInt8]: Int] = [:]
    var aliases = 0
    var referrals = 0

    init(_ dead: [DeadEntries]) {
        self.dead = dead
    }

    /// Marks the entries of `older` that `newer` replaces or deletes.
    mutating func bury(_ older: Segment, at index: Int, under newer: Segment) throws(SegmentError) {
        for entry in 0..<newer.entryCount { try bury(newer.entryKey(entry), of: older, at: index) }
        for number in 0..<newer.tombstoneCount { try bury(newer.tombstone(number), of: older, at: index) }
    }

    private mutating func bury(_ key: Span<UInt8>, of older: Segment, at index: Int) throws(SegmentError) {
        guard let entry = try older.entry(withKey: key), dead[index].insert(entry) else { return }
        count(key, try older.flags(entry), 1)
    }

    /// Takes back what the dead entries of a segment came to that is no longer one of them.
    mutating func forget(_ segment: Segment, _ dead: DeadEntries) throws(SegmentError) {
        try dead.forEach { (entry) throws(SegmentError) in
            let view = try segment.view(entry)
            count(try segment.octets(view.key), view.flags, -1)
        }
    }

    private mutating func count(_ key: Span<UInt8>, _ flags: EntryFlags, _ difference: Int) {
        if flags.contains(.alias) { aliases += difference }
        if flags.contains(.referral) { referrals += difference }
        let parent = DITKey.parent(of: key)
        guard parent >= 0 else { return }
        children[[UInt8](copying: key.extracting(0..<parent)), default: 0] += difference
    }
}
