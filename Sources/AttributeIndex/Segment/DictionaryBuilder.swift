import Dispatch
import Synchronization

/// One attribute's dictionary, worked out and ready to be written.
struct PreparedDictionary: Sendable {
    /// Segments of fewer entries are built on the caller's thread: handing the work over would cost more than doing it.
    private static let serialLimit = 4096

    /// Key numbers in the order of their keys.
    var order: [UInt32] = []
    /// Postings reference of each value ID.
    var references: [UInt32] = []
    var postings: [UInt8] = []
    var presence: UInt32 = PostingsFormat.emptyReference
    var trigrams: TrigramBuilder.Result?

    /// Sorts the keys and encodes the lists of a column.
    init(_ column: KeyColumn, entryCount: Int, trigrams hasTrigrams: Bool) throws(SegmentError) {
        order = KeyOrder.sorted(column.keys)
        var storage = PostingsStorage(universe: entryCount)
        references.reserveCapacity(order.count)
        let entries = column.entries.span
        for number in order {
            references.append(try storage.append(entries.extracting(column.list(of: Int(number)))))
        }
        presence = try column.presence.encode(into: &storage)
        postings = storage.octets
        if hasTrigrams { trigrams = try TrigramBuilder.build(column.keys, order: order) }
    }

    /// Works out the dictionaries of several columns, two at a time where they are large.
    static func all(_ columns: [AttributeColumn], entryCount: Int) throws(SegmentError) -> [PreparedDictionary] {
        let results = Mutex([Result<PreparedDictionary, SegmentError>?](repeating: nil, count: columns.count))
        @Sendable func prepare(_ index: Int) {
            let result = Result { () throws(SegmentError) in
                try PreparedDictionary(
                    columns[index].keys, entryCount: entryCount, trigrams: columns[index].hasTrigrams)
            }
            results.withLock { $0[index] = result }
        }
        if entryCount < PreparedDictionary.serialLimit {
            for index in columns.indices { prepare(index) }
        } else {
            DispatchQueue.concurrentPerform(iterations: columns.count, execute: prepare)
        }
        var prepared: [PreparedDictionary] = []
        for result in results.withLock({ $0 }) {
            if let result { prepared.append(try result.get()) }
        }
        return prepared
    }

    /// The value ID of each key number.
    var ranks: [UInt32] {
        var ranks = [UInt32](repeating: 0, count: order.count)
        for (rank, number) in order.enumerated() { ranks[Int(number)] = UInt32(truncatingIfNeeded: rank) }
        return ranks
    }

    /// Writes all parts and notes their places in `row`.
    func write(_ keys: KeyInterner, _ row: inout AttributeRow, to writer: inout SegmentWriter) throws(SegmentError) {
        row.valueCount = UInt32(truncatingIfNeeded: order.count)
        row.presence = presence
        row.postings = try writer.part(postings)
        // Without a rule there are no keys: presence is all there is.
        guard row.flags.contains(.dictionary) else { return }
        try writeKeys(keys, &row, to: &writer)
        try writeCounts(keys, &row, to: &writer)
        let slots = hashSlots(keys, bits: row.idBits)
        row.hashSlots = UInt32(truncatingIfNeeded: slots.count / 2)
        row.hash = try writer.part(slots)
        if let trigrams {
            row.trigramSlots = UInt32(truncatingIfNeeded: trigrams.slotCount)
            row.trigrams = try writer.part(trigrams.slots)
            row.trigramPostings = try writer.part(trigrams.postings)
        }
    }

    private func writeKeys(
        _ keys: KeyInterner, _ row: inout AttributeRow, to writer: inout SegmentWriter
    ) throws(SegmentError) {
        try writer.align()
        var start = writer.position
        for number in order { try writer.append(keys.key(Int(number))) }
        row.keys = start..<writer.position
        try writer.align()
        start = writer.position
        var offset: UInt32 = 0
        for (rank, number) in order.enumerated() {
            try writer.append(offset)
            try writer.append(references[rank])
            offset += UInt32(truncatingIfNeeded: keys.length(Int(number)))
        }
        try writer.append(offset)
        try writer.append(UInt32(0))
        row.rows = start..<writer.position
    }

    private func writeCounts(
        _ keys: KeyInterner, _ row: inout AttributeRow, to writer: inout SegmentWriter
    ) throws(SegmentError) {
        var total: UInt64 = 0
        for count in keys.occurrences { total += UInt64(count) }
        row.occurrences = total
        guard total != UInt64(order.count) else { return }
        guard total <= UInt64(UInt32.max) else {
            throw SegmentError(.tooLarge, "One attribute has more than four thousand million values")
        }
        try writer.align()
        let start = writer.position
        var before: UInt32 = 0
        for number in order {
            try writer.append(before)
            before += keys.occurrences[Int(number)]
        }
        try writer.append(before)
        row.cumulative = start..<writer.position
    }

    /// Three quarters full.
    private func hashSlots(_ keys: KeyInterner, bits: UInt32) -> [UInt32] {
        guard !order.isEmpty else { return [] }
        let count = order.count + order.count / 3 + 1
        var slots = [UInt32](repeating: 0, count: 2 * count)
        for (rank, number) in order.enumerated() {
            let hash = keys.hashes[Int(number)]
            var slot = homeSlot(of: hash, slots: count)
            while slots[2 * slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
            slots[2 * slot] = (bits == 32 ? 0 : hash << bits) | UInt32(truncatingIfNeeded: rank + 1)
            slots[2 * slot + 1] = references[rank]
        }
        return slots
    }
}

/// Distinct keys and, once `place` was called for every occurrence, the entries that have each.
struct KeyColumn: Sendable {
    var keys: KeyInterner
    var presence = Runs()
    /// Entries of all keys, each key's together; and where each key's end once they are all placed.
    private(set) var entries: [UInt32] = []
    private var ends: [UInt32] = []

    init(seed: UInt64) {
        keys = KeyInterner(seed: seed)
    }

    /// Makes room for as many entries as keys occur.
    mutating func prepare() throws(SegmentError) {
        keys.seal()
        var total = 0
        ends.reserveCapacity(keys.count)
        for count in keys.occurrences {
            ends.append(UInt32(truncatingIfNeeded: total))
            total += Int(count)
            guard total <= Int(UInt32.max) else {
                throw SegmentError(.tooLarge, "One attribute has more than four thousand million values")
            }
        }
        entries = [UInt32](repeating: 0, count: total)
    }

    /// Notes that an entry has a key; entries must come in ascending order.
    @inline(__always)
    mutating func place(_ entry: EntryID, key number: UInt32) {
        let place = ends[Int(number)]
        entries[Int(place)] = entry
        ends[Int(number)] = place + 1
    }

    func list(of number: Int) -> Range<Int> {
        (number == 0 ? 0 : Int(ends[number - 1]))..<Int(ends[number])
    }
}

/// Ascending numbers as runs of neighbours.
struct Runs: Sendable {
    private var runs: [Range<UInt32>] = []

    @inline(__always)
    mutating func append(_ number: UInt32) {
        if let last = runs.last, last.upperBound == number {
            runs[runs.count - 1] = last.lowerBound..<number + 1
        } else {
            runs.append(number..<number + 1)
        }
    }

    func encode(into storage: inout PostingsStorage) throws(SegmentError) -> UInt32 {
        var shape = PostingsShape()
        for run in runs {
            for number in run { shape.add(number) }
        }
        var list = try storage.place(shape)
        guard list.table >= 0 else { return list.reference }
        var octets = storage.octets.mutableSpan
        for run in runs {
            for number in run { PostingsStorage.add(number, to: &list, in: &octets) }
        }
        return list.reference
    }
}
