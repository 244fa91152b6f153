import Schema
public import Storage

/// A finished segment in memory.
public struct SegmentImage: Sendable {
    /// The whole segment, read-only: open it with `Segment`, or write its octets to a file.
    public let mapping: MappedFile
}

extension SegmentBuilder {
    /// Sorts what was added and gives the segment in memory. `name` stands for it in errors.
    public consuming func finish(name: String = "segment in memory") throws(SegmentError) -> SegmentImage {
        do {
            let sink = try MemorySink()
            try finish(into: sink)
            guard let mapping = try sink.seal(name: name) else { throw SegmentError.damaged("it was sealed twice") }
            return SegmentImage(mapping: mapping)
        } catch let error as SegmentError {
            throw error
        } catch let error as StorageError {
            throw SegmentError(error)
        } catch {
            throw SegmentError(.invalidRecord, "\(error)")
        }
    }

    /// Sorts what was added and writes the segment to a file, from its start: for large ones, as only parts of it are ever in
    /// memory. The file must be empty, and the caller makes it durable.
    public consuming func finish(into file: any File) throws(SegmentError) {
        try finish(into: FileSink(file))
    }

    private consuming func finish(into sink: any SegmentSink) throws(SegmentError) {
        if let failure { throw failure }
        var finisher = SegmentFinisher(self)
        try finisher.write(to: sink)
    }
}

/// The second half of a build: from drafts in the order of their arrival to the file.
struct SegmentFinisher: ~Copyable {
    /// Dictionaries worked out before the first of them is written: as many as there are, would be kept in memory.
    private static let columnsAtOnce = 6

    private let seed: UInt64
    private var drafts: [EntryDraft]
    private var arena: RecordArena
    private var columns: [AttributeColumn]
    private var parents: KeyColumn
    private var sharedSlices: [UInt8]
    private var tombstones: [[UInt8]]
    private var foreignClasses: [[UInt8]]
    private var footer = SegmentFooter()
    /// Arrival numbers in the order of DIT keys.
    private var order: [UInt32] = []
    private var subtreeEnds: [UInt32] = []
    private var rows: [AttributeRow] = []
    /// The value ID of each key number, for each column.
    private var ranks: [[UInt32]] = []
    private var names: [UInt8] = []

    init(_ builder: consuming SegmentBuilder) {
        seed = builder.seed
        drafts = builder.drafts
        arena = builder.arena
        columns = builder.columns
        parents = builder.parents
        sharedSlices = builder.sharedSlices
        tombstones = builder.tombstones
        foreignClasses = builder.foreignClasses
        footer.seed = seed
        footer.aliasCount = builder.aliasCount
        footer.referralCount = builder.referralCount
        footer.entryCount = UInt32(truncatingIfNeeded: drafts.count)
        footer.attributeCount = UInt32(truncatingIfNeeded: columns.count)
    }

    mutating func write(to sink: any SegmentSink) throws(SegmentError) {
        sortEntries()
        try placeOccurrences()
        var writer = try SegmentWriter(sink)
        try writeDictionaries(to: &writer)
        try writeRecords(to: &writer)
        try writeTables(to: &writer)
        try writer.finish(&footer)
    }

    /// Puts the entries in the order of their keys and finds where each subtree ends.
    private mutating func sortEntries() {
        let keys = DraftKeys(drafts: drafts, arena: arena)
        order = KeyOrder.sorted(keys)
        subtreeEnds = [UInt32](repeating: UInt32(truncatingIfNeeded: order.count), count: order.count)
        // The entries whose subtrees have not ended yet, outermost first.
        var open: [Int] = []
        for (rank, number) in order.enumerated() {
            let storage = keys.storage(of: Int(number))
            let key = storage.span.extracting(keys.range(of: Int(number)))
            while let last = open.last {
                let base = Int(order[last])
                let baseStorage = keys.storage(of: base)
                if DITKey.isWithin(key, subtreeOf: baseStorage.span.extracting(keys.range(of: base))) { break }
                subtreeEnds[last] = UInt32(truncatingIfNeeded: rank)
                open.removeLast()
            }
            open.append(rank)
        }
    }

    /// Goes through all entries in order and notes for each key which have it: so every list ascends.
    private mutating func placeOccurrences() throws(SegmentError) {
        for column in columns.indices { try columns[column].keys.prepare() }
        try parents.prepare()
        for (rank, number) in order.enumerated() {
            let draft = drafts[Int(number)]
            let entry = UInt32(truncatingIfNeeded: rank)
            if draft.parent > 0 { parents.place(entry, key: draft.parent - 1) }
            let chunk = arena.chunk(draft.place)
            let record = chunk.span.extracting(draft.place.range)
            let view = DraftView(record)
            var item = view.items.lowerBound
            var id = view.ids.lowerBound
            while item < view.items.upperBound {
                let tag = Varint.read(record, at: &item)
                _ = Varint.read(record, at: &item)
                if tag & 1 == 1 { _ = Varint.read(record, at: &item) }
                let count = Varint.read(record, at: &item)
                let column = tag >> 1
                columns[column].keys.presence.append(entry)
                guard columns[column].rule != nil else { continue }
                for _ in 0..<count {
                    let key = record.littleEndian32(at: id)
                    id += 4
                    if key > 0 { columns[column].keys.place(entry, key: key - 1) }
                }
            }
        }
    }

    private mutating func writeDictionaries(to writer: inout SegmentWriter) throws(SegmentError) {
        try writer.align()
        let start = writer.position
        for start in stride(from: 0, to: columns.count, by: SegmentFinisher.columnsAtOnce) {
            let group = Array(columns[start..<min(start + SegmentFinisher.columnsAtOnce, columns.count)])
            for index in group.indices { columns[start + index].keys = KeyColumn(seed: seed) }
            let prepared = try PreparedDictionary.all(group, entryCount: drafts.count)
            for (column, dictionary) in zip(group, prepared) { try write(column, dictionary, to: &writer) }
        }
        var row = AttributeRow()
        row.flags = .dictionary
        let prepared = try PreparedDictionary(parents, entryCount: drafts.count, trigrams: false)
        try prepared.write(parents.keys, &row, to: &writer)
        rows.append(row)
        footer[.dictionaries] = start..<writer.position
    }

    private mutating func write(
        _ column: AttributeColumn, _ dictionary: PreparedDictionary, to writer: inout SegmentWriter
    ) throws(SegmentError) {
        var row = AttributeRow()
        row.flags = flags(of: column)
        row.name = name(column.name)
        row.rule = name(column.rule?.name ?? "")
        try dictionary.write(column.keys.keys, &row, to: &writer)
        rows.append(row)
        ranks.append(column.rule == nil ? [] : dictionary.ranks)
    }

    private func flags(of column: AttributeColumn) -> AttributeRow.Flags {
        var flags: AttributeRow.Flags = []
        if column.kind == .operational { flags.insert(.operational) }
        if column.kind == .hidden { flags.insert(.hidden) }
        if column.rule != nil { flags.insert(.dictionary) }
        if column.isBinary { flags.insert(.binary) }
        if !column.hasSeveral { flags.insert(.singleValued) }
        return flags
    }

    private mutating func name(_ text: String) -> Range<Int> {
        let start = names.count
        names.append(contentsOf: text.utf8)
        return start..<names.count
    }

    /// Records in order, with value IDs in place of key numbers; and the tables that point at them.
    private mutating func writeRecords(to writer: inout SegmentWriter) throws(SegmentError) {
        try writer.align()
        let start = writer.position
        let slotCount = drafts.isEmpty ? 0 : drafts.count + drafts.count / 3 + 1
        var slots = [UInt64](repeating: 0, count: slotCount)
        var table: [UInt64] = []
        table.reserveCapacity(order.count)
        var scratch = FinalRecord(widths: rows.map { $0.flags.contains(.dictionary) ? $0.idWidth : 0 })
        for (rank, number) in order.enumerated() {
            let draft = drafts[Int(number)]
            let offset = writer.position - start
            guard offset < SegmentFormat.heapLimit else {
                throw SegmentError(.tooLarge, "The records of a segment take more than 256 TiB")
            }
            table.append(UInt64(offset))
            var slot = homeSlot(of: draft.hash, slots: slotCount)
            while slots[slot] != 0 { slot = slot + 1 == slotCount ? 0 : slot + 1 }
            slots[slot] = UInt64(offset + 1) | UInt64(draft.hash & 0xFFFF) << 48
            let chunk = arena.chunk(draft.place)
            let size = Int(subtreeEnds[rank]) - rank
            scratch.assemble(rank, size: size, draft, chunk.span.extracting(draft.place.range), ranks)
            try writer.append(scratch.octets)
            arena.release(draft.place)
        }
        footer[.records] = start..<writer.position
        footer.entrySlots = UInt32(truncatingIfNeeded: slotCount)
        try writer.align()
        let hashStart = writer.position
        for slot in slots { try writer.append(slot) }
        footer[.entryHash] = hashStart..<writer.position
        try writeEntries(table, to: &writer)
    }

    private mutating func writeEntries(_ table: [UInt64], to writer: inout SegmentWriter) throws(SegmentError) {
        try writer.align()
        let start = writer.position
        for offset in table {
            try writer.append(UInt32(truncatingIfNeeded: offset))
            try writer.append(UInt16(truncatingIfNeeded: offset >> 32))
        }
        try writer.append(UInt16(0))
        footer[.entries] = start..<writer.position
    }

    private mutating func writeTables(to writer: inout SegmentWriter) throws(SegmentError) {
        footer[.sharedSlices] = try writer.part(sharedSlices)
        footer[.tombstones] = try writer.part(sortedTombstones())
        var classes: [UInt8] = []
        for name in foreignClasses {
            Varint.append(UInt64(name.count), to: &classes)
            classes.append(contentsOf: name)
        }
        footer[.foreignClasses] = try writer.part(classes)
        footer[.names] = try writer.part(names)
        var encoded: [UInt8] = []
        for row in rows { row.encode(to: &encoded) }
        footer[.attributes] = try writer.part(encoded)
    }

    private mutating func sortedTombstones() throws(SegmentError) -> [UInt8] {
        let sorted = tombstones.sorted { $0.span.compare($1.span) < 0 }
        var octets: [UInt8] = []
        var keys: [UInt8] = []
        var count: UInt32 = 0
        for (index, key) in sorted.enumerated() where index == 0 || sorted[index - 1] != key {
            guard keys.count + key.count <= Int(UInt32.max) else {
                throw SegmentError(.tooLarge, "The deleted names of a segment take more than 4 GiB")
            }
            octets.append(littleEndian: UInt32(truncatingIfNeeded: keys.count))
            keys.append(contentsOf: key)
            count += 1
        }
        octets.append(littleEndian: UInt32(truncatingIfNeeded: keys.count))
        footer.tombstoneCount = count
        return octets + keys
    }
}

/// A record as it will stand in the file (see `EntryView`); its array is used again for each.
private struct FinalRecord {
    let widths: [Int]
    private(set) var octets: [UInt8] = []
    private var ids: [UInt8] = []

    init(widths: [Int]) {
        self.widths = widths
    }

    mutating func assemble(
        _ entry: Int, size: Int, _ draft: EntryDraft, _ record: Span<UInt8>, _ ranks: [[UInt32]]
    ) {
        let view = DraftView(record)
        collectIDs(record, view, ranks)
        octets.removeAll(keepingCapacity: true)
        // A record is below 4 GiB, and so is each of its parts.
        appendNumber(entry)
        appendNumber(size)
        appendNumber(view.items.count)
        appendNumber(ids.count)
        for size in view.sizes { appendNumber(size) }
        appendNumber(view.key.count)
        octets.append(littleEndian: draft.depth)
        octets.append(draft.flags.rawValue)
        octets.append(0)
        octets.append(copying: record.extracting(view.items))
        octets.append(contentsOf: ids)
        octets.append(copying: record.extracting(view.rest))
        octets.append(copying: record.extracting(view.key))
    }

    private mutating func appendNumber(_ number: Int) {
        octets.append(littleEndian: UInt32(truncatingIfNeeded: number))
    }

    private mutating func collectIDs(_ record: Span<UInt8>, _ view: DraftView, _ ranks: [[UInt32]]) {
        ids.removeAll(keepingCapacity: true)
        var item = view.items.lowerBound
        var id = view.ids.lowerBound
        while item < view.items.upperBound {
            let tag = Varint.read(record, at: &item)
            _ = Varint.read(record, at: &item)
            if tag & 1 == 1 { _ = Varint.read(record, at: &item) }
            let count = Varint.read(record, at: &item)
            let column = tag >> 1
            guard widths[column] > 0 else { continue }
            for _ in 0..<count {
                let key = record.littleEndian32(at: id)
                id += 4
                var stored = key == 0 ? 0 : ranks[column][Int(key) - 1] + 1
                for _ in 0..<widths[column] {
                    ids.append(UInt8(truncatingIfNeeded: stored))
                    stored >>= 8
                }
            }
        }
    }
}
