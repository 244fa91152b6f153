/// Three octets that stand together in a key, as a number. Keys are UTF-8, and so are these: a needle's octets are found where
/// they are, whatever characters they belong to.
enum Trigram {
    /// Octets in a trigram; shorter needles have none.
    static let size = 3

    @inline(__always)
    static func at(_ offset: Int, in octets: Span<UInt8>) -> UInt32 {
        UInt32(octets[offset]) << 16 | UInt32(octets[offset + 1]) << 8 | UInt32(octets[offset + 2])
    }

    /// Spreads trigrams, whose octets are far from evenly spread, over a table.
    @inline(__always)
    static func hash(_ trigram: UInt32) -> UInt32 {
        var mixed = trigram &* 0x9E37_79B1
        mixed ^= mixed >> 15
        return mixed &* 0x85EB_CA77
    }
}

/// The trigrams of one attribute's keys.
struct TrigramIndex {
    let row: AttributeRow
    let bytes: SegmentBytes

    private var postings: PostingsReader {
        PostingsReader(range: row.trigramPostings, universe: row.valueCount)
    }

    /// The list of the values that hold a trigram; nil when none does.
    func list(_ trigram: UInt32) throws(SegmentError) -> PostingCursor? {
        guard let slot = try slot(of: trigram) else { return nil }
        return try postings.cursor(bytes.uint32(at: row.trigrams.lowerBound + 8 * slot + 4), bytes)
    }

    /// The slot of a trigram; nil when no value holds it.
    @inline(__always)
    func slot(of trigram: UInt32) throws(SegmentError) -> Int? {
        let slots = Int(row.trigramSlots)
        guard slots > 0 else { return nil }
        var slot = homeSlot(of: Trigram.hash(trigram), slots: slots)
        for _ in 0..<slots {
            let content = try bytes.uint32(at: row.trigrams.lowerBound + 8 * slot)
            if content == 0 { return nil }
            if content == trigram + 1 { return slot }
            slot = slot + 1 == slots ? 0 : slot + 1
        }
        return nil
    }

    /// The list in a slot; nil where the slot is empty. `slot` must be below the number of slots.
    func list(inSlot slot: Int) throws(SegmentError) -> PostingCursor? {
        let place = row.trigrams.lowerBound + 8 * slot
        guard try bytes.uint32(at: place) != 0 else { return nil }
        return try postings.cursor(bytes.uint32(at: place + 4), bytes)
    }

    /// Values that may hold `needle`: those that have its rarest trigrams. Nil when it has none.
    func candidates(_ needle: Span<UInt8>) throws(SegmentError) -> TrigramCandidates? {
        guard needle.count >= Trigram.size else { return nil }
        var candidates: TrigramCandidates?
        for offset in 0...needle.count - Trigram.size {
            guard let list = try list(Trigram.at(offset, in: needle)), list.count > 0 else {
                return TrigramCandidates(.empty)
            }
            if candidates == nil {
                candidates = TrigramCandidates(list)
            } else {
                candidates?.add(list)
            }
        }
        candidates?.dropUseless(universe: Int(row.valueCount))
        return candidates
    }
}

/// Value IDs that may hold a needle, ascending: the intersection of the lists of its rarest trigrams. The key of each must
/// still be looked at, as the trigrams may stand apart in it.
public struct TrigramCandidates: Sendable {
    /// Lists longer than this are worth intersecting; below it, looking at the keys costs less.
    private static let intersectionThreshold = 24
    /// A list so many times as long as the rarest is not intersected: reading it would cost more than looking at the keys.
    private static let worthwhileRatio = 4
    /// The first candidates are given as the rarest list has them: a search with a size limit often has enough by then, and
    /// looking at so many keys costs no more than intersecting one batch.
    private static let probeCount = 48

    /// The rarest list, whose numbers are tried.
    private var driver: PostingCursor
    /// The next rarest two.
    private var second: PostingCursor?
    private var third: PostingCursor?
    /// Candidates that all lists have, and how many of them were given.
    private var found = PostingBatch()
    private var given = 0
    /// How many of `found` are ready to be given; the others are yet to be intersected.
    private var ready = 0
    private var isProbing = true
    /// What was read ahead in the second and the third list, and the place in it.
    private var secondAhead = PostingBatch()
    private var secondPlace = 0
    private var thirdAhead = PostingBatch()
    private var thirdPlace = 0

    init(_ list: PostingCursor) {
        driver = list
    }

    /// At most how many candidates there are.
    public var count: Int { driver.count }

    mutating func add(_ list: PostingCursor) {
        if list.count < driver.count {
            third = second
            second = driver
            driver = list
        } else if list.count < second?.count ?? .max {
            third = second
            second = list
        } else if list.count < third?.count ?? .max {
            third = list
        }
    }

    /// Drops lists that would cost more than they save.
    mutating func dropUseless(universe: Int) {
        let few = driver.count <= TrigramCandidates.intersectionThreshold
        let most = min(universe / 4, driver.count * TrigramCandidates.worthwhileRatio)
        if few || (second?.count ?? 0) > most { second = nil }
        if few || (third?.count ?? 0) > most { third = nil }
        if second == nil, third != nil { swap(&second, &third) }
    }

    /// The next candidate, nil after the last. Throws when the segment is damaged.
    @inline(__always)
    public mutating func next(in segment: Segment) throws(SegmentError) -> UInt32? {
        while given >= ready {
            guard try refill(in: segment) else { return nil }
        }
        given &+= 1
        return found[given &- 1]
    }

    private mutating func refill(in segment: Segment) throws(SegmentError) -> Bool {
        if ready < found.count {
            try intersect(from: ready, in: segment)
            return true
        }
        given = 0
        ready = 0
        guard try driver.next(into: &found, in: segment) else { return false }
        if isProbing {
            isProbing = false
            ready = min(found.count, TrigramCandidates.probeCount)
        } else {
            try intersect(from: 0, in: segment)
        }
        return true
    }

    /// Keeps, of the candidates from `start` on, those that the other lists have too.
    private mutating func intersect(from start: Int, in segment: Segment) throws(SegmentError) {
        if var list = second {
            try found.intersect(from: start, &list, &secondAhead, &secondPlace, in: segment)
            second = list
        }
        if var list = third, found.count > start {
            try found.intersect(from: start, &list, &thirdAhead, &thirdPlace, in: segment)
            third = list
        }
        ready = found.count
    }
}
