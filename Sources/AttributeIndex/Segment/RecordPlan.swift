import ReusedMemory
import Synchronization

/// That an entry of a block has a key: column, place in the block, and the key's rank.
struct RecordOccurrence: Sendable {
    /// Columns must be below this.
    static let columnLimit = 1 << 22
    /// The rank where a value has no key, or the attribute no dictionary: the entry has the attribute all the same.
    static let noRank = UInt32.max

    private let packed: UInt64

    @inline(__always)
    init(column: Int, place: Int, rank: UInt32) {
        packed = UInt64(truncatingIfNeeded: column << 10 | place) << 32 | UInt64(rank)
    }

    @inline(__always) var column: Int { Int(truncatingIfNeeded: packed >> 42) }
    @inline(__always) var place: Int { Int(truncatingIfNeeded: packed >> 32) & 1023 }
    @inline(__always) var rank: UInt32 { UInt32(truncatingIfNeeded: packed) }
}

/// Records as they will stand in the file, some behind one another.
final class RecordBlock: Sendable {
    let octets: ReusedList<UInt8>
    /// Where each record begins in `octets`.
    let starts: ReusedList<Int>
    /// The hash of each entry's DIT key.
    let hashes: ReusedList<UInt32>
    let occurrences: ReusedList<RecordOccurrence>

    init(
        octets: consuming ReusedList<UInt8>, starts: consuming ReusedList<Int>, hashes: consuming ReusedList<UInt32>,
        occurrences: consuming ReusedList<RecordOccurrence>
    ) {
        self.octets = octets
        self.starts = starts
        self.hashes = hashes
        self.occurrences = occurrences
    }
}

/// Everything that is needed to write records: made once all keys are sorted.
final class RecordPlan: Sendable {
    /// Records that are made together: places in a block have ten bits.
    static let blockSize = 1024

    /// What a column of one part of the build is in the segment.
    struct Column: Sendable {
        let number: Int
        /// Where the ranks of its keys begin.
        let ranks: Int
        /// Octets of a value ID; 0 without a dictionary.
        let width: Int
        let isOperational: Bool
        /// Where its shared slices begin.
        let shared: Int
    }

    /// What a shared slice of one part of the build becomes.
    enum SharedSlice: Sendable {
        case shared(offset: Int)
        case own([UInt8])
    }

    private let source: SortSource
    private let entries: SortedEntries
    private let columns: [[Column]]
    /// For each part, where the ranks of parents' keys begin.
    private let parents: [Int]
    private let parentColumn: Int
    private let ranks: [UInt32]
    private let shared: [[SharedSlice]]
    /// The section of shared slices.
    let sharedSlices: [UInt8]

    var blockCount: Int { (entries.order.count + Self.blockSize - 1) / Self.blockSize }

    init(_ source: SortSource, _ sorted: inout Sorted, _ merged: [MergedColumn], _ rows: [AttributeRow]) {
        self.source = source
        entries = sorted.entries
        parentColumn = merged.count
        var starts: [Int] = []
        var ranks: [UInt32] = []
        ranks.reserveCapacity(sorted.keys.reduce(0) { $0 + $1.ranks.count })
        for column in sorted.keys.indices {
            starts.append(ranks.count)
            ranks += sorted.keys[column].takeRanks()
        }
        self.ranks = ranks
        var slices = SharedSlices(merged)
        var columns = source.parts.map { $0.columns.map { _ in Column(none: ()) } }
        var shared: [[SharedSlice]] = source.parts.map { _ in [] }
        for (number, column) in merged.enumerated() {
            var start = starts[number]
            var counts = source.keyCounts[number].makeIterator()
            for (part, place) in column.places.enumerated() where place >= 0 {
                columns[part][place] = Column(
                    number: number, ranks: start,
                    width: rows[number].flags.contains(.dictionary) ? rows[number].idWidth : 0,
                    isOperational: column.model.traits.kind == .operational, shared: shared[part].count)
                shared[part] += slices.fates(of: source.parts[part].columns[place], number)
                start += counts.next() ?? 0
            }
        }
        self.columns = columns
        self.shared = shared
        sharedSlices = slices.octets
        var start = starts.last ?? 0
        parents = (source.keyCounts.last ?? []).map { count in
            defer { start += count }
            return start
        }
    }

    /// The records of one block.
    func block(_ number: Int) -> RecordBlock {
        let first = number * Self.blockSize
        let count = min(Self.blockSize, entries.order.count - first)
        var size = 0
        for entry in first..<first + count { size += source.drafts[Int(entries.order[entry])].place.range.count }
        var writer = BlockWriter(entryCount: count, size: size)
        // Records that came together are mostly together in the end, too.
        var chunk: (number: UInt32, octets: [UInt8])?
        for place in 0..<count {
            let draft = source.drafts[Int(entries.order[first + place])]
            if chunk?.number != draft.place.chunk {
                chunk = (draft.place.chunk, source.arena.withLock { $0.chunk(draft.place) })
            }
            if let chunk { add(draft, chunk.octets, entry: first + place, place, to: &writer) }
        }
        chunk = nil
        source.arena.withLock { arena in
            for entry in first..<first + count { arena.release(source.drafts[Int(entries.order[entry])].place) }
        }
        return writer.block()
    }

    private func add(
        _ draft: EntryDraft, _ chunk: [UInt8], entry: Int, _ place: Int, to writer: inout BlockWriter
    ) {
        let part = Int(draft.part)
        let record = chunk.span.extracting(draft.place.range)
        let view = DraftView(record)
        writer.begin(hash: draft.hash)
        if draft.parent > 0 {
            writer.occurrences.append(
                RecordOccurrence(
                    column: parentColumn, place: place, rank: ranks[parents[part] + Int(draft.parent) - 1]))
        }
        let (columns, shared, ranks) = (columns[part], shared[part], ranks)
        writer.addItems(record, view, place, columns: columns.span, ranks: ranks.span, shared: shared.span)
        let size = Int(entries.subtreeEnds[entry]) - entry
        writer.end(record, view, entry: entry, subtree: size, depth: draft.depth, flags: draft.flags)
    }
}

extension RecordPlan.Column {
    fileprivate init(none: Void) {
        self.init(number: 0, ranks: 0, width: 0, isOperational: false, shared: 0)
    }
}

/// The section of shared slices, and where each slice is in it.
private struct SharedSlices {
    private(set) var octets: [UInt8] = []
    /// For each column that shares slices: where they begin, and how many its parts' before this one have.
    private var starts: [Int] = []
    private var taken: [Int]
    private let columns: [MergedColumn]

    init(_ columns: [MergedColumn]) {
        self.columns = columns
        taken = [Int](repeating: 0, count: columns.count)
        for column in columns {
            starts.append(octets.count)
            octets += column.shared?.table.octets ?? []
        }
    }

    /// What becomes of the slices that one part's column shares: where the column as a whole shares none, they go back to
    /// their entries. To be asked for each part in turn.
    mutating func fates(of column: AttributeColumn, _ number: Int) -> [RecordPlan.SharedSlice] {
        guard let known = column.shared else { return [] }
        guard let sorted = columns[number].shared else {
            return (0..<known.count).map { .own([UInt8](copying: known.key($0))) }
        }
        let (start, first) = (starts[number], taken[number])
        taken[number] += known.count
        return (first..<first + known.count).map { slice in
            .shared(offset: start + Int(sorted.table.starts[Int(sorted.ranks[slice])]))
        }
    }
}

/// Writes records one behind the other; its lists for one record are used again for each.
private struct BlockWriter: ~Copyable {
    var octets: ReusedList<UInt8>
    var starts: ReusedList<Int>
    var hashes: ReusedList<UInt32>
    var occurrences: ReusedList<RecordOccurrence>
    private var items = ReusedList<UInt8>(capacity: 512)
    private var ids = ReusedList<UInt8>(capacity: 512)
    private var operational = ReusedList<UInt8>(capacity: 512)

    /// - Parameter size: octets of the drafts, which are about what the records take.
    init(entryCount: Int, size: Int) {
        octets = ReusedList(capacity: size)
        starts = ReusedList(capacity: entryCount)
        hashes = ReusedList(capacity: entryCount)
        occurrences = ReusedList(capacity: 40 * entryCount)
    }

    consuming func block() -> RecordBlock {
        RecordBlock(octets: octets, starts: starts, hashes: hashes, occurrences: occurrences)
    }

    mutating func begin(hash: UInt32) {
        hashes.append(hash)
        items.removeAll()
        ids.removeAll()
        operational.removeAll()
    }

    /// Goes through a record's items: columns get the segment's numbers, keys their ranks, and shared slices their places.
    mutating func addItems(
        _ record: Span<UInt8>, _ view: DraftView, _ place: Int, columns: Span<RecordPlan.Column>, ranks: Span<UInt32>,
        shared: Span<RecordPlan.SharedSlice>
    ) {
        var item = view.items.lowerBound
        var id = view.ids.lowerBound
        var slice = view.operational.lowerBound
        while item < view.items.upperBound {
            let tag = Varint.read(record, at: &item)
            let length = Varint.read(record, at: &item)
            let column = columns[tag >> 1]
            var offset: Int?
            if tag & 1 == 1 {
                switch shared[column.shared + Varint.read(record, at: &item)] {
                case .shared(let found): offset = found
                case .own(let octets): operational.append(copying: octets.span)
                }
            } else if column.isOperational {
                operational.append(copying: record.extracting(slice..<slice + length))
                slice += length
            }
            let count = Varint.read(record, at: &item)
            Varint.append(UInt64(truncatingIfNeeded: column.number << 1 | (offset == nil ? 0 : 1)), to: &items)
            Varint.append(UInt64(truncatingIfNeeded: length), to: &items)
            if let offset { Varint.append(UInt64(truncatingIfNeeded: offset), to: &items) }
            Varint.append(UInt64(truncatingIfNeeded: count), to: &items)
            addIDs(record, &id, count, column, place, ranks)
        }
    }

    @inline(__always)
    private mutating func addIDs(
        _ record: Span<UInt8>, _ id: inout Int, _ count: Int, _ column: RecordPlan.Column, _ place: Int,
        _ ranks: Span<UInt32>
    ) {
        guard column.width > 0 else {
            occurrences.append(
                RecordOccurrence(column: column.number, place: place, rank: RecordOccurrence.noRank))
            return
        }
        for _ in 0..<count {
            let key = Int(record.littleEndian32(at: id))
            id += 4
            let rank = key == 0 ? RecordOccurrence.noRank : ranks[column.ranks + key - 1]
            occurrences.append(RecordOccurrence(column: column.number, place: place, rank: rank))
            // No rank and one more is 0: no value ID.
            var stored = rank &+ 1
            for _ in 0..<column.width {
                ids.append(UInt8(truncatingIfNeeded: stored))
                stored >>= 8
            }
        }
    }

    /// Writes the record as `EntryView` draws it.
    mutating func end(
        _ record: Span<UInt8>, _ view: DraftView, entry: Int, subtree: Int, depth: UInt16, flags: EntryFlags
    ) {
        starts.append(octets.count)
        // A record is below 4 GiB, and so is each of its parts.
        octets.append(littleEndian: entry)
        octets.append(littleEndian: subtree)
        octets.append(littleEndian: items.count)
        octets.append(littleEndian: ids.count)
        octets.append(littleEndian: view.name.count)
        octets.append(littleEndian: view.user.count)
        octets.append(littleEndian: operational.count)
        octets.append(littleEndian: view.hidden.count)
        octets.append(littleEndian: view.key.count)
        octets.append(UInt8(truncatingIfNeeded: depth))
        octets.append(UInt8(truncatingIfNeeded: depth >> 8))
        octets.append(flags.rawValue)
        octets.append(0)
        octets.append(items)
        octets.append(ids)
        octets.append(copying: record.extracting(view.name.lowerBound..<view.user.upperBound))
        octets.append(operational)
        octets.append(copying: record.extracting(view.hidden))
        octets.append(copying: record.extracting(view.key))
    }
}
