import Schema
import Synchronization

/// One attribute description's columns in the parts of a build.
struct MergedColumn: Sendable {
    /// The column as the first part that has it knows it.
    let model: AttributeColumn
    /// For each part, which of its columns it is; -1 where the part does not have it.
    let places: [Int]
    /// The slices that entries share, sorted; nil where there are too many to share.
    let shared: SortedKeys?
    let foreignClasses: [[UInt8]]
    /// Whether an entry has more than one value.
    let hasSeveral: Bool

    /// All columns, in the order in which the input has them: what two parts saw at one position, only one can have seen
    /// first.
    static func merging(_ parts: [[AttributeColumn]]) throws(SegmentError) -> [MergedColumn] {
        var merged: [MergedColumn] = []
        if parts.count == 1 {
            for number in parts[0].indices {
                merged.append(try MergedColumn(parts[0][number], places: [number], in: parts))
            }
            return merged
        }
        var places: [AttributeDescription: [Int]] = [:]
        var firsts: [AttributeDescription: (seen: Int, number: Int, part: Int)] = [:]
        for (part, columns) in parts.enumerated() {
            for (number, column) in columns.enumerated() {
                places[column.description, default: parts.map { _ in -1 }][part] = number
                let place = (seen: column.firstSeen, number: number, part: part)
                if let known = firsts[column.description], (known.seen, known.number) <= (place.seen, place.number) {
                    continue
                }
                firsts[column.description] = place
            }
        }
        for first in firsts.values.sorted(by: { ($0.seen, $0.number) < ($1.seen, $1.number) }) {
            let model = parts[first.part][first.number]
            merged.append(try MergedColumn(model, places: places[model.description, default: []], in: parts))
        }
        return merged
    }

    private init(
        _ model: AttributeColumn, places: [Int], in parts: [[AttributeColumn]]
    ) throws(SegmentError) {
        self.model = model
        self.places = places
        let owners = zip(parts, places).compactMap { columns, place in place < 0 ? nil : columns[place] }
        foreignClasses = owners.flatMap(\.foreignClasses)
        hasSeveral = owners.contains(where: \.hasSeveral)
        let slices = owners.compactMap(\.shared)
        guard !slices.isEmpty, !owners.contains(where: \.sharesNone) else {
            shared = nil
            return
        }
        let sorted = try SortedKeys(slices)
        shared = sorted.table.count > AttributeColumn.sharedLimit ? nil : sorted
    }
}

/// The entries in the order of their keys.
struct SortedEntries: Sendable {
    /// Arrival numbers.
    let order: [UInt32]
    /// For each entry of `order`, the place behind its subtree's last.
    let subtreeEnds: [UInt32]
}

/// What the first step of finishing makes.
enum SortedPiece: Sendable {
    case entries(SortedEntries)
    case keys(SortedKeys)
}

/// Everything in order: `keys` is each column's, and last the parents'.
struct Sorted: Sendable {
    let entries: SortedEntries
    var keys: [SortedKeys]
}

/// What there is to sort, in pieces: the entries, each column's keys, the parents' keys.
final class SortSource: Sendable {
    let drafts: [EntryDraft]
    /// The drafts' octets, given back as they are written.
    let arena: Mutex<RecordArena>
    let parts: [SegmentBuilder.Part]
    /// Keys that each column, and last the parents, have in each part.
    private let keys: Mutex<[[KeyInterner]]>

    let pieceCount: Int
    /// For each column, and last for the parents, how many keys each part has.
    let keyCounts: [[Int]]

    /// - Parameter parts: without their keys, which are `keys` by column and part, and last the parents'.
    init(
        drafts: [EntryDraft], arena: RecordArena, parts: [SegmentBuilder.Part], keys: [[KeyInterner]]
    ) {
        self.drafts = drafts
        self.arena = Mutex(arena)
        self.parts = parts
        keyCounts = keys.map { $0.map(\.count) }
        pieceCount = keys.count + 1
        self.keys = Mutex(keys)
    }

    /// Sorts one piece: first the entries.
    func piece(_ number: Int) throws(SegmentError) -> SortedPiece {
        if number == 0 { return .entries(sortedEntries()) }
        // Taken, so that they are freed as soon as they are in one table.
        let taken = keys.withLock { keys in
            var taken: [KeyInterner] = []
            swap(&taken, &keys[number - 1])
            return taken
        }
        return .keys(try SortedKeys(taken))
    }

    /// Puts the entries in the order of their keys and finds where each subtree ends.
    private func sortedEntries() -> SortedEntries {
        let arena = arena.withLock { $0 }
        let keys = DraftKeys(drafts: drafts, arena: arena)
        let order = KeyOrder.sorted(keys)
        var ends = [UInt32](repeating: UInt32(truncatingIfNeeded: order.count), count: order.count)
        // The entries whose subtrees have not ended yet, outermost first.
        var open: [Int] = []
        for (rank, number) in order.enumerated() {
            let draft = drafts[Int(number)]
            let chunk = arena.chunk(draft.place)
            let key = chunk.span.extracting(draft.key)
            while let last = open.last {
                let base = drafts[Int(order[last])]
                let baseChunk = arena.chunk(base.place)
                if DITKey.isWithin(key, subtreeOf: baseChunk.span.extracting(base.key)) { break }
                ends[last] = UInt32(truncatingIfNeeded: rank)
                open.removeLast()
            }
            open.append(rank)
        }
        return SortedEntries(order: order, subtreeEnds: ends)
    }
}
