/// One attribute's dictionary, worked out and ready to be written.
struct PreparedDictionary: Sendable {
    private let table: KeyTable
    private let occurrences: UInt64
    private let presence: UInt32
    private let postings: [UInt8]
    /// For each value ID where its key begins, and its postings' reference; and one row more.
    private var rows: [UInt32] = []
    private var cumulative: [UInt32] = []
    private var slots: [UInt32] = []
    private let trigrams: TrigramBuilder.Result?

    /// Encodes the lists of a column's sorted keys, and indexes the keys. - Parameter column: its number in `lists`.
    init(
        _ sorted: SortedKeys, _ lists: OccurrenceLists, column: Int, entryCount: Int, trigrams hasTrigrams: Bool
    ) throws(SegmentError) {
        let table = sorted.table
        var storage = PostingsStorage(universe: entryCount)
        var references: [UInt32] = []
        references.reserveCapacity(table.count)
        for rank in 0..<table.count {
            references.append(try storage.append(lists.entries(column: column, rank: rank)))
        }
        let presence = try lists.presence(column: column).encode(into: &storage)
        try self.init(
            table, references: references, presence: presence, postings: storage.octets, trigrams: hasTrigrams)
    }

    /// Indexes keys whose lists are encoded. - Parameter references: one for each key.
    init(
        _ table: KeyTable, references: [UInt32], presence: UInt32, postings: [UInt8], trigrams hasTrigrams: Bool
    ) throws(SegmentError) {
        self.table = table
        self.presence = presence
        self.postings = postings
        occurrences = table.occurrences.reduce(0) { $0 + UInt64($1) }
        guard occurrences <= UInt64(UInt32.max) else {
            throw SegmentError(.tooLarge, "One attribute has more than four thousand million values")
        }
        trigrams = hasTrigrams ? try TrigramBuilder.build(table) : nil
        makeRows(references)
        countOccurrences()
        placeInSlots(references)
    }

    private var valueCount: Int { table.count }

    private mutating func makeRows(_ references: [UInt32]) {
        rows.reserveCapacity(2 * valueCount + 2)
        for rank in 0..<valueCount {
            rows.append(table.starts[rank])
            rows.append(references[rank])
        }
        rows.append(table.starts[valueCount])
        rows.append(0)
    }

    private mutating func countOccurrences() {
        guard occurrences != UInt64(valueCount) else { return }
        cumulative.reserveCapacity(valueCount + 1)
        var before: UInt32 = 0
        for count in table.occurrences {
            cumulative.append(before)
            before += count
        }
        cumulative.append(before)
    }

    /// Three quarters full.
    private mutating func placeInSlots(_ references: [UInt32]) {
        guard valueCount > 0 else { return }
        let bits = idBits
        let count = valueCount + valueCount / 3 + 1
        slots = [UInt32](repeating: 0, count: 2 * count)
        for rank in 0..<valueCount {
            let hash = table.hashes[rank]
            var slot = homeSlot(of: hash, slots: count)
            while slots[2 * slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
            slots[2 * slot] = (bits == 32 ? 0 : hash << bits) | UInt32(truncatingIfNeeded: rank + 1)
            slots[2 * slot + 1] = references[rank]
        }
    }

    private var idBits: UInt32 {
        var row = AttributeRow()
        row.valueCount = UInt32(truncatingIfNeeded: valueCount)
        return row.idBits
    }

    /// Writes all parts and notes their places in `row`.
    func write(_ row: inout AttributeRow, to writer: inout SegmentWriter) throws(SegmentError) {
        row.valueCount = UInt32(truncatingIfNeeded: valueCount)
        row.presence = presence
        row.postings = try writer.part(postings)
        // Without a rule there are no keys: presence is all there is.
        guard row.flags.contains(.dictionary) else { return }
        row.keys = try writer.part(table.octets)
        row.rows = try writer.part(rows)
        row.occurrences = occurrences
        if !cumulative.isEmpty { row.cumulative = try writer.part(cumulative) }
        row.hashSlots = UInt32(truncatingIfNeeded: slots.count / 2)
        row.hash = try writer.part(slots)
        if let trigrams {
            row.trigramSlots = UInt32(truncatingIfNeeded: trigrams.slotCount)
            row.trigrams = try writer.part(trigrams.slots)
            row.trigramPostings = try writer.part(trigrams.postings)
        }
    }
}
