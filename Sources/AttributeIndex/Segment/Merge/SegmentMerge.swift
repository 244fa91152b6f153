public import Schema
public import Storage

/// Makes one segment of several: of each name the newest entry, with everything indexed as if it were built anew.
///
/// Records are copied as they are encoded, dictionaries are merged in the order of their keys, and the lists of entries are
/// renumbered: nothing is parsed, prepared or sorted again. Memory is a few octets for each entry and each key, and one
/// attribute's dictionary at a time; the segments themselves stay in their mappings.
///
/// The result is, octet for octet, what a `SegmentBuilder` of the same seed makes of the same entries in the order of their
/// DIT keys.
public struct SegmentMerge: ~Copyable {
    /// Dictionaries worked out before the first of them is written; of more values than these, each is written before the next
    /// is begun, so that only one is in memory.
    private static let columnsAhead = 2
    private static let manyValues = 1 << 22
    private static let blocksAhead = 4

    private let plan: MergePlan
    private let threads: Int
    private var tables: SegmentTables

    /// Works out what the result will hold; nothing is written yet. Throws `SegmentError` for damage, and where the schema does
    /// not know an attribute.
    ///
    /// - Parameters:
    ///   - segments: the newest first.
    ///   - schema: what the segments' attributes mean; it must know them all.
    ///   - dropsTombstones: whether nothing older is left that a deleted name could stand for.
    ///   - seed: seeds the hash tables.
    ///   - maximumThreads: how many may work at it, the caller among them.
    ///   - keeps: whether the newest entry of a name is to be in the result, by segment and entry; older ones never are.
    public init(
        _ segments: [Segment], schema: Schema, dropsTombstones: Bool, seed: UInt64 = .random(in: .min ... .max),
        maximumThreads: Int = .max,
        keeps: ((_ segment: Int, _ entry: EntryID) throws(SegmentError) -> Bool)? = nil
    ) throws(SegmentError) {
        let inputs = try MergeInput.inputs(of: segments, schema)
        let entries = try MergedEntries(inputs, dropsTombstones: dropsTombstones, keeps: keeps)
        let threads = min(maximumThreads, BuildThreads.count(entries: entries.count))
        plan = try MergePlan(inputs.map(\.segment), entries, schema, seed: seed, threads: threads)
        self.threads = threads
        tables = SegmentTables(seed: seed, entryCount: plan.entryCount, attributeCount: plan.columns.count)
    }

    /// Entries of the result.
    public var entryCount: Int { plan.entryCount }
    /// Deleted names of the result.
    public var tombstoneCount: Int { plan.entries.tombstones.count }

    /// Gives the segment in memory. `name` stands for it in errors.
    public consuming func finish(name: String = "segment in memory") throws(SegmentError) -> SegmentImage {
        let sink = try MemorySink.open()
        try write(to: sink)
        return try sink.image(name: name)
    }

    /// Writes the segment to a file, from its start. The file must be empty, and the caller makes it durable.
    public consuming func finish(into file: any File) throws(SegmentError) {
        try write(to: FileSink(file))
    }

    private mutating func write(to sink: any SegmentSink) throws(SegmentError) {
        var writer = try SegmentWriter(sink)
        for (column, keys) in zip(plan.columns, plan.keys) {
            tables.addRow(column.traits, name: column.name, valueCount: Int(keys.count))
        }
        tables.addParentsRow()
        try writeRecords(to: &writer)
        try writeDictionaries(to: &writer)
        try tables.finish(
            sharedSlices: plan.slices.octets, tombstones: plan.entries.tombstones,
            foreignClasses: try plan.foreignClasses(), &writer)
    }

    private mutating func writeRecords(to writer: inout SegmentWriter) throws(SegmentError) {
        let records = MergedRecords(plan)
        var table = RecordTable(entryCount: plan.entryCount)
        var several = [Bool](repeating: false, count: plan.columns.count)
        try writer.align()
        let start = writer.position
        try OrderedWork<MergedBlock>.run(
            records.blockCount, workers: threads, ahead: Self.blocksAhead,
            make: { (number) throws(SegmentError) in try records.block(number) },
            take: { (_, block) throws(SegmentError) in
                try table.add(block.records, at: writer.position - start)
                tables.footer.aliasCount += UInt32(truncatingIfNeeded: block.aliasCount)
                tables.footer.referralCount += UInt32(truncatingIfNeeded: block.referralCount)
                for column in several.indices where block.several[column] { several[column] = true }
                try writer.append(block.records.octets)
            })
        table.end()
        for column in several.indices where !several[column] { tables.rows[column].flags.insert(.singleValued) }
        try tables.write(table, recordsFrom: start, to: &writer)
    }

    private mutating func writeDictionaries(to writer: inout SegmentWriter) throws(SegmentError) {
        try writer.align()
        let start = writer.position
        let plan = plan
        let workers = plan.ranks.count > Self.manyValues ? 1 : threads
        try OrderedWork<MergedDictionary>.run(
            plan.keys.count, workers: workers, ahead: Self.columnsAhead,
            make: { (number) throws(SegmentError) in try MergedDictionary(plan, column: number) },
            take: { (number, dictionary) throws(SegmentError) in
                try dictionary.write(&tables.rows[number], to: &writer)
            })
        tables.footer[.dictionaries] = start..<writer.position
    }
}
