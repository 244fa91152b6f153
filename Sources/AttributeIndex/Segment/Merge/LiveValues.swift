import Schema

/// How often each value of a segment occurs in those of its entries that are in the result.
///
/// Where all are, the dictionaries say so themselves, and nothing is kept. Else four octets a value.
struct LiveValues {
    /// By attribute, and last the parents: where its values begin.
    private var starts: [Int] = []
    private var counts: [UInt32] = []

    init(_ segment: Segment, _ entries: MergedEntries, _ number: Int) throws(SegmentError) {
        let gone = entries.goneCount(number)
        guard gone > 0 else { return }
        var total = 0
        for attribute in 0...segment.rows.count {
            starts.append(total)
            total += Int(segment.mergeRow(attribute).valueCount)
        }
        counts.reserveCapacity(total)
        // Whichever are fewer are gone through.
        let subtracts = gone <= Int(segment.entryCount) / 2
        if subtracts {
            for attribute in 0...segment.rows.count {
                let dictionary = KeyList(segment, attribute)
                for value in 0..<dictionary.count { counts.append(try dictionary.occurrences(value)) }
            }
        } else {
            counts = [UInt32](repeating: 0, count: total)
        }
        let numbers = entries.numbers(ofSegment: number)
        for entry in numbers.indices where (numbers[entry] == MergedEntries.gone) == subtracts {
            try count(segment, EntryID(truncatingIfNeeded: entry), subtracts)
        }
    }

    /// How often a value occurs; nil where the dictionary says it.
    @inline(__always)
    func occurrences(_ attribute: Int, _ value: UInt32) -> UInt32? {
        counts.isEmpty ? nil : counts[starts[attribute] + Int(value)]
    }

    private mutating func count(_ segment: Segment, _ entry: EntryID, _ subtracts: Bool) throws(SegmentError) {
        let view = try segment.view(entry)
        var items = EntryItems(view)
        while let item = try items.next(in: segment) {
            for index in 0..<item.valueIDs.count {
                guard let value = try item.valueIDs.valueID(index, in: segment) else { continue }
                try count(segment, item.attribute, value, subtracts)
            }
        }
        let key = try segment.octets(view.key)
        let parent = DITKey.parent(of: key)
        guard parent >= 0 else { return }
        let parents = KeyDictionary(row: segment.parents, bytes: segment.bytes, seed: segment.footer.seed)
        guard let found = try parents.find(key.extracting(0..<parent)) else {
            throw .damaged("an entry's parent has no list")
        }
        try count(segment, segment.rows.count, found.valueID, subtracts)
    }

    @inline(__always)
    private mutating func count(
        _ segment: Segment, _ attribute: Int, _ value: UInt32, _ subtracts: Bool
    ) throws(SegmentError) {
        guard value < segment.mergeRow(attribute).valueCount else {
            throw .damaged("a value ID is above the number of values")
        }
        let place = starts[attribute] + Int(value)
        if subtracts {
            guard counts[place] > 0 else { throw .damaged("a value occurs more often than its dictionary says") }
            counts[place] -= 1
        } else {
            counts[place] += 1
        }
    }
}
