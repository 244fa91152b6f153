import AttributeIndex

/// One place that candidates come from: a leaf of an item that drives the search in a segment.
struct CandidateSource {
    enum Kind: UInt8 {
        /// The entries of `cursor`.
        case entries
        /// The entries of every value ID of the leaf's range.
        case range
        /// The entries of every value ID among the leaf's targets.
        case targets
        /// The entries of the value IDs whose keys pass the item's test.
        case keys
        /// The entries that the names of a group list stand for.
        case members
    }

    var kind: Kind
    /// Index of the plan's item; -1 for none.
    var item = -1
    /// Index of the segment plan's leaf.
    var leaf = -1
    /// The plan's node that is True for all that come from here; -1 where that has to be found out.
    var known = -1
    /// Index of the group list.
    var list = -1
    /// Whether no entry comes twice from the item's sources.
    var isUnique = true
    /// The ORs on the way to the item, as a range of the stream's steps.
    var steps: Range<Int> = 0..<0
    var cursor = PostingCursor.empty
}

/// A child of an OR on the way from the filter's root to the item that drives: an entry that came from there is answered
/// there only if no child before it is True for the entry, or it would be answered twice.
struct OrStep {
    /// The OR's node.
    var parent: Int
    /// The child's node.
    var child: Int
}

extension CandidateStream {
    /// Finds the sources for a segment: the rarest item of an AND, all children of an OR, or the whole range where nothing
    /// is rarer.
    mutating func chooseSources(
        _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan, _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, scan: PostingCursor
    ) throws(SegmentError) {
        sources.clear()
        steps.clear()
        path.clear()
        let estimate = segmentPlan.estimates[0]
        guard estimate > 0, scan.count > 0 else { return }
        if estimate >= scan.count {
            sources.append(CandidateSource(kind: .entries, cursor: scan))
        } else {
            try collect(0, plan, segmentPlan, groups, context)
        }
    }

    private mutating func collect(
        _ index: Int, _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan,
        _ groups: borrowing GroupMembership, _ context: borrowing SegmentContext
    ) throws(SegmentError) {
        let node = plan.nodes[index]
        switch node.kind {
        case .item: try collect(item: node.item, node: index, plan, segmentPlan, groups, context)
        case .and:
            if let rarest = segmentPlan.rarestChild(of: index, plan) {
                try collect(rarest, plan, segmentPlan, groups, context)
            }
        case .or:
            var child = index + 1
            while child < node.subtreeEnd {
                if segmentPlan.estimates[child] > 0 {
                    path.append(OrStep(parent: index, child: child))
                    try collect(child, plan, segmentPlan, groups, context)
                    path.removeLast()
                }
                child = plan.nodes[child].subtreeEnd
            }
        // These have no estimate, so that nothing leads here.
        case .not, .constant: break
        }
    }

    private mutating func collect(
        item index: Int, node: Int, _ plan: borrowing FilterPlan, _ segmentPlan: borrowing SegmentPlan,
        _ groups: borrowing GroupMembership, _ context: borrowing SegmentContext
    ) throws(SegmentError) {
        let first = steps.count
        steps.append(contentsOf: path)
        var source = CandidateSource(kind: .entries, item: index, known: node, steps: first..<steps.count)
        switch plan.items[index].source {
        case .computed(.entryDN):
            let key = plan.key(plan.items[index].keys.lowerBound)
            if let entry = try context.segment.entry(withKey: key) {
                source.cursor = PostingCursor(range: entry..<entry + 1)
                sources.append(source)
            }
        case .computed:
            source.kind = .members
            source.isUnique = false
            for list in groups.itemLists[index] {
                source.list = list
                sources.append(source)
            }
        default:
            let leaves = segmentPlan.itemLeaves[index]
            for leaf in leaves {
                source.leaf = leaf
                source.isUnique = leaves.count == 1
                sources.append(source)
                try finishSource(segmentPlan.leaves[leaf], context.segment)
            }
        }
    }

    /// Completes the last source with what its leaf asks.
    private mutating func finishSource(_ leaf: PlanLeaf, _ segment: Segment) throws(SegmentError) {
        let last = sources.count - 1
        switch leaf.kind {
        case .presence: sources[last].cursor = try segment.presence(leaf.attribute)
        case .values:
            sources[last].cursor = try segment.presence(leaf.attribute)
            sources[last].known = -1
        case .range where leaf.values.count == 1:
            sources[last].cursor = try segment.postings(leaf.attribute, leaf.values.lowerBound)
        case .range: sources[last].kind = .range
        case .targets: sources[last].kind = .targets
        case .keys: sources[last].kind = .keys
        }
        if sources[last].kind != .entries { sources[last].isUnique = false }
    }
}

extension SegmentPlan {
    /// The child of an AND with the lowest estimate.
    func rarestChild(of index: Int, _ plan: borrowing FilterPlan) -> Int? {
        var best: Int?
        var child = index + 1
        while child < plan.nodes[index].subtreeEnd {
            if estimates[child] < best.map({ estimates[$0] }) ?? .max { best = child }
            child = plan.nodes[child].subtreeEnd
        }
        return best
    }
}
