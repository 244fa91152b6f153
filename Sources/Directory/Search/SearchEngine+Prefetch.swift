import AttributeIndex
import LDAP
import ReusedMemory

extension SearchEngine {
    /// The steps of `prefetch`: to begin, and then to follow what was asked for.
    static let prefetchStages = 0...KeyProbe.steps

    /// Look-ups that a search begins ahead of its time at most: what comes after them is mostly narrowed down by them.
    private static let probeLimit = 3

    /// Asks for the memory that the search will look at first, in the segment that has most of the directory: advice only, of
    /// which nothing is kept.
    mutating func prefetch(_ step: Int, _ segment: Segment) {
        guard stage != .finished else { return }
        if step == 0 { return beginProbes(segment) }
        for index in probes.indices { segment.advance(&probes[index]) }
    }

    /// Begins to look up the base, unless it is known already, and the values that the filter's equality items ask for.
    private mutating func beginProbes(_ segment: Segment) {
        probes.removeAll()
        if !hasRoots, let probe = segment.beginProbe(entryWithKey: baseKey.span) { probes.append(probe) }
        guard scope != .base else { return }
        for index in plan.items.indices where probes.count < SearchEngine.probeLimit {
            if let probe = plan.beginProbe(ofItem: index, segment) { probes.append(probe) }
        }
    }
}

extension FilterPlan {
    /// Begins to look up what an item asks for, where it asks for one value of an attribute.
    fileprivate func beginProbe(ofItem index: Int, _ segment: Segment) -> KeyProbe? {
        guard items[index].isPlainEquality else { return nil }
        let attributes = segment.attributes(ofType: items[index].type)
        guard !attributes.isEmpty else { return nil }
        return segment.beginProbe(Int(attributes[0]), key(items[index].keys.lowerBound))
    }
}
