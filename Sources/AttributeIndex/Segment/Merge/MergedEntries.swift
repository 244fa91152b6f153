import Schema

/// The entries of several segments in one order: of each name the newest, unless a newer segment says that it is gone.
///
/// Six octets an entry of the result beside four for each entry of the segments: records are read again when they are written.
struct MergedEntries {
    /// In place of a number: the entry is not in the result.
    static let gone = UInt32.max

    /// For each entry, segment by segment, its number in the result.
    private(set) var numbers: [UInt32]
    /// Where each segment's entries begin in `numbers`; and their end.
    let starts: [Int]
    /// For each entry of the result, which segment it is from.
    private(set) var owners: [UInt16] = []
    /// For each entry of the result, the place behind its subtree's last.
    private(set) var subtreeEnds: [UInt32] = []
    /// Keys of deleted names that the result must have, in their order.
    private(set) var tombstones: [[UInt8]] = []
    /// For each segment, how many of its entries are in the result.
    private(set) var kept: [Int]

    private let segments: [Segment]
    /// The entries whose subtrees have not ended yet, outermost first.
    private var open: [Open] = []

    private struct Open {
        let number: UInt32
        let depth: Int
        let head: KeyHeads.Head
    }

    var count: Int { owners.count }

    /// - Parameters:
    ///   - inputs: the newest first.
    ///   - keeps: asked of the newest entry of each name, by given segment and entry; nil keeps all.
    init(
        _ inputs: [MergeInput], dropsTombstones: Bool, keeps: ((Int, EntryID) throws(SegmentError) -> Bool)?
    ) throws(SegmentError) {
        let segments = inputs.map(\.segment)
        guard segments.count <= Int(UInt16.max) else {
            throw SegmentError(.tooLarge, "At most \(UInt16.max) segments are merged at once")
        }
        self.segments = segments
        var starts = [0]
        for segment in segments { starts.append(starts[starts.count - 1] + Int(segment.entryCount)) }
        self.starts = starts
        kept = [Int](repeating: 0, count: segments.count)
        numbers = [UInt32](repeating: 0, count: starts[segments.count])
        try bury(dropsTombstones: dropsTombstones)
        try merge(inputs, keeps)
    }

    /// The numbers of a segment's entries in the result.
    @_lifetime(borrow self)
    func numbers(ofSegment segment: Int) -> Span<UInt32> {
        numbers.span.extracting(starts[segment]..<starts[segment + 1])
    }

    /// How many entries of a segment are not in the result.
    func goneCount(_ segment: Int) -> Int { starts[segment + 1] - starts[segment] - kept[segment] }

    /// Looks every deleted name up in older segments, and gathers those that must stay deleted.
    private mutating func bury(dropsTombstones: Bool) throws(SegmentError) {
        for (index, segment) in segments.enumerated() {
            for number in 0..<segment.tombstoneCount {
                let key = try segment.tombstone(number)
                for older in index + 1..<segments.count {
                    guard let entry = try segments[older].entry(withKey: key) else { continue }
                    numbers[starts[older] + Int(entry)] = Self.gone
                }
                if !dropsTombstones, try !isReplaced(key, before: index) { tombstones.append([UInt8](copying: key)) }
            }
        }
        guard tombstones.count > 1 else { return }
        tombstones.sort { $0.span.compare($1.span) < 0 }
    }

    /// Whether a segment newer than one says something of a name.
    private func isReplaced(_ key: Span<UInt8>, before index: Int) throws(SegmentError) -> Bool {
        for segment in segments[..<index] {
            if try segment.entry(withKey: key) != nil { return true }
            if try segment.hasTombstone(key) { return true }
        }
        return false
    }

    private mutating func merge(
        _ inputs: [MergeInput], _ keeps: ((Int, EntryID) throws(SegmentError) -> Bool)?
    ) throws(SegmentError) {
        guard numbers.count <= SegmentFormat.entryLimit else {
            throw SegmentError(.tooLarge, "A segment holds at most \(SegmentFormat.entryLimit) entries")
        }
        owners.reserveCapacity(numbers.count)
        subtreeEnds.reserveCapacity(numbers.count)
        var heads = KeyHeads(capacity: segments.count)
        for segment in segments.indices { try advance(segment, from: 0, &heads) }
        var last: KeyHeads.Head?
        while let head = heads.first {
            heads.removeFirst()
            let place = starts[head.list] + Int(head.number)
            var isKept = true
            if let last, try head.hasKey(of: last) {
                isKept = false
            } else if let keeps {
                isKept = try keeps(inputs[head.list].number, inputs[head.list].original(head.number))
            }
            if isKept {
                numbers[place] = UInt32(truncatingIfNeeded: owners.count)
                try add(head)
            } else {
                numbers[place] = Self.gone
            }
            last = head
            try advance(head.list, from: head.number + 1, &heads)
        }
        close(above: 0)
    }

    /// Puts the next entry of a segment that is not deleted among the heads.
    @inline(__always)
    private func advance(
        _ segment: Int, from first: EntryID, _ heads: inout KeyHeads
    ) throws(SegmentError) {
        var entry = first
        let start = starts[segment]
        while entry < segments[segment].entryCount {
            if numbers[start + Int(entry)] == 0 {
                let key = try segments[segment].view(entry).key
                return try heads.insert(
                    KeyHeads.Head(list: segment, number: entry, key: key, bytes: segments[segment].bytes))
            }
            entry += 1
        }
    }

    /// Adds the next entry to the result; subtrees that it is not in have ended before it.
    private mutating func add(_ head: KeyHeads.Head) throws(SegmentError) {
        let key = try head.bytes.span(head.key)
        let depth = DITKey.depth(of: key)
        close(above: depth)
        while let last = open.last {
            let base = try last.head.bytes.span(last.head.key)
            if base.count == 0
                || key.count > base.count && key[base.count] == DITKey.separator && key.matches(base, at: 0)
            {
                break
            }
            end(last)
        }
        let number = UInt32(truncatingIfNeeded: owners.count)
        owners.append(UInt16(truncatingIfNeeded: head.list))
        subtreeEnds.append(number + 1)
        kept[head.list] += 1
        open.append(Open(number: number, depth: depth, head: head))
    }

    /// Ends the subtrees of entries that have at least as many parts in their names.
    private mutating func close(above depth: Int) {
        while let last = open.last, last.depth >= depth { end(last) }
    }

    private mutating func end(_ last: Open) {
        subtreeEnds[Int(last.number)] = UInt32(truncatingIfNeeded: owners.count)
        open.removeLast()
    }
}
