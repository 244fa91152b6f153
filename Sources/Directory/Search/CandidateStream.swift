import AttributeIndex
import ReusedMemory

/// The entries of one segment that may match, one after the other, as indexes give them. Suspended between two steps by
/// staying what it is.
struct CandidateStream: ~Copyable {
    enum Next {
        /// An entry within the range.
        case entry(EntryID)
        /// The budget is used up; ask again.
        case pause
        case end
    }

    var sources = ReusedList<CandidateSource>()
    var steps = ReusedList<OrStep>()
    var path = ReusedList<OrStep>()
    /// The entries to go through where no index gives fewer.
    var scan = PostingCursor.empty
    /// The source that `entries` is of.
    private(set) var current = -1
    /// The node that the entry that was given last is known to be True for; -1 for none.
    private(set) var known = -1
    /// Whether the entry that was given last may be given again.
    private(set) var mayRepeat = false
    /// The value ID that `entries` is of, where the source goes through several.
    var value: UInt32 = 0
    /// The entries of that value, or of the source.
    var entries = PostingCursor.empty
    private var isFresh = false
    private var range: Range<EntryID> = 0..<0
    /// The next value ID, target or name to try.
    var position = 0
    /// The current source's values that hold the needle's trigrams; none where it goes through the dictionary. In a list, since
    /// they read ahead by some KiB, which must not be moved with the stream.
    var trigrams = ReusedList<TrigramCandidates>(capacity: 1)
    /// Values whose keys passed the item's test, and how many of them had their turn: some at once, so that their entries' records
    /// are asked for together.
    var passed = ReusedList<UInt32>(capacity: CandidateStream.valuesAtOnce)
    var passedTaken = 0
    /// What was read ahead of `entries`.
    private var readAhead = EntryReadAhead()

    static let valuesAtOnce = 4
    /// Keys that are looked through as one text.
    static let keysAtOnce: UInt32 = 256

    /// Starts over, with only the entries of `range` wanted.
    mutating func begin(_ range: Range<EntryID>) {
        current = -1
        entries = .empty
        readAhead.removeAll()
        isFresh = false
        self.range = range
    }

    /// Starts over with the entries of one list, for all of which the node `known` is True; -1 where that is not known.
    mutating func begin(_ range: Range<EntryID>, only list: PostingCursor, known: Int = -1) {
        sources.removeAll()
        sources.append(CandidateSource(kind: .scan))
        current = 0
        self.known = known
        mayRepeat = false
        entries = list
        readAhead.removeAll()
        isFresh = range.lowerBound > 0
        self.range = range
    }

    /// Whether the entries ascend, so that a position among them can be found again.
    var isOrdered: Bool { sources.isEmpty || sources.count == 1 && sources[0].isList }

    /// The next candidate. `work` grows by what was looked at and stays near `limit`.
    mutating func next(
        _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan, _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, work: inout Int, limit: Int
    ) throws(SegmentError) -> Next {
        while true {
            let found: EntryID?
            if isFresh {
                isFresh = false
                found = try entries.next(atLeast: range.lowerBound, in: context.segment)
            } else if entries.isScattered {
                found = try readAhead.next(&entries, in: context.segment)
            } else {
                found = try entries.next(in: context.segment)
            }
            work += 1
            if let found, found < range.upperBound { return .entry(found) }
            entries = .empty
            readAhead.removeAll()
            if work > limit { return .pause }
            switch try advance(plan, segmentPlan, groups, context, work: &work, limit: limit) {
            case .ready: continue
            case .pause: return .pause
            case .exhausted: return .end
            }
        }
    }

    /// What going to the next value, or the next source, came to.
    enum Advance {
        /// `entries` has more.
        case ready
        /// The budget is used up.
        case pause
        case exhausted
    }

    /// Goes to the next value of the source, or to the next source.
    private mutating func advance(
        _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan, _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, work: inout Int, limit: Int
    ) throws(SegmentError) -> Advance {
        while true {
            if current >= 0, !sources[current].isList {
                let step = try advanceWithin(plan, segmentPlan, groups, context, work: &work, limit: limit)
                isFresh = range.lowerBound > 0
                if step != .exhausted { return step }
            }
            guard current + 1 < sources.count else { return .exhausted }
            current += 1
            known = sources[current].known
            mayRepeat = !sources[current].isUnique || !sources[current].steps.isEmpty
            if sources[current].isList {
                entries = try list(of: sources[current], segmentPlan, context)
                isFresh = range.lowerBound > 0
                return .ready
            }
            try beginSource(plan, segmentPlan, context)
        }
    }

    /// The entries of a source that has them all in one list.
    private mutating func list(
        of source: CandidateSource, _ segmentPlan: borrowing SegmentPlan, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> PostingCursor {
        switch source.kind {
        case .scan: return scan
        case .entry: return PostingCursor(range: source.entry..<source.entry + 1)
        case .value:
            let leaf = segmentPlan.leaves[source.leaf]
            return try context.segment.postings(leaf.attribute, leaf.values.lowerBound)
        default: return try context.segment.presence(segmentPlan.leaves[source.leaf].attribute)
        }
    }

    private mutating func beginSource(
        _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan, _ context: borrowing SegmentContext
    ) throws(SegmentError) {
        position = 0
        trigrams.removeAll()
        passed.removeAll()
        passedTaken = 0
        guard sources[current].kind == .range || sources[current].kind == .keys else { return }
        let leaf = segmentPlan.leaves[sources[current].leaf]
        position = Int(leaf.values.lowerBound)
        let item = sources[current].item
        guard sources[current].kind == .keys, plan.items[item].test == .substrings else { return }
        let parts = plan.items[item].parts
        guard let found = try segmentPlan.trigramLists(plan, parts, leaf.attribute, context.segment) else {
            return
        }
        // Going through the dictionary in its order is cheaper than through as many candidates.
        if found.count <= leaf.values.count { trigrams.append(TrigramCandidates(found)) }
    }

    /// Goes to the next value of the source.
    private mutating func advanceWithin(
        _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan, _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, work: inout Int, limit: Int
    ) throws(SegmentError) -> Advance {
        let source = sources[current]
        switch source.kind {
        case .scan, .entry, .value, .presence: return .exhausted
        case .range:
            let leaf = segmentPlan.leaves[source.leaf]
            guard position < leaf.values.upperBound else { return .exhausted }
            value = UInt32(truncatingIfNeeded: position)
            if (position - Int(leaf.values.lowerBound)) % (2 * CandidateStream.valuesAtOnce) == 0 {
                let values = value..<min(value + 2 * UInt32(CandidateStream.valuesAtOnce), leaf.values.upperBound)
                for value in values { context.segment.prefetchRow(ofEntryWith: value, leaf.attribute) }
                for value in values { context.segment.prefetchRecord(ofEntryWith: value, leaf.attribute) }
            }
            position += 1
            entries = try context.segment.postings(leaf.attribute, value)
            return .ready
        case .targets:
            let leaf = segmentPlan.leaves[source.leaf]
            guard position < leaf.targets.count else { return .exhausted }
            value = segmentPlan.targets[leaf.targets.lowerBound + position]
            position += 1
            entries = try context.segment.postings(leaf.attribute, value)
            return .ready
        case .keys: return try advanceKeys(source, plan, segmentPlan, context, work: &work, limit: limit)
        case .members: return try advanceMembers(groups.lists[source.list], groups, context, work: &work, limit: limit)
        }
    }

    /// Whether the entry was not given before, by another value or list of the same item, nor will be under an OR's other
    /// child: each entry is answered under the first of all that hold for it.
    ///
    /// - Parameter known: the node that is known to be True for the entry; -1 for none.
    func isFirst(
        _ known: Int, _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan,
        _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, _ entry: inout EntryScratch, _ work: inout Int
    ) throws(SegmentError) -> Bool {
        let source = sources[current]
        if !source.isUnique {
            guard try isFirstOfItem(source, plan, segmentPlan, groups, context, &entry) else { return false }
        }
        for index in source.steps {
            let step = steps[index]
            var child = step.parent + 1
            while child < step.child {
                let truth = try segmentPlan.evaluate(
                    child, known: known, plan, groups, context, &entry, &work)
                if truth == .isTrue { return false }
                child = plan.nodes[child].subtreeEnd
            }
            let truth = try segmentPlan.evaluate(
                step.child, known: known, plan, groups, context, &entry, &work)
            guard truth == .isTrue else { return false }
        }
        return true
    }

    private func isFirstOfItem(
        _ source: CandidateSource, _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan,
        _ groups: borrowing GroupMembership, _ context: borrowing SegmentContext, _ entry: inout EntryScratch
    ) throws(SegmentError) -> Bool {
        if source.kind == .members {
            guard let view = entry.view else { return false }
            let key = try context.segment.octets(view.key)
            return try groups.firstList(source.item, holding: key, context.served) == source.list
        }
        for leaf in segmentPlan.itemLeaves[source.item].lowerBound...source.leaf {
            guard let item = try entry.item(segmentPlan.leaves[leaf].attribute, in: context.segment) else { continue }
            if segmentPlan.leaves[leaf].kind == .values {
                // Whether it holds is found out for the whole item; here only the first attribute counts.
                return leaf == source.leaf
            }
            if segmentPlan.leaves[leaf].kind == .presence { return leaf == source.leaf }
            for index in 0..<item.valueIDs.count {
                guard let found = try item.valueIDs.valueID(index, in: context.segment) else { continue }
                if leaf == source.leaf, source.isList || found == value { return true }
                if try segmentPlan.holds(
                    segmentPlan.leaves[leaf], plan.items[source.item], found, plan, context.segment)
                {
                    return false
                }
            }
        }
        return false
    }
}
