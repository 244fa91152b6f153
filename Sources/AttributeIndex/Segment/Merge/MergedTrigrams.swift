/// The trigrams of one attribute of the result, merged from those of the segments: their lists with the values' ranks in place
/// of what they were, in the order in which the keys first have them, as `TrigramBuilder` writes them.
struct MergedTrigrams {
    /// A trigram's list in a source.
    private struct Found {
        let trigram: UInt32
        let source: UInt32
        let reference: UInt32
    }

    /// The lists of one trigram, and where the keys of the result first have it: rank, and place in the key.
    private struct Group {
        let lists: Range<Int>
        let first: UInt64
    }

    private let rows: [AttributeRow]
    private let segments: [Segment]
    private let walk: KeyWalk
    private var sorter: NumberSorter
    private var numbers: [UInt32] = []
    private var batch = PostingBatch()

    /// Whether every source with keys has trigrams: a schema may ask for some that a segment has not.
    static func canMerge(_ plan: MergePlan, _ keys: MergedKeys) -> Bool {
        keys.sources.allSatisfy { source in
            let row = plan.segments[source.segment].mergeRow(source.attribute)
            return row.valueCount == 0 || row.trigramSlots > 0
        }
    }

    static func merged(_ plan: MergePlan, _ keys: MergedKeys) throws(SegmentError) -> TrigramBuilder.Result {
        var merged = MergedTrigrams(plan, keys)
        return try merged.result(universe: Int(keys.count))
    }

    private init(_ plan: MergePlan, _ keys: MergedKeys) {
        segments = keys.sources.map { plan.segments[$0.segment] }
        rows = keys.sources.map { plan.segments[$0.segment].mergeRow($0.attribute) }
        walk = KeyWalk(plan, keys)
        sorter = NumberSorter(universe: Int(keys.count))
    }

    private mutating func result(universe: Int) throws(SegmentError) -> TrigramBuilder.Result {
        let found = try found()
        let groups = try groups(found)
        guard !groups.isEmpty else { return TrigramBuilder.Result() }
        var storage = PostingsStorage(universe: universe)
        var slots = TrigramSlots(count: groups.count)
        for group in groups {
            numbers.removeAll(keepingCapacity: true)
            for list in group.lists { try add(found[list]) }
            if group.lists.count > 1 { sorter.sort(&numbers) }
            slots.add(found[group.lists.lowerBound].trigram, try storage.append(numbers.span))
        }
        return TrigramBuilder.Result(slots: slots.slots, postings: storage.words)
    }

    /// All sources' lists, by trigram.
    private func found() throws(SegmentError) -> [Found] {
        var found: [Found] = []
        for source in rows.indices {
            let (row, bytes) = (rows[source], segments[source].bytes)
            for slot in 0..<Int(row.trigramSlots) {
                let content = try bytes.uint64(at: row.trigrams.lowerBound + 8 * slot)
                let trigram = UInt32(truncatingIfNeeded: content)
                guard trigram > 0 else { continue }
                guard trigram <= 1 << 24 else { throw .damaged("a trigram has more than three octets") }
                found.append(
                    Found(
                        trigram: trigram - 1, source: UInt32(truncatingIfNeeded: source),
                        reference: UInt32(truncatingIfNeeded: content >> 32)))
            }
        }
        return found.sorted { ($0.trigram, $0.source) < ($1.trigram, $1.source) }
    }

    /// The trigrams that keys of the result have, in the order in which they first come.
    private func groups(_ found: [Found]) throws(SegmentError) -> [Group] {
        var groups: [Group] = []
        var start = 0
        while start < found.count {
            var end = start + 1
            while end < found.count, found[end].trigram == found[start].trigram { end += 1 }
            var first = UInt64.max
            for list in start..<end { first = min(first, try self.first(found[list])) }
            if first < .max { groups.append(Group(lists: start..<end, first: first)) }
            start = end
        }
        return groups.sorted { $0.first < $1.first }
    }

    /// Where the keys of the result first have a trigram, as far as one source tells.
    private func first(_ found: Found) throws(SegmentError) -> UInt64 {
        let source = Int(found.source)
        var list = try cursor(found)
        while let value = try list.next(in: segments[source]) {
            let rank = walk.ranks[walk.starts[source] + Int(value)]
            guard rank != MergedKeys.gone else { continue }
            let key = try walk.lists[source].bytes.span(walk.lists[source].key(value))
            var offset = 0
            while offset + Trigram.size <= key.count, Trigram.at(offset, in: key) != found.trigram { offset += 1 }
            return UInt64(rank) << 32 | UInt64(truncatingIfNeeded: offset)
        }
        return .max
    }

    private func cursor(_ found: Found) throws(SegmentError) -> PostingCursor {
        let row = rows[Int(found.source)]
        let reader = PostingsReader(range: row.trigramPostings, universe: row.valueCount)
        return try reader.cursor(found.reference, segments[Int(found.source)].bytes)
    }

    /// Adds the ranks of a list's values.
    private mutating func add(_ found: Found) throws(SegmentError) {
        let source = Int(found.source)
        let (start, bytes) = (walk.starts[source], segments[source].bytes)
        var list = try cursor(found)
        while try list.next(into: &batch, limit: PostingBatch.capacity, bytes) {
            for index in 0..<batch.count {
                let rank = walk.ranks[start + Int(batch[index])]
                if rank != MergedKeys.gone { numbers.append(rank) }
            }
        }
    }
}
