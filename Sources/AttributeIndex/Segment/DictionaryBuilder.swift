/// One attribute's dictionary, worked out and ready to be written but for its keys, which need not be kept for it.
struct PreparedDictionary: Sendable {
    private let count: Int
    /// Values of all entries.
    private let total: UInt64
    /// For each value ID where its key begins, and its postings' reference; and one row more.
    private var rows: [UInt32] = []
    private var cumulative: [UInt32] = []
    /// Three quarters full.
    private var slots: [UInt32] = []
    private let idBits: UInt32
    private var size = 0
    private var before: UInt32 = 0

    /// The list of the entries that have the attribute.
    var presence = PostingsFormat.emptyReference
    /// All lists of entries.
    var postings: [UInt32] = []
    /// Nil where the attribute has none.
    var trigrams: TrigramBuilder.Result?

    /// A dictionary of so many keys, which are added in their order.
    /// - Parameter total: how often they occur, all together.
    init(count: Int, total: UInt64) throws(SegmentError) {
        guard total <= UInt64(UInt32.max) else {
            throw SegmentError(.tooLarge, "One attribute has more than four thousand million values")
        }
        self.count = count
        self.total = total
        var row = AttributeRow()
        row.valueCount = UInt32(truncatingIfNeeded: count)
        idBits = row.idBits
        rows.reserveCapacity(2 * count + 2)
        if total != UInt64(count) { cumulative.reserveCapacity(count + 1) }
        if count > 0 { slots = [UInt32](repeating: 0, count: 2 * (count + count / 3 + 1)) }
    }

    /// Encodes the lists of a column's sorted keys, and indexes the keys. - Parameter column: its number in `lists`.
    init(
        _ table: KeyTable, _ lists: OccurrenceLists, column: Int, entryCount: Int, trigrams hasTrigrams: Bool
    ) throws(SegmentError) {
        try self.init(count: table.count, total: table.occurrences.reduce(0) { $0 + UInt64($1) })
        var storage = PostingsStorage(universe: entryCount)
        for rank in 0..<table.count {
            let reference = try storage.append(lists.entries(column: column, rank: rank))
            add(
                size: table.length(of: rank), hash: table.hashes[rank], occurrences: table.occurrences[rank], reference)
        }
        presence = try lists.presence(column: column).encode(into: &storage)
        postings = storage.words
        trigrams = hasTrigrams ? try TrigramBuilder.build(table) : nil
    }

    /// Adds the next key.
    /// - Parameter reference: its list of entries.
    @inline(__always)
    mutating func add(size keySize: Int, hash: UInt32, occurrences: UInt32, _ reference: UInt32) {
        let rank = rows.count / 2
        rows.append(UInt32(truncatingIfNeeded: size))
        rows.append(reference)
        size += keySize
        if total != UInt64(count) {
            cumulative.append(before)
            before &+= occurrences
        }
        let slotCount = slots.count / 2
        var slot = homeSlot(of: hash, slots: slotCount)
        while slots[2 * slot] != 0 { slot = slot + 1 == slotCount ? 0 : slot + 1 }
        slots[2 * slot] = (idBits == 32 ? 0 : hash << idBits) | UInt32(truncatingIfNeeded: rank + 1)
        slots[2 * slot + 1] = reference
    }

    /// Writes all parts and notes their places in `row`. - Parameter keys: writes all keys' octets behind one another.
    func write(
        _ row: inout AttributeRow, to writer: inout SegmentWriter,
        keys: (inout SegmentWriter) throws(SegmentError) -> Void
    ) throws(SegmentError) {
        row.valueCount = UInt32(truncatingIfNeeded: count)
        row.presence = presence
        row.postings = try writer.part(postings)
        // Without a rule there are no keys: presence is all there is.
        guard row.flags.contains(.dictionary) else { return }
        try writer.align()
        let start = writer.position
        try keys(&writer)
        row.keys = start..<writer.position
        row.rows = try writer.part(rows + [UInt32(truncatingIfNeeded: size), 0])
        row.occurrences = total
        if !cumulative.isEmpty { row.cumulative = try writer.part(cumulative + [before]) }
        row.hashSlots = UInt32(truncatingIfNeeded: slots.count / 2)
        row.hash = try writer.part(slots)
        if let trigrams {
            row.trigramSlots = UInt32(truncatingIfNeeded: trigrams.slotCount)
            row.trigrams = try writer.part(trigrams.slots)
            row.trigramPostings = try writer.part(trigrams.postings)
        }
    }
}
