/// Goes through the keys of one attribute of the result in their order, and tells where each is in the segments.
struct KeyWalk {
    let lists: [KeyList]
    /// Where each source's values begin in `ranks`.
    let starts: [Int]
    /// The plan's.
    let ranks: [UInt32]
    /// The rank of the key at hand.
    private(set) var rank: UInt32 = 0
    private let count: UInt32
    /// The next value of each source that is in the result, and its rank; `gone` behind the last.
    private(set) var next: [UInt32]
    private var nextRanks: [UInt32]

    init(_ plan: MergePlan, _ keys: MergedKeys) {
        lists = keys.sources.map { KeyList(plan.segments[$0.segment], $0.attribute) }
        starts = keys.starts
        ranks = plan.ranks
        count = keys.count
        next = [UInt32](repeating: 0, count: lists.count)
        nextRanks = [UInt32](repeating: MergedKeys.gone, count: lists.count)
        for source in lists.indices { advance(source, from: 0) }
    }

    /// Whether all keys were gone through.
    var isAtEnd: Bool { rank == count }

    /// The first source that has the key at hand, and whether others have it too.
    @inline(__always)
    func owner() throws(SegmentError) -> (source: Int, isShared: Bool) {
        var owner = -1
        var isShared = false
        for source in nextRanks.indices where nextRanks[source] == rank {
            if owner >= 0 { isShared = true } else { owner = source }
        }
        guard owner >= 0 else { throw .damaged("a dictionary's keys do not ascend") }
        return (owner, isShared)
    }

    /// Whether a source has the key at hand.
    @inline(__always)
    func has(_ source: Int) -> Bool { nextRanks[source] == rank }

    /// Where the octets of the key at hand are.
    @inline(__always)
    func key(of source: Int) throws(SegmentError) -> Range<Int> { try lists[source].key(next[source]) }

    /// Goes on to the next key.
    @inline(__always)
    mutating func advance(owner: Int, isShared: Bool) {
        if isShared {
            for source in nextRanks.indices where nextRanks[source] == rank { advance(source, from: next[source] + 1) }
        } else {
            advance(owner, from: next[owner] + 1)
        }
        rank += 1
    }

    @inline(__always)
    private mutating func advance(_ source: Int, from first: UInt32) {
        var value = first
        let (start, count) = (starts[source], lists[source].count)
        while value < count, ranks[start + Int(value)] == MergedKeys.gone { value += 1 }
        next[source] = value
        nextRanks[source] = value < count ? ranks[start + Int(value)] : MergedKeys.gone
    }
}
