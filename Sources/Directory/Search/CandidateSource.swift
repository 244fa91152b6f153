import AttributeIndex
import ReusedMemory

/// One place that candidates come from: a leaf of an item that drives the search in a segment.
struct CandidateSource {
    enum Kind: UInt8 {
        /// The entries of the stream's `scan`.
        case scan
        /// The one entry `entry`.
        case entry
        /// The entries of the leaf's one value ID.
        case value
        /// The entries that have the leaf's attribute.
        case presence
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
    /// Whether no entry comes twice from the item's sources.
    var isUnique = true
    var entry: EntryID = 0
    /// Index of the plan's item; -1 for none.
    var item = -1
    /// Index of the segment plan's leaf.
    var leaf = -1
    /// The plan's node that is True for all that come from here; -1 where that has to be found out.
    var known = -1
    /// Index of the group list.
    var list = -1
    /// The ORs on the way to the item, as a range of the stream's steps.
    var steps: Range<Int> = 0..<0

    /// Whether the entries are those of one list, which ascends.
    var isList: Bool { kind.rawValue <= Kind.presence.rawValue }
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
        sources.removeAll()
        steps.removeAll()
        path.removeAll()
        let estimate = segmentPlan.estimates[0]
        guard estimate > 0, scan.count > 0 else { return }
        if estimate >= scan.count {
            self.scan = scan
            sources.append(CandidateSource(kind: .scan))
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
        for index in path.indices { steps.append(path[index]) }
        var source = CandidateSource(kind: .entry, item: index, known: node, steps: first..<steps.count)
        switch plan.items[index].source {
        case .computed(.entryDN):
            let key = plan.key(plan.items[index].keys.lowerBound)
            if let entry = try context.segment.entry(withKey: key) {
                source.entry = entry
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
                source.kind = segmentPlan.leaves[leaf].sourceKind
                let attribute = segmentPlan.leaves[leaf].attribute
                source.isUnique =
                    leaves.count == 1 && (source.isList || context.segment.attributes[attribute].isSingleValued)
                source.known = segmentPlan.leaves[leaf].kind == .values ? -1 : node
                sources.append(source)
            }
        }
    }
}

extension PlanLeaf {
    /// How the leaf's entries are found.
    var sourceKind: CandidateSource.Kind {
        switch kind {
        case .presence, .values: .presence
        case .range: values.count == 1 ? .value : .range
        case .targets: .targets
        case .keys: .keys
        }
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
