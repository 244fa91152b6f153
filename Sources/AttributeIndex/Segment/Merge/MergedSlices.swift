import Schema

/// The slices of operational attributes that entries of the result have in common, and where those of the segments are among
/// them.
///
/// As in a build, an attribute's slices are all shared where entries have few different ones, and else none is. Which entries
/// of the result still have cannot be told from a segment's own shared slices where some of its entries are gone: then its
/// entries are gone through, until all were seen.
struct MergedSlices: Sendable {
    /// The slices of one attribute of the result.
    private struct Column: Sendable {
        /// Nil where there are too many.
        var slices: KeyInterner?
        /// For each slice, where it is in the section.
        var offsets: [Int] = []
    }

    /// A shared slice of a segment.
    fileprivate struct Known: Sendable {
        let offset: Int
        let column: Int
        let range: Range<Int>
        /// Its number among the column's slices; -1 before an entry of the result was seen to have it.
        var number = -1
    }

    /// A segment's shared slices.
    fileprivate struct Source: Sendable {
        var known: [Known] = []
        /// By an eighth of their offset, as none takes less: the place in `known`, plus one.
        var places: [UInt32] = []
    }

    /// The section.
    private(set) var octets: [UInt8] = []
    /// By column; none shares anything but operational ones.
    private var columns: [Column]
    private var sources: [Source]

    init(
        _ segments: [Segment], _ entries: MergedEntries, _ merged: [MergeColumn], _ keys: [MergedKeys],
        _ attributes: [MergePlan.Attribute], _ starts: [Int], seed: UInt64
    ) throws(SegmentError) {
        columns = merged.indices.map { number in
            // A value that stands alone makes a slice of its own.
            let isSingle = merged[number].sources.allSatisfy { source in
                segments[source.segment].attributes[source.attribute].isSingleValued
            }
            let isOver = isSingle && keys[number].count > AttributeColumn.sharedLimit
            let shares = merged[number].traits.kind == .operational && !isOver
            return Column(slices: shares ? KeyInterner(seed: seed) : nil)
        }
        sources = []
        let columnOf = segments.indices.map { number in
            attributes[starts[number]..<starts[number + 1]].map { Int($0.column) }
        }
        for number in segments.indices {
            sources.append(Source())
            try findShared(segments[number], number, columnOf[number])
        }
        for number in segments.indices { try see(segments[number], number, entries, columnOf[number]) }
        try sort()
    }

    /// Whether entries share a column's slices.
    @inline(__always)
    func shares(_ column: Int) -> Bool { columns[column].slices != nil }

    /// Where a slice that a segment shares at an offset is in the section; nil where it goes back to its entries.
    @inline(__always)
    func offset(ofShared offset: Int, ofSegment number: Int) throws(SegmentError) -> Int? {
        let known = try sources[number].find(offset)
        guard shares(known.column) else { return nil }
        guard known.number >= 0 else { throw .damaged("an attribute lies outside the shared slices") }
        return columns[known.column].offsets[known.number]
    }

    /// Where a slice that an entry has for itself is in the section; its column must share.
    func offset(of slice: Span<UInt8>, column: Int) throws(SegmentError) -> Int {
        guard let number = columns[column].slices?.find(slice) else {
            throw .damaged("an attribute is not the one it was before")
        }
        return columns[column].offsets[Int(number)]
    }

    /// Takes a segment's section of shared slices apart.
    private mutating func findShared(
        _ segment: Segment, _ number: Int, _ columnOf: [Int]
    ) throws(SegmentError) {
        let section = segment.sharedSlices
        guard !section.isEmpty else { return }
        sources[number].places = [UInt32](repeating: 0, count: section.count / 8 + 1)
        // They stand in the order of their attributes.
        var attribute = 0
        var place = section.lowerBound
        while place < section.upperBound {
            let whole = try BERElement(at: place..<section.upperBound, segment.bytes)
            let name = try segment.octets(BERElement(at: whole.contents, segment.bytes).contents)
            while attribute < segment.attributes.count, !name.equals(segment.attributes[attribute].name.utf8.span) {
                attribute += 1
            }
            guard attribute < segment.attributes.count else { throw .damaged("a shared slice is of no attribute") }
            let offset = place - section.lowerBound
            if columnOf[attribute] >= 0 {
                sources[number].known.append(
                    Known(offset: offset, column: columnOf[attribute], range: place..<whole.end))
                sources[number].places[offset / 8] = UInt32(truncatingIfNeeded: sources[number].known.count)
            }
            place = whole.end
        }
    }

    /// Notes which slices the entries of the result have.
    private mutating func see(
        _ segment: Segment, _ number: Int, _ entries: MergedEntries, _ columnOf: [Int]
    ) throws(SegmentError) {
        if entries.goneCount(number) == 0 {
            for place in sources[number].known.indices { try see(place, number, segment) }
        }
        let owning = owners(segment, number, columnOf)
        guard isUndecided(number, owning) else { return }
        let numbers = entries.numbers(ofSegment: number)
        for entry in numbers.indices where numbers[entry] != MergedEntries.gone {
            let view = try segment.view(EntryID(truncatingIfNeeded: entry))
            if try see(view, segment, number, columnOf), !isUndecided(number, owning) { return }
        }
    }

    /// Attributes of a segment whose slices are each entry's own.
    private func owners(_ segment: Segment, _ number: Int, _ columnOf: [Int]) -> [Int] {
        var owners: [Int] = []
        for attribute in columnOf.indices where columnOf[attribute] >= 0 && shares(columnOf[attribute]) {
            let column = columnOf[attribute]
            if !sources[number].known.contains(where: { $0.column == column }) { owners.append(column) }
        }
        return owners
    }

    /// Whether a segment's entries may have slices of columns that share that were not seen yet.
    private func isUndecided(_ number: Int, _ owners: [Int]) -> Bool {
        owners.contains(where: shares)
            || sources[number].known.contains { $0.number < 0 && shares($0.column) }
    }

    /// Notes one entry's slices; true if any was new.
    private mutating func see(
        _ view: EntryView, _ segment: Segment, _ number: Int, _ columnOf: [Int]
    ) throws(SegmentError) -> Bool {
        var items = EntryItems(view)
        var isNew = false
        while let item = try items.next(in: segment) {
            let column = columnOf[item.attribute]
            guard column >= 0, shares(column) else { continue }
            if segment.sharedSlices.contains(item.slice.lowerBound) {
                let place = try sources[number].place(item.slice.lowerBound - segment.sharedSlices.lowerBound)
                if sources[number].known[place].number < 0 {
                    try see(place, number, segment)
                    isNew = true
                }
            } else {
                let before = columns[column].slices?.count
                _ = try intern(segment.octets(item.slice), column)
                if columns[column].slices?.count != before { isNew = true }
            }
        }
        return isNew
    }

    private mutating func see(_ place: Int, _ number: Int, _ segment: Segment) throws(SegmentError) {
        let known = sources[number].known[place]
        sources[number].known[place].number = try intern(segment.octets(known.range), known.column)
    }

    /// The number of a slice of a column; -1 where there are too many.
    private mutating func intern(_ slice: Span<UInt8>, _ column: Int) throws(SegmentError) -> Int {
        guard let found = try columns[column].slices?.intern(slice) else { return -1 }
        guard found < AttributeColumn.sharedLimit else {
            columns[column].slices = nil
            return -1
        }
        return Int(found)
    }

    /// Puts each column's slices in order, and the columns' behind one another.
    private mutating func sort() throws(SegmentError) {
        for column in columns.indices {
            guard let slices = columns[column].slices, slices.count > 0 else { continue }
            let sorted = try SortedKeys([slices])
            let start = octets.count
            columns[column].offsets = sorted.ranks.map { rank in
                start + Int(sorted.table.starts[Int(rank)])
            }
            octets += sorted.table.octets
        }
    }
}

extension MergedSlices.Source {
    /// The place in `known` of the slice at an offset.
    @inline(__always)
    fileprivate func place(_ offset: Int) throws(SegmentError) -> Int {
        guard offset >= 0, offset / 8 < places.count, places[offset / 8] > 0,
            known[Int(places[offset / 8]) - 1].offset == offset
        else { throw .damaged("an attribute lies outside the shared slices") }
        return Int(places[offset / 8]) - 1
    }

    @inline(__always)
    fileprivate func find(_ offset: Int) throws(SegmentError) -> MergedSlices.Known { known[try place(offset)] }
}
