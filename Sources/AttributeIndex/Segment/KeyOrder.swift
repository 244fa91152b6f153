/// Keys that can be sorted, numbered from 0.
protocol KeySource {
    var count: Int { get }
    func length(of number: Int) -> Int
    /// Eight octets of a key from an offset on, as a number whose order is theirs; zeros stand for what is behind the key.
    func prefix(of number: Int, at offset: Int) -> UInt64
}

/// The DIT keys of the entries in an arena.
struct DraftKeys: KeySource {
    let drafts: [EntryDraft]
    let arena: RecordArena

    var count: Int { drafts.count }
    func length(of number: Int) -> Int { Int(drafts[number].keyCount) }

    func prefix(of number: Int, at offset: Int) -> UInt64 {
        let chunk = arena.chunk(drafts[number].place)
        return chunk.span.extracting(drafts[number].key).bigEndianPrefix(at: offset)
    }
}

/// Sorts keys by their octets: eight at a time, and only those that all before them leave equal.
///
/// Keys of one kind begin alike (`uid=`, `+1 510 `, one parent's key), so that comparing two from their start costs a cache
/// miss each and mostly says nothing. Here each step reads eight octets of each key of a run of equals, sorts them as numbers
/// where they stand in an array of their own, and leaves the runs that are still equal to the next step.
struct KeyOrder<Source: KeySource> {
    private struct Item {
        var prefix: UInt64
        let number: UInt32
    }

    /// Items that begin alike up to an offset.
    private struct Run {
        let range: Range<Int>
        let offset: Int
    }

    /// Runs of fewer items are sorted by inserting; more, by radix.
    private static var fewItems: Int { 48 }

    private let source: Source
    private var items: [Item] = []
    private var spare: [Item] = []
    private var open: [Run] = []

    /// The numbers of the keys, in the order of the keys; equal ones in the order of their numbers.
    static func sorted(_ source: Source) -> [UInt32] {
        guard source.count > 1 else { return source.count == 0 ? [] : [0] }
        var order = KeyOrder(source)
        return order.sort()
    }

    private init(_ source: Source) {
        self.source = source
        items.reserveCapacity(source.count)
        for number in 0..<source.count { items.append(Item(prefix: 0, number: UInt32(truncatingIfNeeded: number))) }
    }

    private mutating func sort() -> [UInt32] {
        open.append(Run(range: 0..<items.count, offset: 0))
        while let run = open.popLast() {
            if Self.load(source, &items, run) {
                if run.range.count <= Self.fewItems { insert(run.range) } else { radix(run.range) }
            }
            split(run)
        }
        return items.map(\.number)
    }

    /// Reads the next octets of a run's keys.
    /// - Returns: whether they differ.
    private static func load(_ source: Source, _ items: inout [Item], _ run: Run) -> Bool {
        var items = items.mutableSpan
        let first = source.prefix(of: Int(items[run.range.lowerBound].number), at: run.offset)
        var differing: UInt64 = 0
        for place in run.range {
            let prefix = source.prefix(of: Int(items[place].number), at: run.offset)
            items[place].prefix = prefix
            differing |= prefix ^ first
        }
        return differing != 0
    }

    private mutating func insert(_ range: Range<Int>) {
        var items = items.mutableSpan
        for place in range.dropFirst() {
            let item = items[place]
            var hole = place
            while hole > range.lowerBound, items[hole - 1].prefix > item.prefix {
                items[hole] = items[hole - 1]
                hole -= 1
            }
            items[hole] = item
        }
    }

    /// Sorts by each octet of the prefixes in which they differ, the last first.
    private mutating func radix(_ range: Range<Int>) {
        if spare.count < items.count { spare = items }
        var (items, spare) = take()
        defer { (self.items, self.spare) = (items, spare) }
        var starts = Self.counts(items.span, range)
        let first = items[range.lowerBound].prefix
        var isInSpare = false
        for octet in 0..<8 {
            let row = octet << 8
            let shift = UInt64(octet * 8)
            if starts[row + Int(truncatingIfNeeded: first >> shift & 0xFF)] == UInt32(truncatingIfNeeded: range.count) {
                continue
            }
            var start = UInt32(truncatingIfNeeded: range.lowerBound)
            for value in row..<row + 256 {
                let count = starts[value]
                starts[value] = start
                start += count
            }
            if isInSpare {
                Self.scatter(spare.span, &items, range, shift, &starts, row)
            } else {
                Self.scatter(items.span, &spare, range, shift, &starts, row)
            }
            isInSpare.toggle()
        }
        if isInSpare { for place in range { items[place] = spare[place] } }
    }

    /// Both arrays, to be worked on side by side and put back.
    private mutating func take() -> (items: [Item], spare: [Item]) {
        defer { (items, spare) = ([], []) }
        return (items, spare)
    }

    /// How often each value of each of the eight octets occurs.
    private static func counts(_ items: Span<Item>, _ range: Range<Int>) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: 8 * 256)
        var rows = counts.mutableSpan
        for place in range {
            var prefix = items[place].prefix
            for octet in 0..<8 {
                rows[octet << 8 | Int(truncatingIfNeeded: prefix & 0xFF)] += 1
                prefix >>= 8
            }
        }
        return counts
    }

    private static func scatter(
        _ from: Span<Item>, _ to: inout [Item], _ range: Range<Int>, _ shift: UInt64, _ starts: inout [UInt32],
        _ row: Int
    ) {
        var target = to.mutableSpan
        var starts = starts.mutableSpan
        for place in range {
            let value = row + Int(truncatingIfNeeded: from[place].prefix >> shift & 0xFF)
            target[Int(starts[value])] = from[place]
            starts[value] += 1
        }
    }

    /// Finds the runs within a sorted one that are still equal.
    private mutating func split(_ run: Run) {
        let next = run.offset + 8
        var start = run.range.lowerBound
        while start < run.range.upperBound {
            let prefix = items[start].prefix
            var end = start + 1
            var isLonger = source.length(of: Int(items[start].number)) > next
            while end < run.range.upperBound, items[end].prefix == prefix {
                if !isLonger { isLonger = source.length(of: Int(items[end].number)) > next }
                end += 1
            }
            if end - start > 1 {
                if isLonger {
                    open.append(Run(range: start..<end, offset: next))
                } else {
                    sortByLength(start..<end)
                }
            }
            start = end
        }
    }

    /// Keys that end where the others have zeros come first.
    private mutating func sortByLength(_ range: Range<Int>) {
        let sorted = items[range].sorted { left, right in
            let lengths = (source.length(of: Int(left.number)), source.length(of: Int(right.number)))
            return lengths.0 == lengths.1 ? left.number < right.number : lengths.0 < lengths.1
        }
        items.replaceSubrange(range, with: sorted)
    }
}
