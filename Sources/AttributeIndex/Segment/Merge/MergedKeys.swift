/// One attribute's keys in the result, in order, by what they are in the segments: a rank for each of the segments' values.
///
/// Four octets for each value of the segments, and four for each key where some occur more than once.
struct MergedKeys: Sendable {
    /// In place of a rank: no entry of the result has the value.
    static let gone = UInt32.max

    /// Attributes of the segments; the parents' is the one behind a segment's last.
    let sources: [MergeColumn.Source]
    /// Where each source's values begin in the ranks; and their end.
    private(set) var starts: [Int] = [0]
    /// For each value of each source, its rank in the result.
    private(set) var ranks: [UInt32]
    private(set) var count: UInt32 = 0
    /// How often each key occurs; empty where each does once.
    private(set) var occurrences: [UInt32] = []
    /// Values of all entries of the result.
    private(set) var total: UInt64 = 0
    /// Octets of all keys.
    private(set) var size = 0

    init(
        _ sources: [MergeColumn.Source], _ segments: [Segment], _ live: [LiveValues]
    ) throws(SegmentError) {
        self.sources = sources
        var lists: [KeyList] = []
        lists.reserveCapacity(sources.count)
        for source in sources {
            let list = KeyList(segments[source.segment], source.attribute)
            lists.append(list)
            starts.append(starts[starts.count - 1] + Int(list.count))
        }
        ranks = []
        guard starts[sources.count] > 0 else { return }
        ranks = [UInt32](repeating: Self.gone, count: starts[sources.count])
        try merge(lists, live)
        guard size < Int(UInt32.max), Int(count) < PostingsFormat.universeLimit - 2 else {
            throw SegmentError(.tooLarge, "The distinct values of one attribute take more than 4 GiB")
        }
        guard total <= UInt64(UInt32.max) else {
            throw SegmentError(.tooLarge, "One attribute has more than four thousand million values")
        }
        if total == UInt64(count) { occurrences = [] }
    }

    /// The same with the ranks elsewhere, from a place on.
    consuming func placed(at place: Int) -> MergedKeys {
        ranks = []
        for index in starts.indices { starts[index] += place }
        return self
    }

    private mutating func merge(_ lists: [KeyList], _ live: [LiveValues]) throws(SegmentError) {
        occurrences.reserveCapacity(Int(lists.map(\.count).max() ?? 0))
        var heads = KeyHeads(capacity: lists.count)
        for list in lists.indices { try advance(list, from: 0, lists, live, &heads) }
        var last: KeyHeads.Head?
        while let head = heads.first {
            heads.removeFirst()
            let source = sources[head.list]
            let counted = live[source.segment].occurrences(source.attribute, head.number)
            var occurring = counted ?? 0
            if counted == nil { occurring = try lists[head.list].occurrences(head.number) }
            if let last, last.list != head.list, try head.hasKey(of: last) {
                occurrences[occurrences.count - 1] &+= occurring
            } else {
                occurrences.append(occurring)
                count += 1
                size += head.key.count
            }
            total += UInt64(occurring)
            ranks[starts[head.list] + Int(head.number)] = count - 1
            last = head
            try advance(head.list, from: head.number + 1, lists, live, &heads)
        }
    }

    /// Puts the next value of a source that entries of the result have among the heads.
    @inline(__always)
    private func advance(
        _ number: Int, from first: UInt32, _ lists: [KeyList], _ live: [LiveValues], _ heads: inout KeyHeads
    ) throws(SegmentError) {
        var value = first
        let source = sources[number]
        while value < lists[number].count {
            if live[source.segment].occurrences(source.attribute, value) != 0 {
                let key = try lists[number].key(value)
                return try heads.insert(
                    KeyHeads.Head(list: number, number: value, key: key, bytes: lists[number].bytes))
            }
            value += 1
        }
    }
}
