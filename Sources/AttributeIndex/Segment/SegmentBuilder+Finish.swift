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
        var finisher = try SegmentFinisher(self)
        try finisher.write(to: sink)
    }
}

/// The second half of a build: from drafts in the order of their arrival to the file.
///
/// Three steps, each shared by all cores: the keys of entries, parents and columns are sorted, each kind for itself; records
/// are written in order, which also tells each key its entries; then each column's dictionary. Results are written in the
/// order of their places in the file while others are still made.
struct SegmentFinisher: ~Copyable {
    /// Dictionaries worked out before the first of them is written: as many as there are, would be kept in memory.
    private static let columnsAhead = 6
    private static let blocksAhead = 8

    private let seed: UInt64
    private let threads: Int
    private let entryCount: Int
    private let columns: [MergedColumn]
    private var source: SortSource?
    private let tombstones: [[UInt8]]
    private var footer = SegmentFooter()
    private var names: [UInt8] = []
    private var rows: [AttributeRow] = []
    private var sharedSlices: [UInt8] = []

    init(_ builder: consuming SegmentBuilder) throws(SegmentError) {
        var parts = [builder.own] + builder.absorbed
        let keys = parts.map { $0.columns.map(\.keys) }
        let parents = parts.map(\.parents)
        for part in parts.indices { parts[part].removeKeys(seed: builder.seed) }
        let columns = try MergedColumn.merging(parts.map(\.columns))
        guard columns.count < RecordOccurrence.columnLimit else {
            throw SegmentError(.tooLarge, "A segment holds at most \(RecordOccurrence.columnLimit - 1) attributes")
        }
        let merged = columns.map { column in
            column.places.indices.compactMap { column.places[$0] < 0 ? nil : keys[$0][column.places[$0]] }
        }
        self.columns = columns
        seed = builder.seed
        entryCount = builder.entryCount
        threads = BuildThreads.count(entries: entryCount)
        tombstones = builder.tombstones
        source = SortSource(
            drafts: builder.drafts, arena: builder.arena, parts: parts, keys: merged + [parents])
        footer.seed = seed
        footer.aliasCount = builder.aliasCount
        footer.referralCount = builder.referralCount
        footer.entryCount = UInt32(truncatingIfNeeded: entryCount)
        footer.attributeCount = UInt32(truncatingIfNeeded: columns.count)
    }

    mutating func write(to sink: any SegmentSink) throws(SegmentError) {
        var writer = try SegmentWriter(sink)
        guard let source = source.take() else { return }
        var sorted = try sort(source)
        let lists = try writeRecords(source, &sorted, to: &writer)
        try writeDictionaries(sorted.keys, lists, to: &writer)
        try writeTables(to: &writer)
        try writer.finish(&footer)
    }

    /// Sorts entries, parents and every column's keys.
    private func sort(_ source: SortSource) throws(SegmentError) -> Sorted {
        var entries = SortedEntries(order: [], subtreeEnds: [])
        var keys: [SortedKeys] = []
        keys.reserveCapacity(columns.count + 1)
        try OrderedWork<SortedPiece>.run(
            source.pieceCount, workers: threads, ahead: source.pieceCount,
            make: { (number) throws(SegmentError) in try source.piece(number) },
            take: { (_, piece) throws(SegmentError) in
                switch piece {
                case .entries(let sorted): entries = sorted
                case .keys(let sorted): keys.append(sorted)
                }
            })
        return Sorted(entries: entries, keys: keys)
    }

    /// Records in order, with value IDs in place of key numbers; and the tables that point at them.
    private mutating func writeRecords(
        _ source: SortSource, _ sorted: inout Sorted, to writer: inout SegmentWriter
    ) throws(SegmentError) -> OccurrenceLists {
        for (column, keys) in zip(columns, sorted.keys) { rows.append(row(column, keys)) }
        var parents = AttributeRow()
        parents.flags = .dictionary
        rows.append(parents)
        let plan = RecordPlan(source, &sorted, columns, rows)
        sharedSlices = plan.sharedSlices
        var lists = try OccurrenceLists(sorted.keys, columnCount: columns.count)
        var table = RecordTable(entryCount: entryCount)
        try writer.align()
        let start = writer.position
        try OrderedWork<RecordBlock>.run(
            plan.blockCount, workers: threads, ahead: SegmentFinisher.blocksAhead,
            make: { (number) throws(SegmentError) in plan.block(number) },
            take: { (number, block) throws(SegmentError) in
                try table.add(block, at: writer.position - start)
                lists.add(block, firstEntry: number * RecordPlan.blockSize)
                try writer.append(block.octets)
            })
        table.end()
        footer[.records] = start..<writer.position
        footer.entrySlots = UInt32(truncatingIfNeeded: table.slots.count)
        footer[.entryHash] = try writer.part(table.slots)
        footer[.entries] = try writer.part(table.rows)
        return lists
    }

    private mutating func row(_ column: MergedColumn, _ keys: SortedKeys) -> AttributeRow {
        var row = AttributeRow()
        if column.model.kind == .operational { row.flags.insert(.operational) }
        if column.model.kind == .hidden { row.flags.insert(.hidden) }
        if column.model.rule != nil { row.flags.insert(.dictionary) }
        if column.model.isBinary { row.flags.insert(.binary) }
        if !column.hasSeveral { row.flags.insert(.singleValued) }
        row.name = name(column.model.name)
        row.rule = name(column.model.rule?.name ?? "")
        row.valueCount = UInt32(truncatingIfNeeded: keys.table.count)
        return row
    }

    private mutating func name(_ text: String) -> Range<Int> {
        let start = names.count
        names.append(contentsOf: text.utf8)
        return start..<names.count
    }

    private mutating func writeDictionaries(
        _ keys: [SortedKeys], _ lists: OccurrenceLists, to writer: inout SegmentWriter
    ) throws(SegmentError) {
        try writer.align()
        let start = writer.position
        let (columns, entryCount) = (columns, entryCount)
        try OrderedWork<PreparedDictionary>.run(
            keys.count, workers: threads, ahead: SegmentFinisher.columnsAhead,
            make: { (number) throws(SegmentError) in
                try PreparedDictionary(
                    keys[number], lists, column: number, entryCount: entryCount,
                    trigrams: number < columns.count && columns[number].model.hasTrigrams)
            },
            take: { (number, dictionary) throws(SegmentError) in
                try dictionary.write(&rows[number], to: &writer)
            })
        footer[.dictionaries] = start..<writer.position
    }

    private mutating func writeTables(to writer: inout SegmentWriter) throws(SegmentError) {
        footer[.sharedSlices] = try writer.part(sharedSlices)
        footer[.tombstones] = try writer.part(sortedTombstones())
        var classes: [UInt8] = []
        for name in Set(columns.flatMap(\.foreignClasses)).sorted(by: { $0.span.compare($1.span) < 0 }) {
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

extension SegmentBuilder.Part {
    /// Lets go of the keys, which are the most of a part's memory.
    fileprivate mutating func removeKeys(seed: UInt64) {
        for column in columns.indices { columns[column].keys = KeyInterner(seed: seed) }
        parents = KeyInterner(seed: seed)
    }
}
