/// Gathers ascending lists of entries from several segments into one, under the result's numbers.
struct MergedLists {
    private let plan: MergePlan
    /// The plan's, so that they are not asked of it for each list.
    private let results: [UInt32]
    private let starts: [Int]
    private var sorter: NumberSorter
    private var numbers: [UInt32] = []
    private var batch = PostingBatch()

    init(_ plan: MergePlan) {
        self.plan = plan
        results = plan.entries.numbers
        starts = plan.entries.starts
        sorter = NumberSorter(universe: plan.entryCount)
    }

    /// The entries of the result among those of the last lists.
    var gathered: Span<UInt32> {
        @_lifetime(borrow self)
        get { numbers.span }
    }

    /// The number of a segment's entry in the result.
    @inline(__always)
    func number(of entry: EntryID, _ segment: Int) -> UInt32 { results[starts[segment] + Int(entry)] }

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

    /// Puts entries of several lists in order.
    mutating func sort() { sorter.sort(&numbers) }
}
