import ReusedMemory

/// For each key of each column, the entries that have it, ascending; and for each column those that have the attribute.
///
/// The entries of all keys of a column stand together in the order of the keys: how often each occurs is known beforehand,
/// so that each entry is put in its place as the records go by in order.
struct OccurrenceLists: Sendable {
    /// Where a column's keys begin in `ends`, and their entries in `entries`.
    private var keyStarts: [Int] = []
    private var entryStarts: [Int] = []
    /// For each key, where its next entry goes in its column's; and where its entries end once all are there.
    private var ends: [UInt32] = []
    private var entries: [UInt32]
    private var presences: [Runs]

    /// Room for as many entries as keys occur. - Parameter keys: each column's, and the parents'.
    init(_ keys: [SortedKeys], columnCount: Int) throws(SegmentError) {
        var total = 0
        ends.reserveCapacity(keys.reduce(0) { $0 + $1.table.count })
        for column in keys {
            keyStarts.append(ends.count)
            entryStarts.append(total)
            var end = 0
            for count in column.table.occurrences {
                ends.append(UInt32(truncatingIfNeeded: end))
                end += Int(count)
            }
            guard end <= Int(UInt32.max) else {
                throw SegmentError(.tooLarge, "One attribute has more than four thousand million values")
            }
            total += end
        }
        entries = [UInt32](repeating: 0, count: total)
        presences = [Runs](repeating: Runs(), count: columnCount + 1)
    }

    /// Notes what occurs in a block of records; blocks must come in order.
    mutating func add(_ block: RecordBlock, firstEntry: Int) {
        for index in block.occurrences.indices {
            let occurrence = block.occurrences[index]
            let column = occurrence.column
            let entry = UInt32(truncatingIfNeeded: firstEntry + occurrence.place)
            presences[column].append(entry)
            guard occurrence.rank != RecordOccurrence.noRank else { continue }
            let key = keyStarts[column] + Int(occurrence.rank)
            entries[entryStarts[column] + Int(ends[key])] = entry
            ends[key] += 1
        }
    }

    /// The entries that have a column's key, in ascending order; one is there as often as the key is in it.
    @_lifetime(borrow self)
    func entries(column: Int, rank: Int) -> Span<UInt32> {
        let key = keyStarts[column] + rank
        let start = entryStarts[column]
        return entries.span.extracting(start + (rank == 0 ? 0 : Int(ends[key - 1]))..<start + Int(ends[key]))
    }

    /// The entries that have a column's attribute; none for the parents, which are nobody's.
    func presence(column: Int) -> Runs { column == presences.count - 1 ? Runs() : presences[column] }
}

/// Ascending numbers as runs of neighbours.
struct Runs: Sendable {
    private var runs: [Range<UInt32>] = []
    /// The run that may still grow.
    private var last: Range<UInt32> = 0..<0

    /// Adds a number; the last one again is not added.
    @inline(__always)
    mutating func append(_ number: UInt32) {
        if last.upperBound == number {
            last = last.lowerBound..<number + 1
        } else if last.isEmpty || number > last.upperBound {
            close()
            last = number..<number + 1
        }
    }

    private mutating func close() {
        if !last.isEmpty { runs.append(last) }
    }

    func encode(into storage: inout PostingsStorage) throws(SegmentError) -> UInt32 {
        guard !runs.isEmpty else { return try storage.append(last) }
        let numbers = runs.flatMap { $0 } + last
        return try storage.append(numbers.span)
    }
}

/// The tables that lead to the records: from an entry's place, and from its name.
struct RecordTable {
    /// Six octets for each entry, and two more.
    private(set) var rows: [UInt8] = []
    private(set) var slots: [UInt64]
    private var entryCount = 0

    init(entryCount: Int) {
        slots = [UInt64](repeating: 0, count: entryCount == 0 ? 0 : entryCount + entryCount / 3 + 1)
        rows.reserveCapacity(entryCount * SegmentFormat.entryRowSize + SegmentFormat.entryTablePadding)
    }

    /// Adds a block of records that begins at an offset of the section.
    mutating func add(_ block: RecordBlock, at offset: Int) throws(SegmentError) {
        guard offset + block.octets.count < SegmentFormat.heapLimit else {
            throw SegmentError(.tooLarge, "The records of a segment take more than 256 TiB")
        }
        for index in block.starts.indices {
            let place = UInt64(truncatingIfNeeded: offset + block.starts[index])
            rows.append(littleEndian: UInt32(truncatingIfNeeded: place))
            rows.append(littleEndian: UInt16(truncatingIfNeeded: place >> 32))
            let hash = block.hashes[index]
            var slot = homeSlot(of: hash, slots: slots.count)
            while slots[slot] != 0 { slot = slot + 1 == slots.count ? 0 : slot + 1 }
            slots[slot] = (place + 1) | UInt64(hash & 0xFFFF) << 48
        }
    }

    /// Ends the rows: each can be read as 64 bits.
    mutating func end() { rows.append(littleEndian: UInt16(0)) }
}
