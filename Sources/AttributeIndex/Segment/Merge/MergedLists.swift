/// Gathers ascending lists of entries from several segments into one, under the result's numbers.
struct MergedLists {
    /// Lists that are so many times smaller than the result's entries are sorted; larger ones go through a bit for each entry.
    private static let sparse = 64

    private let plan: MergePlan
    /// The plan's, so that they are not asked of it for each list.
    private let results: [UInt32]
    private let starts: [Int]
    private var numbers: [UInt32] = []
    private var words: [UInt64] = []
    private var batch = PostingBatch()

    init(_ plan: MergePlan) {
        self.plan = plan
        results = plan.entries.numbers
        starts = plan.entries.starts
    }

    /// The entries of the result among those of the last lists.
    var gathered: Span<UInt32> {
        @_lifetime(borrow self)
        get { numbers.span }
    }

    mutating func removeAll() {
        numbers.removeAll(keepingCapacity: true)
    }

    /// Adds the entries of a list that are in the result.
    mutating func add(_ list: PostingCursor, ofSegment segment: Int) throws(SegmentError) {
        let bytes = plan.segments[segment].bytes
        let (start, end) = (starts[segment], starts[segment + 1])
        var list = list
        while try list.next(into: &batch, limit: PostingBatch.capacity, bytes) {
            for index in 0..<batch.count {
                let place = start &+ Int(batch[index])
                guard place < end else { throw .damaged("a posting list runs over its universe") }
                let number = results[place]
                if number != MergedEntries.gone { numbers.append(number) }
            }
        }
    }

    /// Puts entries of several lists in order; the same may be there twice.
    mutating func sort() {
        guard numbers.count > plan.entryCount / Self.sparse, numbers.count > 64 else { return numbers.sort() }
        if words.isEmpty { words = [UInt64](repeating: 0, count: (plan.entryCount + 63) / 64) }
        for number in numbers { words[Int(number >> 6)] |= 1 &<< UInt64(number & 63) }
        numbers.removeAll(keepingCapacity: true)
        for index in words.indices where words[index] != 0 {
            var word = words[index]
            words[index] = 0
            while word != 0 {
                numbers.append(UInt32(truncatingIfNeeded: index << 6 | word.trailingZeroBitCount))
                word &= word &- 1
            }
        }
    }
}
