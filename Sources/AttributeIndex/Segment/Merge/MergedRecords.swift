import ReusedMemory
import Schema

/// The records of the result, made from those of the segments: items get the columns' numbers, values their ranks, and shared
/// slices their places; all else is copied.
struct MergedRecords: Sendable {
    private let plan: MergePlan
    /// For each block of records and each segment, its first entry that may be in the block.
    private let firstEntries: [UInt32]

    var blockCount: Int { (plan.entryCount + RecordPlan.blockSize - 1) / RecordPlan.blockSize }

    init(_ plan: MergePlan) {
        self.plan = plan
        let segments = plan.segments.count
        let blocks = (plan.entryCount + RecordPlan.blockSize - 1) / RecordPlan.blockSize
        var firstEntries = [UInt32](repeating: 0, count: blocks * segments)
        for segment in plan.segments.indices where blocks > 1 {
            let numbers = plan.entries.numbers
            let start = plan.entries.starts[segment]
            var next = 0
            for place in start..<plan.entries.starts[segment + 1] where numbers[place] != MergedEntries.gone {
                let entry = place - start
                let block = Int(numbers[place]) / RecordPlan.blockSize
                while next <= block {
                    firstEntries[next * segments + segment] = UInt32(truncatingIfNeeded: entry)
                    next += 1
                }
            }
            while next < blocks {
                firstEntries[next * segments + segment] = plan.segments[segment].entryCount
                next += 1
            }
        }
        self.firstEntries = firstEntries
    }

    /// The records of one block.
    func block(_ number: Int) throws(SegmentError) -> MergedBlock {
        let first = number * RecordPlan.blockSize
        let last = min(first + RecordPlan.blockSize, plan.entryCount)
        let count = plan.segments.count
        var next = Array(firstEntries[number * count..<(number + 1) * count])
        var writer = MergedBlockWriter(entryCount: last - first, columnCount: plan.columns.count)
        // Locals, so that they are not asked of the plan for each entry.
        let (numbers, starts, owners) = (plan.entries.numbers, plan.entries.starts, plan.entries.owners)
        let (attributes, ranks) = (plan.attributes, plan.ranks)
        for entry in first..<last {
            let owner = Int(owners[entry])
            while numbers[starts[owner] + Int(next[owner])] != UInt32(truncatingIfNeeded: entry) { next[owner] += 1 }
            let view = try plan.segments[owner].view(next[owner])
            let known = attributes.span.extracting(plan.attributeStarts[owner]..<plan.attributeStarts[owner + 1])
            try writer.add(view, ofSegment: owner, as: entry, plan, known, ranks.span)
            next[owner] += 1
        }
        return writer.block()
    }
}

/// Some records of the result, and what they tell about all.
struct MergedBlock: Sendable {
    let records: RecordBlock
    let aliasCount: Int
    let referralCount: Int
    /// For each column, whether an entry has several values.
    let several: [Bool]
}

/// Writes records one behind the other; its lists for one record are used again for each.
private struct MergedBlockWriter: ~Copyable {
    private var octets: ReusedList<UInt8>
    private var starts: ReusedList<Int>
    private var hashes: ReusedList<UInt32>
    private var aliasCount = 0
    private var referralCount = 0
    private var several: [Bool]
    private var items = ReusedList<UInt8>(capacity: 512)
    private var ids = ReusedList<UInt8>(capacity: 512)
    private var operational = ReusedList<UInt8>(capacity: 512)

    init(entryCount: Int, columnCount: Int) {
        octets = ReusedList(capacity: 1024 * entryCount)
        starts = ReusedList(capacity: entryCount)
        hashes = ReusedList(capacity: entryCount)
        several = [Bool](repeating: false, count: columnCount)
    }

    consuming func block() -> MergedBlock {
        let (aliasCount, referralCount, several) = (aliasCount, referralCount, several)
        return MergedBlock(
            records: RecordBlock(
                octets: octets, starts: starts, hashes: hashes, occurrences: ReusedList(capacity: 1)),
            aliasCount: aliasCount, referralCount: referralCount, several: several)
    }

    /// Writes an entry of a segment as the result's with a number.
    mutating func add(
        _ view: EntryView, ofSegment segment: Int, as number: Int, _ plan: MergePlan,
        _ attributes: Span<MergePlan.Attribute>, _ ranks: Span<UInt32>
    ) throws(SegmentError) {
        items.removeAll()
        ids.removeAll()
        operational.removeAll()
        try addItems(view, segment, plan, attributes, ranks)
        if view.flags.contains(.alias) { aliasCount += 1 }
        if view.flags.contains(.referral) { referralCount += 1 }
        let bytes = plan.segments[segment].bytes
        let key = try bytes.span(view.key)
        starts.append(octets.count)
        hashes.append(octetHash(key, seed: plan.seed))
        octets.append(littleEndian: number)
        octets.append(littleEndian: Int(plan.entries.subtreeEnds[number]) - number)
        octets.append(littleEndian: items.count)
        octets.append(littleEndian: ids.count)
        octets.append(littleEndian: view.userStart - view.nameStart)
        octets.append(littleEndian: view.operationalStart - view.userStart)
        octets.append(littleEndian: operational.count)
        octets.append(littleEndian: view.keyStart - view.hiddenStart)
        octets.append(littleEndian: key.count)
        octets.append(UInt8(truncatingIfNeeded: view.depth))
        octets.append(UInt8(truncatingIfNeeded: view.depth >> 8))
        octets.append(view.flags.rawValue)
        octets.append(0)
        octets.append(items)
        octets.append(ids)
        octets.append(copying: try bytes.span(view.nameStart..<view.operationalStart))
        octets.append(operational)
        octets.append(copying: try bytes.span(view.hiddenStart..<view.end))
    }

    /// Goes through a record's items.
    private mutating func addItems(
        _ view: EntryView, _ segment: Int, _ plan: MergePlan, _ attributes: Span<MergePlan.Attribute>,
        _ ranks: Span<UInt32>
    ) throws(SegmentError) {
        let bytes = plan.segments[segment].bytes
        var reader = VarintReader(try bytes.span(view.itemsStart..<view.idsStart))
        let stored = try bytes.span(view.idsStart..<view.nameStart)
        var id = 0
        // Of the slices only the operational ones are looked at: user attributes and hidden ones stay as they are.
        var slice = view.operationalStart
        while !reader.isAtEnd {
            let tag = try reader.length()
            let length = try reader.length()
            guard tag >> 1 < attributes.count, attributes[tag >> 1].column >= 0 else {
                throw .damaged("an entry has an attribute that is not listed")
            }
            let attribute = attributes[tag >> 1]
            let column = Int(attribute.column)
            var shared: Int?
            if tag & 1 == 1 {
                let offset = try reader.length()
                shared = try plan.slices.offset(ofShared: offset, ofSegment: segment)
                if shared == nil {
                    let section = plan.segments[segment].sharedSlices
                    guard offset <= section.count, length <= section.count - offset else {
                        throw .damaged("an attribute lies outside the shared slices")
                    }
                    operational.append(copying: try bytes.span(at: section.lowerBound + offset, count: length))
                }
            } else if attribute.isOperational {
                guard length <= view.hiddenStart - slice else {
                    throw .damaged("an attribute runs over its entry's end")
                }
                let octets = try bytes.span(at: slice, count: length)
                slice += length
                if plan.slices.shares(column) {
                    shared = try plan.slices.offset(of: octets, column: column)
                } else {
                    operational.append(copying: octets)
                }
            }
            let count = try reader.length()
            Varint.append(UInt64(truncatingIfNeeded: column << 1 | (shared == nil ? 0 : 1)), to: &items)
            Varint.append(UInt64(truncatingIfNeeded: length), to: &items)
            if let shared { Varint.append(UInt64(truncatingIfNeeded: shared), to: &items) }
            Varint.append(UInt64(truncatingIfNeeded: count), to: &items)
            if count > 1 { several[column] = true }
            guard attribute.width > 0 else { continue }
            try addIDs(stored, &id, count, attribute, ranks)
        }
    }

    /// Value IDs, each at its place in the result.
    @inline(__always)
    private mutating func addIDs(
        _ stored: Span<UInt8>, _ id: inout Int, _ count: Int, _ attribute: MergePlan.Attribute, _ ranks: Span<UInt32>
    ) throws(SegmentError) {
        let width = Int(attribute.storedWidth)
        // Below 2^48 and at most four: the product cannot overflow.
        guard count &* width <= stored.count - id else {
            throw .damaged("an entry's value IDs run over their end")
        }
        for _ in 0..<count {
            var value: UInt32 = 0
            var shift: UInt32 = 0
            for octet in id..<id &+ width {
                value |= UInt32(stored[octet]) &<< shift
                shift &+= 8
            }
            id &+= width
            // No rank and one more is 0: no value ID.
            var rank: UInt32 = 0
            if value > 0 {
                guard Int(value) <= attribute.valueCount else {
                    throw .damaged("a value ID is above the number of values")
                }
                rank = ranks[attribute.ranks &+ Int(value) &- 1] &+ 1
            }
            for _ in 0..<attribute.width {
                ids.append(UInt8(truncatingIfNeeded: rank))
                rank &>>= 8
            }
        }
    }
}
