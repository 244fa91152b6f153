import AttributeIndex
import ReusedMemory
import Schema

/// One attribute of a segment in which an item looks, and which of its values would do.
struct PlanLeaf {
    enum Kind: UInt8 {
        /// The attribute is there.
        case presence
        /// A value ID in `values`.
        case range
        /// A value ID among `targets`, ascending.
        case targets
        /// A value ID in `values` whose key passes the item's test.
        case keys
        /// A value whose key by the item's rule passes the item's test.
        case values
    }

    var kind: Kind
    /// Index into the segment's attributes.
    var attribute: Int
    var values: Range<UInt32> = 0..<0
    /// Indices into the segment plan's `targets`.
    var targets: Range<Int> = 0..<0
    /// About how many entries there are.
    var estimate = 0
}

/// A plan's items in one segment: the attributes that they stand for there, the value IDs that they ask for, and about
/// how many entries each will find. Reused from segment to segment.
struct SegmentPlan: ~Copyable {
    /// The leaves of each item, as a range of `leaves`.
    var itemLeaves = ReusedList<Range<Int>>()
    var leaves = ReusedList<PlanLeaf>()
    var targets = ReusedList<UInt32>()
    /// About how many entries each node is True for; `unknown` where only looking at all of them tells.
    private(set) var estimates = ReusedList<Int>()

    /// No index tells which entries these are.
    static let unknown = Int.max

    /// Whether equality items are counted where nothing is chosen by it: for `explain`.
    var countsEverything = false
    private var countsEqual = true

    /// Resolves `plan` in the segment of `context`.
    mutating func resolve(
        _ plan: borrowing FilterPlan, _ context: borrowing SegmentContext, groups: borrowing GroupMembership
    ) throws(SegmentError) {
        itemLeaves.removeAll()
        leaves.removeAll()
        targets.removeAll()
        estimates.removeAll()
        countsEqual = countsEverything || plan.nodes.count > 1
        for index in plan.items.indices {
            let first = leaves.count
            try resolve(plan, index, context)
            itemLeaves.append(first..<leaves.count)
        }
        for _ in plan.nodes.indices { estimates.append(0) }
        for node in plan.nodes.indices.reversed() {
            estimates[node] = try estimate(node, plan, context, groups)
        }
    }

    private mutating func resolve(
        _ plan: borrowing FilterPlan, _ index: Int, _ context: borrowing SegmentContext
    ) throws(SegmentError) {
        let segment = context.segment
        let source = plan.items[index].source
        switch source {
        case .computed: return
        case .everyFitting:
            let rule = plan.rules[plan.items[index].rule]
            for attribute in segment.attributes.indices where context.isFitting(attribute, rule) {
                try addLeaf(plan, index, attribute, context)
            }
        case .stored, .values:
            let attributes = segment.attributes(ofType: plan.items[index].type)
            for position in attributes.indices {
                let attribute = Int(attributes[position])
                guard !context.isClosed(attribute) else { continue }
                let options = plan.items[index].options
                guard options < 0 || context.hasOptions(attribute, plan.options[options]) else { continue }
                try addLeaf(plan, index, attribute, context)
            }
        }
    }

    private mutating func addLeaf(
        _ plan: borrowing FilterPlan, _ index: Int, _ attribute: Int, _ context: borrowing SegmentContext
    ) throws(SegmentError) {
        let segment = context.segment
        var source = plan.items[index].source
        if source == .everyFitting {
            source = context.sharesKeys(attribute, plan.rules[plan.items[index].rule]) ? .stored : .values
        }
        if source == .values || plan.items[index].test == .present {
            let kind: PlanLeaf.Kind = source == .values ? .values : .presence
            let count = try segment.presence(attribute).count
            leaves.append(PlanLeaf(kind: kind, attribute: attribute, estimate: count))
            return
        }
        guard segment.attributes[attribute].hasDictionary else { return }
        switch plan.items[index].test {
        case .equality: try addEquality(plan, plan.items[index].keys, attribute, segment)
        case .substrings: try addSubstrings(plan, plan.items[index].parts, attribute, segment)
        default: try addRange(plan, plan.items[index], attribute, segment)
        }
    }

    private mutating func addEquality(
        _ plan: borrowing FilterPlan, _ keys: Range<Int>, _ attribute: Int, _ segment: Segment
    ) throws(SegmentError) {
        if keys.count == 1 {
            guard let found = try segment.valueID(attribute, equalTo: plan.key(keys.lowerBound)) else { return }
            let count = countsEqual ? try segment.entryCount(attribute, found) : 1
            leaves.append(PlanLeaf(kind: .range, attribute: attribute, values: found..<found + 1, estimate: count))
            return
        }
        let first = targets.count
        for key in keys {
            if let found = try segment.valueID(attribute, equalTo: plan.key(key)) { targets.append(found) }
        }
        guard targets.count > first else { return }
        let distinct = keepDistinctTargets(from: first)
        var estimate = 0
        for index in first..<distinct { estimate += try segment.entryCount(attribute, targets[index]) }
        leaves.append(
            PlanLeaf(kind: .targets, attribute: attribute, targets: first..<targets.count, estimate: estimate))
    }

    /// Sorts the targets from `first` on and drops those that were asked for twice, whose entries would come twice.
    private mutating func keepDistinctTargets(from first: Int) -> Int {
        targets.sort(from: first)
        var end = first + 1
        for index in (first + 1)..<max(targets.count, first + 1) where targets[index] != targets[end - 1] {
            targets[end] = targets[index]
            end += 1
        }
        targets.truncate(to: end)
        return end
    }

    private mutating func addRange(
        _ plan: borrowing FilterPlan, _ item: PlanItem, _ attribute: Int, _ segment: Segment
    ) throws(SegmentError) {
        let key = plan.key(item.keys.lowerBound)
        let count = segment.attributes[attribute].valueCount
        var leaf = PlanLeaf(kind: .range, attribute: attribute)
        switch item.test {
        case .greaterOrEqual: leaf.values = try segment.lowerBound(attribute, key: key)..<count
        case .lessOrEqual:
            let bound = try segment.lowerBound(attribute, key: key)
            var end = bound
            if bound < count, try segment.key(attribute, bound).isSame(as: key) { end += 1 }
            leaf.values = 0..<end
        case .less: leaf.values = 0..<(try segment.lowerBound(attribute, key: key))
        default:
            leaf.kind = .keys
            leaf.values = 0..<count
        }
        guard !leaf.values.isEmpty else { return }
        leaf.estimate = try segment.entryCount(attribute, values: leaf.values)
        leaves.append(leaf)
    }

    private mutating func addSubstrings(
        _ plan: borrowing FilterPlan, _ parts: Range<Int>, _ attribute: Int, _ segment: Segment
    ) throws(SegmentError) {
        let first = plan.parts[parts.lowerBound]
        let count = segment.attributes[attribute].valueCount
        var leaf = PlanLeaf(kind: .keys, attribute: attribute, values: 0..<count)
        if first.position == .initial {
            leaf.values = try segment.prefixRange(attribute, prefix: plan.octets.span.extracting(first.key))
            if parts.count == 1 { leaf.kind = .range }
        }
        guard !leaf.values.isEmpty else { return }
        leaf.estimate = try segment.entryCount(attribute, values: leaf.values)
        if leaf.kind == .keys {
            if let lists = try trigramLists(plan, parts, attribute, segment) {
                guard lists.count > 0 else { return }
                leaf.estimate = min(leaf.estimate, lists.count)
            }
        }
        leaves.append(leaf)
    }

    /// What the fewest values that hold the trigrams of one of the parts are found from; nil where no part has trigrams.
    func trigramLists(
        _ plan: borrowing FilterPlan, _ parts: Range<Int>, _ attribute: Int, _ segment: Segment
    ) throws(SegmentError) -> TrigramLists? {
        var best: TrigramLists?
        for index in parts {
            let needle = plan.octets.span.extracting(plan.parts[index].key)
            guard let found = try segment.trigramLists(attribute, needle: needle) else { continue }
            if found.count < best?.count ?? .max { best = found }
        }
        return best
    }

    /// How many entries a node is True for, at most or about. Children come after their parent, and are known by now.
    private func estimate(
        _ index: Int, _ plan: borrowing FilterPlan, _ context: borrowing SegmentContext,
        _ groups: borrowing GroupMembership
    ) throws(SegmentError) -> Int {
        let node = plan.nodes[index]
        switch node.kind {
        case .constant: return node.truth == .isTrue ? SegmentPlan.unknown : 0
        case .not: return SegmentPlan.unknown
        case .item: return try estimate(item: node.item, plan, context, groups)
        case .and, .or: break
        }
        var total = node.kind == .and ? SegmentPlan.unknown : 0
        var child = index + 1
        while child < node.subtreeEnd {
            let count = estimates[child]
            if node.kind == .and {
                total = min(total, count)
            } else {
                total =
                    count == SegmentPlan.unknown || total == SegmentPlan.unknown ? SegmentPlan.unknown : total + count
            }
            child = plan.nodes[child].subtreeEnd
        }
        return total
    }

    private func estimate(
        item index: Int, _ plan: borrowing FilterPlan, _ context: borrowing SegmentContext,
        _ groups: borrowing GroupMembership
    ) throws(SegmentError) -> Int {
        if plan.items[index].includesDN { return SegmentPlan.unknown }
        if case .computed(let attribute) = plan.items[index].source {
            switch (attribute, plan.items[index].test) {
            case (.entryDN, .equality): return 1
            case (.memberOf, .equality), (.memberOf, .present): return groups.estimate(index)
            default: return SegmentPlan.unknown
            }
        }
        var total = 0
        for leaf in itemLeaves[index] { total += leaves[leaf].estimate }
        return total
    }
}
