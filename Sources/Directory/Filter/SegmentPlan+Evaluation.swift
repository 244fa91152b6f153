import AttributeIndex
import ReusedMemory
import Schema

extension SegmentPlan {
    /// What a node is for the entry in `entry` (RFC 4511 section 4.5.1.7). `known` is a node that an index said is True.
    ///
    /// - Parameter work: grows by the items that were looked at.
    func evaluate(
        _ index: Int, known: Int, _ plan: borrowing FilterPlan, _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, _ entry: inout EntryScratch, _ work: inout Int
    ) throws(SegmentError) -> Truth {
        if index == known { return .isTrue }
        let node = plan.nodes[index]
        switch node.kind {
        case .constant:
            if entry.access != nil, let type = node.type, !context.isVirtual, !entry.isOpen(type) { return .undefined }
            return node.truth
        case .not:
            return try evaluate(index + 1, known: known, plan, groups, context, &entry, &work).negated
        case .item:
            work += 1
            // What the requester may not ask for is Undefined, so that a NOT around it finds nothing either.
            let item = plan.items[node.item]
            guard item.source == .everyFitting || context.isVirtual || entry.isOpen(item.type) else {
                return .undefined
            }
            return Truth(try holds(node.item, plan, groups, context, &entry))
        case .and, .or: break
        }
        // False ends an AND and True an OR; Undefined stays unless one of those comes.
        let decisive = node.kind == .and ? Truth.isFalse : .isTrue
        var result = decisive.negated
        var child = index + 1
        while child < node.subtreeEnd {
            let truth = try evaluate(child, known: known, plan, groups, context, &entry, &work)
            if truth == decisive { return decisive }
            if truth == .undefined { result = .undefined }
            child = plan.nodes[child].subtreeEnd
        }
        return result
    }

    /// Whether an item holds for the entry, as far as its attributes are open. Items are never Undefined here.
    func holds(
        _ index: Int, _ plan: borrowing FilterPlan, _ groups: borrowing GroupMembership,
        _ context: borrowing SegmentContext, _ entry: inout EntryScratch
    ) throws(SegmentError) -> Bool {
        if case .computed(let attribute) = plan.items[index].source {
            if try holds(attribute, index, plan, groups, context, &entry) { return true }
        } else {
            for leaf in itemLeaves[index] {
                guard isOpen(leaves[leaf].attribute, context, entry),
                    let item = try entry.item(leaves[leaf].attribute, in: context.segment)
                else { continue }
                if try holds(leaves[leaf], plan.items[index], item, plan, context) { return true }
            }
        }
        guard plan.items[index].includesDN, let view = entry.view else { return false }
        return try DNAttributes.hold(plan.items[index], plan, context.segment.dn(view), context, entry)
    }

    /// Whether the requester may ask for an attribute of the entry at hand.
    @inline(__always)
    private func isOpen(
        _ attribute: Int, _ context: borrowing SegmentContext, _ entry: borrowing EntryScratch
    ) -> Bool {
        entry.access == nil || context.isVirtual
            || entry.isOpen(context.segment.attributes[attribute].description.type)
    }

    /// Whether all that an item asks for is open in the entry at hand, so that what an index says of it counts.
    func isWhollyOpen(
        _ index: Int, _ plan: borrowing FilterPlan, _ context: borrowing SegmentContext,
        _ entry: borrowing EntryScratch
    ) -> Bool {
        guard entry.access != nil, !context.isVirtual else { return true }
        if case .computed = plan.items[index].source { return false }
        guard plan.items[index].source == .everyFitting || entry.isOpen(plan.items[index].type) else { return false }
        for leaf in itemLeaves[index] where !isOpen(leaves[leaf].attribute, context, entry) { return false }
        return true
    }

    private func holds(
        _ leaf: PlanLeaf, _ item: PlanItem, _ found: EntryItem, _ plan: borrowing FilterPlan,
        _ context: borrowing SegmentContext
    ) throws(SegmentError) -> Bool {
        switch leaf.kind {
        case .presence: return true
        case .values: return try valuesHold(item, found, plan, context)
        default: break
        }
        for index in 0..<found.valueIDs.count {
            guard let value = try found.valueIDs.valueID(index, in: context.segment) else { continue }
            if try holds(leaf, item, value, plan, context.segment) { return true }
        }
        return false
    }

    /// Whether one value will do.
    @inline(__always)
    func holds(
        _ leaf: PlanLeaf, _ item: PlanItem, _ value: UInt32, _ plan: borrowing FilterPlan, _ segment: Segment
    ) throws(SegmentError) -> Bool {
        switch leaf.kind {
        case .presence, .values: return true
        case .range: return leaf.values.contains(value)
        case .targets: return targets.containsSorted(value, within: leaf.targets)
        case .keys:
            guard leaf.values.contains(value) else { return false }
            return plan.test(item, key: try segment.key(leaf.attribute, value))
        }
    }

    private func valuesHold(
        _ item: PlanItem, _ found: EntryItem, _ plan: borrowing FilterPlan, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> Bool {
        guard item.test != .present else { return true }
        var key: [UInt8] = []
        var places = try context.segment.valueRanges(of: found)
        while let place = try places.next(in: context.segment) {
            key.removeAll(keepingCapacity: true)
            let value = try context.segment.octets(place)
            // A value that the rule cannot take matches nothing, as in OpenLDAP.
            guard (try? plan.rules[item.rule].appendStoredKey(of: value, in: context.segment.schema, to: &key)) != nil
            else { continue }
            if plan.test(item, key: key.span) { return true }
        }
        return false
    }

    private func holds(
        _ attribute: ComputedAttribute, _ index: Int, _ plan: borrowing FilterPlan,
        _ groups: borrowing GroupMembership, _ context: borrowing SegmentContext, _ entry: inout EntryScratch
    ) throws(SegmentError) -> Bool {
        guard let view = entry.view, !context.isVirtual || attribute.appliesToVirtualEntries else { return false }
        let key = try context.segment.octets(view.key)
        if attribute == .memberOf, let access = entry.access, let accessView = entry.accessView {
            for group in try access.groups(ofEntry: key, entry.level, accessView) {
                let name = try context.served.segment(group.segment).entryKey(group.entry)
                if plan.test(plan.items[index], key: name) { return true }
            }
            return false
        }
        if attribute == .memberOf {
            guard plan.items[index].test == .equality || plan.items[index].test == .present else {
                for group in try context.served.groups(ofEntry: key) {
                    let name = try context.served.segment(group.segment).entryKey(group.entry)
                    if plan.test(plan.items[index], key: name) { return true }
                }
                return false
            }
            return try groups.firstList(index, holding: key, context.served) != nil
        }
        if plan.items[index].test == .present { return true }
        switch attribute {
        case .hasSubordinates:
            let word: StaticString = try entry.childCount(key, limit: 1, context) > 0 ? "TRUE" : "FALSE"
            return plan.test(plan.items[index], key: Array(word.description.utf8).span)
        case .numSubordinates:
            var number: [UInt8] = []
            let text = String(try entry.childCount(key, limit: .max, context))
            let type = context.served.schema.attributeType(plan.items[index].type)
            try? type.equality?.appendKey(of: text.utf8.span, in: context.served.schema, to: &number)
            return plan.test(plan.items[index], key: number.span)
        case .entryDN: return plan.test(plan.items[index], key: key)
        case .subschemaSubentry:
            let subschema = context.served.environment.subschemaKey
            return plan.test(plan.items[index], key: subschema.span)
        case .memberOf: return false
        }
    }
}

extension FilterPlan {
    /// Whether a value's key passes an item's test.
    func test(_ item: PlanItem, key value: Span<UInt8>) -> Bool {
        switch item.test {
        case .present: return true
        case .substrings: return substringsMatch(value, parts, item.parts, octets: octets)
        case .equality:
            for index in item.keys where value.isSame(as: key(index)) { return true }
            return false
        case .relation: return rules[item.rule].matches(valueKey: value, assertionKey: key(item.keys.lowerBound))
        case .greaterOrEqual: return value.compare(to: key(item.keys.lowerBound)) >= 0
        case .lessOrEqual: return value.compare(to: key(item.keys.lowerBound)) <= 0
        case .less: return value.compare(to: key(item.keys.lowerBound)) < 0
        }
    }
}

extension Span where Element == UInt8 {
    /// The order of octet strings: negative, zero or positive.
    func compare(to other: Span<UInt8>) -> Int {
        for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
            return Int(self[index]) - Int(other[index])
        }
        return count - other.count
    }
}
