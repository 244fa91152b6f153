import AttributeIndex
import ReusedMemory

/// A set of a segment's entries, a bit each; immutable, so that all requesters share it.
final class EntrySet: Sendable {
    private let words: [UInt64]

    /// The entries that one equality or presence item of a plan asks for; nil where looking at entries tells better.
    init?(_ plan: borrowing FilterPlan, _ resolved: borrowing SegmentPlan, _ segment: Segment) throws(SegmentError) {
        guard plan.nodes.count == 1, plan.nodes[0].kind == .item, plan.items[0].source == .stored,
            !plan.items[0].includesDN
        else { return nil }
        var words = [UInt64](repeating: 0, count: (Int(segment.entryCount) + 63) / 64)
        for leaf in resolved.itemLeaves[0] {
            let leaf = resolved.leaves[leaf]
            var lists: [PostingCursor] = []
            switch leaf.kind {
            case .presence: lists.append(try segment.presence(leaf.attribute))
            case .range:
                for value in leaf.values { lists.append(try segment.postings(leaf.attribute, value)) }
            case .targets, .keys, .values: return nil
            }
            for var list in lists {
                while let entry = try list.next(in: segment) { words[Int(entry >> 6)] |= 1 << UInt64(entry & 63) }
            }
        }
        self.words = words
    }

    func contains(_ entry: EntryID) -> Bool {
        let word = Int(entry >> 6)
        return word < words.count && words[word] & 1 << UInt64(entry & 63) != 0
    }
}
