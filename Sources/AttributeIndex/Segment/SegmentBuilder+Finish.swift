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
        let sink = try MemorySink.open()
        try finish(into: sink)
        return try sink.image(name: name)
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
    private var tables: SegmentTables
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
        tables = SegmentTables(seed: seed, entryCount: entryCount, attributeCount: columns.count)
        tables.footer.aliasCount = builder.aliasCount
        tables.footer.referralCount = builder.referralCount
    }

    mutating func write(to sink: any SegmentSink) throws(SegmentError) {
        var writer = try SegmentWriter(sink)
        guard let source = source.take() else { return }
        var sorted = try sort(source)
        let lists = try writeRecords(source, &sorted, to: &writer)
        try writeDictionaries(sorted.keys, lists, to: &writer)
        try tables.finish(
            sharedSlices: sharedSlices, tombstones: tombstones, foreignClasses: Set(columns.flatMap(\.foreignClasses)),
            &writer)
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
        for (column, keys) in zip(columns, sorted.keys) {
            tables.addRow(column.model.traits, name: column.model.name, valueCount: keys.table.count)
            if !column.hasSeveral { tables.rows[tables.rows.count - 1].flags.insert(.singleValued) }
        }
        tables.addParentsRow()
        let plan = RecordPlan(source, &sorted, columns, tables.rows)
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
        try tables.write(table, recordsFrom: start, to: &writer)
        return lists
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
                    keys[number].table, lists, column: number, entryCount: entryCount,
                    trigrams: number < columns.count && columns[number].model.traits.hasTrigrams)
            },
            take: { (number, dictionary) throws(SegmentError) in
                try dictionary.write(&tables.rows[number], to: &writer) { (writer) throws(SegmentError) in
                    let table = keys[number].table
                    try writer.append(table.octets.span)
                }
            })
        tables.footer[.dictionaries] = start..<writer.position
    }
}

extension SegmentBuilder.Part {
    /// Lets go of the keys, which are the most of a part's memory.
    fileprivate mutating func removeKeys(seed: UInt64) {
        for column in columns.indices { columns[column].keys = KeyInterner(seed: seed) }
        parents = KeyInterner(seed: seed)
    }
}
