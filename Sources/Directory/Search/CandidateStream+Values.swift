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
                guard let found = try nextKey(of: source, leaf, plan, segment, work: &work) else { continue }
                value = found
            }
            if plan.test(plan.items[source.item], key: try segment.key(leaf.attribute, value)) {
                passed.append(value)
                segment.prefetchRow(ofEntryWith: value, leaf.attribute)
            }
        }
        for index in 0..<passed.count { segment.prefetchRecord(ofEntryWith: passed[index], leaf.attribute) }
        return ending
    }

    /// The next value of the dictionary that may pass: where a part of a substring must be in its key, some keys are looked
    /// through at once, and nil says that none of them holds it.
    private mutating func nextKey(
        of source: CandidateSource, _ leaf: PlanLeaf, _ plan: borrowing FilterPlan, _ segment: Segment,
        work: inout Int
    ) throws(SegmentError) -> UInt32? {
        let first = UInt32(truncatingIfNeeded: position)
        guard plan.items[source.item].test == .substrings else {
            position += 1
            return first
        }
        let parts = plan.items[source.item].parts
        var longest = plan.parts[parts.lowerBound].key
        for part in parts where plan.parts[part].key.count > longest.count { longest = plan.parts[part].key }
        let values = first..<min(first + CandidateStream.keysAtOnce, leaf.values.upperBound)
        let found = try segment.firstValue(leaf.attribute, in: values, holding: plan.octets.span.extracting(longest))
        let next = found.map { $0 + 1 } ?? values.upperBound
        position = Int(next)
        // A key that is passed over costs far less than one that is looked at by itself.
        work += Int(next - first) / 16
        return found
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
