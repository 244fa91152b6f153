import AttributeIndex
import ReusedMemory

/// Sources whose values are found one after the other.
extension CandidateStream {
    /// Goes to the next value whose key passes the item's test.
    mutating func advanceKeys(
        _ source: CandidateSource, _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan,
        _ context: borrowing SegmentContext, work: inout Int, limit: Int
    ) throws(SegmentError) -> Advance {
        let leaf = segmentPlan.leaves[source.leaf]
        if passedTaken == passed.count {
            let ending = try testKeys(source, leaf, plan, context.segment, work: &work, limit: limit)
            if passed.isEmpty { return ending }
        }
        value = passed[passedTaken]
        passedTaken += 1
        entries = try context.segment.postings(leaf.attribute, value)
        return .ready
    }

    /// Looks for the next values whose keys pass the item's test: some at once, or none and why.
    private mutating func testKeys(
        _ source: CandidateSource, _ leaf: PlanLeaf, _ plan: borrowing FilterPlan, _ segment: Segment,
        work: inout Int, limit: Int
    ) throws(SegmentError) -> Advance {
        passed.removeAll()
        passedTaken = 0
        var ending = Advance.pause
        while work <= limit, passed.count < CandidateStream.valuesAtOnce {
            work += 1
            let value: UInt32
            if !trigrams.isEmpty {
                guard let candidate = try trigrams[0].next(in: segment, attribute: leaf.attribute) else {
                    ending = .exhausted
                    break
                }
                guard leaf.values.contains(candidate) else { continue }
                value = candidate
            } else {
                guard position < leaf.values.upperBound else {
                    ending = .exhausted
                    break
                }
                value = UInt32(truncatingIfNeeded: position)
                position += 1
            }
            if plan.test(plan.items[source.item], key: try segment.key(leaf.attribute, value)) {
                passed.append(value)
                segment.prefetchRow(ofEntryWith: value, leaf.attribute)
            }
        }
        for index in 0..<passed.count { segment.prefetchRecord(ofEntryWith: passed[index], leaf.attribute) }
        return ending
    }

    /// Goes to the next entry that a name of a group list stands for.
    mutating func advanceMembers(
        _ list: GroupMembership.List, _ groups: borrowing GroupMembership, _ context: borrowing SegmentContext,
        work: inout Int, limit: Int
    ) throws(SegmentError) -> Advance {
        let names = context.served.segment(list.segment)
        while work <= limit {
            work += 1
            guard let name = groups.name(position, of: list, context.served) else { return .exhausted }
            position += 1
            guard let entry = try context.segment.entry(withKey: names.key(list.attribute, name)) else { continue }
            entries = PostingCursor(range: entry..<entry + 1)
            return .ready
        }
        return .pause
    }
}
