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

    /// The rarest trigrams of `needle`; nil when it has none.
    func lists(_ needle: Span<UInt8>) throws(SegmentError) -> TrigramLists? {
        guard needle.count >= Trigram.size else { return nil }
        var lists = TrigramLists()
        for offset in 0...needle.count - Trigram.size {
            guard let list = try list(Trigram.at(offset, in: needle)), list.count > 0 else {
                return TrigramLists(driver: .empty)
            }
            lists.add(list)
        }
        lists.dropUseless(universe: Int(row.valueCount))
        return lists
    }
}

/// The lists of a needle's rarest trigrams: the values that hold the needle are among those that all of them have.
public struct TrigramLists: Sendable {
    /// Lists longer than this are worth intersecting; below it, looking at the keys costs less.
    private static let intersectionThreshold = 24
    /// A list so many times as long as the rarest is not intersected: reading it would cost more than looking at the keys.
    private static let worthwhileRatio = 4

    /// The rarest list, whose numbers are tried.
    fileprivate(set) var driver: PostingCursor
    /// The next rarest two; empty for none.
    fileprivate(set) var second = PostingCursor.empty
    fileprivate(set) var third = PostingCursor.empty
    private var isEmpty = false

    fileprivate init() {
        driver = .empty
        isEmpty = true
    }

    fileprivate init(driver: PostingCursor) {
        self.driver = driver
    }

    /// At most how many values there are.
    public var count: Int { driver.count }

    fileprivate mutating func add(_ list: PostingCursor) {
        if isEmpty {
            driver = list
            isEmpty = false
        } else if list.count < driver.count {
            third = second
            second = driver
            driver = list
        } else if second.count == 0 || list.count < second.count {
            third = second
            second = list
        } else if third.count == 0 || list.count < third.count {
            third = list
        }
    }

    /// Drops lists that would cost more than they save.
    fileprivate mutating func dropUseless(universe: Int) {
        let few = driver.count <= TrigramLists.intersectionThreshold
        let most = few ? 0 : min(universe / 4, driver.count * TrigramLists.worthwhileRatio)
        if third.count > most { third = .empty }
        if second.count > most { second = .empty }
        if second.count == 0 { swap(&second, &third) }
    }
}

/// Value IDs that may hold a needle, ascending: the intersection of the lists of its rarest trigrams. The key of each must
/// still be looked at, as the trigrams may stand apart in it.
public struct TrigramCandidates: Sendable {
    /// The first candidates are given as the rarest list has them: a search with a size limit often has enough by then, and
    /// looking at so many keys costs no more than intersecting one batch.
    private static let firstProbes = 16
    private static let moreProbes = 48
    /// How far ahead keys are asked for.
    private static let distance = 8

    private var lists: TrigramLists
    /// Candidates that all lists have, and how many of them were given.
    private var found = PostingBatch()
    private var given = 0
    /// How many candidates were given without looking at the other lists.
    private var probed = 0
    /// What was read ahead in the second and the third list, and the place in it.
    private var secondAhead = PostingBatch()
    private var secondPlace = 0
    private var thirdAhead = PostingBatch()
    private var thirdPlace = 0

    /// The values that lists have in common.
    public init(_ lists: TrigramLists) {
        self.lists = lists
    }

    /// At most how many candidates there are.
    public var count: Int { lists.count }

    /// The next candidate, nil after the last. Throws when the segment is damaged.
    @inline(__always)
    public mutating func next(in segment: Segment) throws(SegmentError) -> UInt32? {
        while given >= found.count {
            guard try refill(in: segment) else { return nil }
        }
        given &+= 1
        return found[given &- 1]
    }

    /// The next candidate among the values of an attribute, nil after the last; the keys of those behind it are asked for.
    @inline(__always)
    public mutating func next(in segment: Segment, attribute: Int) throws(SegmentError) -> UInt32? {
        while given >= found.count {
            guard try refill(in: segment) else { return nil }
            for index in 0..<found.count { segment.prefetchRow(ofValue: found[index], attribute) }
            for index in 0..<min(found.count, TrigramCandidates.distance) {
                segment.prefetchKey(found[index], attribute)
            }
        }
        let ahead = given &+ TrigramCandidates.distance
        if ahead < found.count { segment.prefetchKey(found[ahead], attribute) }
        given &+= 1
        return found[given &- 1]
    }

    private mutating func refill(in segment: Segment) throws(SegmentError) -> Bool {
        given = 0
        let isProbing = probed < TrigramCandidates.firstProbes + TrigramCandidates.moreProbes
        var limit = PostingBatch.capacity
        if isProbing { limit = probed == 0 ? TrigramCandidates.firstProbes : TrigramCandidates.moreProbes }
        guard try lists.driver.next(into: &found, limit: limit, in: segment) else { return false }
        probed += found.count
        if isProbing { return true }
        if lists.second.count > 0 {
            try found.intersect(&lists.second, &secondAhead, &secondPlace, in: segment)
        }
        if lists.third.count > 0, found.count > 0 {
            try found.intersect(&lists.third, &thirdAhead, &thirdPlace, in: segment)
        }
        return true
    }
}
