import Schema

/// All that is worked out before the first octet of the result is written: which entries it has, which attributes, the ranks
/// of their keys, and what entries share.
final class MergePlan: Sendable {
    /// An attribute of a segment, as records of the result need it.
    struct Attribute: Sendable {
        /// -1 where no entry of the result has it.
        var column: Int32 = -1
        var isOperational = false
        /// Octets of a value ID in the segment and in the result; 0 without a dictionary.
        var storedWidth: UInt8 = 0
        var width: UInt8 = 0
        /// Where the ranks of its values begin, and how many it has.
        var ranks = 0
        var valueCount = 0
    }

    let segments: [Segment]
    let entries: MergedEntries
    let columns: [MergeColumn]
    /// By column, and last the parents'.
    let keys: [MergedKeys]
    let slices: MergedSlices
    /// All segments' attributes behind one another.
    let attributes: [Attribute]
    /// Where each segment's begin; and their end.
    let attributeStarts: [Int]
    /// The ranks of all columns' values.
    let ranks: [UInt32]
    let seed: UInt64

    init(
        _ segments: [Segment], _ entries: MergedEntries, _ schema: Schema, seed: UInt64, threads: Int
    ) throws(SegmentError) {
        self.segments = segments
        self.seed = seed
        let columns = try MergeColumn.columns(of: segments, entries, schema)
        var live: [LiveValues] = []
        for number in segments.indices { live.append(try LiveValues(segments[number], entries, number)) }
        let known = live
        var keys: [MergedKeys] = []
        keys.reserveCapacity(columns.count + 1)
        var ranks: [UInt32] = []
        let parents = segments.indices.map { MergeColumn.Source(segment: $0, attribute: segments[$0].rows.count) }
        try OrderedWork<MergedKeys>.run(
            columns.count + 1, workers: threads, ahead: 4,
            make: { (number) throws(SegmentError) in
                try MergedKeys(number < columns.count ? columns[number].sources : parents, segments, known)
            },
            take: { (_, column) throws(SegmentError) in
                keys.append(column.placed(at: ranks.count))
                ranks += column.ranks
            })
        var starts = [0]
        for segment in segments { starts.append(starts[starts.count - 1] + segment.attributes.count) }
        var attributes = [Attribute](repeating: Attribute(), count: starts[segments.count])
        for (number, column) in columns.enumerated() {
            let width = UInt8(truncatingIfNeeded: AttributeRow.idWidth(valueCount: keys[number].count))
            for (place, source) in column.sources.enumerated() {
                let stored = UInt8(truncatingIfNeeded: segments[source.segment].idWidths[source.attribute])
                attributes[starts[source.segment] + source.attribute] = Attribute(
                    column: Int32(truncatingIfNeeded: number), isOperational: column.traits.kind == .operational,
                    storedWidth: stored, width: stored == 0 ? 0 : width, ranks: keys[number].starts[place],
                    valueCount: keys[number].starts[place + 1] - keys[number].starts[place])
            }
        }
        attributeStarts = starts
        slices = try MergedSlices(
            segments, entries, columns, keys, attributes, starts, seed: seed)
        self.entries = entries
        self.columns = columns
        self.keys = keys
        self.attributes = attributes
        self.ranks = ranks
    }

    var entryCount: Int { entries.count }
}
