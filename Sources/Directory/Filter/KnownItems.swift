import AttributeIndex
import LDAP
import ReusedMemory
import Schema

/// What the filter items of the searches before were resolved to, by their place in the filter: an application asks the same
/// filter again and again with other values, so that only the value is new.
struct KnownItems: ~Copyable {
    private struct Item {
        /// What was asked; `.undefined` where nothing is known.
        var kind = FilterKind.undefined
        /// Of which attribute, as the client wrote it: a range of `names`.
        var name: Range<Int> = 0..<0
        /// Index into `rules`; -1 where no value is asserted.
        var rule = -1
        /// The item without what was asserted.
        var template = PlanItem(test: .present, source: .stored, type: AttributeTypeID(rawValue: 0))
    }

    /// Octets of names beyond which everything is forgotten: filters that differ each time must not grow it.
    private static let nameLimit = 4096

    /// Which environment the items were resolved in.
    private var environment: UInt64 = 0
    private var items = ReusedList<Item>()
    private var names: [UInt8] = []
    private(set) var rules: [MatchingRule] = []

    /// Forgets what was resolved in another environment, and what has become too much.
    mutating func begin(_ environment: PlanEnvironment) {
        guard self.environment != environment.number || names.count > KnownItems.nameLimit else { return }
        self.environment = environment.number
        items.removeAll()
        names.clear()
        rules.clear()
    }

    /// The item that the node at `place` stands for but for what is asserted, and the index of its rule; nil where the last
    /// filter asked something else there.
    func find(_ place: Int, _ kind: FilterKind, name: Span<UInt8>) -> (template: PlanItem, rule: Int)? {
        guard place < items.count, items[place].kind == kind,
            names.span.extracting(items[place].name).isSame(as: name)
        else { return nil }
        return (items[place].template, items[place].rule)
    }

    /// Remembers what a node was resolved to.
    mutating func keep(_ item: PlanItem, _ place: Int, _ kind: FilterKind, name: Span<UInt8>, rule: MatchingRule?) {
        while items.count <= place { items.append(Item()) }
        let start = names.count
        for index in name.indices { names.append(name[index]) }
        items[place].kind = kind
        items[place].name = start..<names.count
        items[place].rule = rule == nil ? -1 : rules.count
        if let rule { rules.append(rule) }
        items[place].template = item
        items[place].template.keys = 0..<0
        items[place].template.parts = 0..<0
    }
}

extension FilterPlan {
    /// The item for a node, resolved as in the filter before where that asked the same there.
    mutating func item(
        _ place: Int, _ node: FilterNode, _ parts: Span<SubstringPart>, _ pdu: Span<UInt8>,
        _ environment: PlanEnvironment
    ) -> Compiled {
        let name = pdu.extracting(node.attribute)
        if let (template, rule) = known[0].find(place, node.kind, name: name) {
            var item = template
            guard rule >= 0 else { return .item(item) }
            if node.kind == .substrings {
                if let reason = appendParts(known[0].rules[rule], parts, node.parts, pdu, to: &item) {
                    return .undefined(reason)
                }
            } else if let reason = appendKey(known[0].rules[rule], pdu.extracting(node.value), environment, to: &item) {
                return .undefined(reason)
            }
            return .item(item)
        }
        let compiled = item(node, parts, pdu, environment)
        if case .item(let item) = compiled { keep(item, place, node.kind, name, environment) }
        return compiled
    }

    private mutating func keep(
        _ item: PlanItem, _ place: Int, _ kind: FilterKind, _ name: Span<UInt8>, _ environment: PlanEnvironment
    ) {
        guard item.source == .stored, item.options < 0, item.rule < 0 else { return }
        let type = environment.schema.attributeType(item.type)
        let rule: MatchingRule?
        switch kind {
        case .present: rule = nil
        case .substrings: rule = type.substrings
        case .greaterOrEqual, .lessOrEqual: rule = type.ordering
        case .equality, .approximate:
            // A class stands for others too, which depends on the value.
            guard !environment.types.namesClass(item.type) else { return }
            rule = type.equality
        default: return
        }
        known[0].keep(item, place, kind, name: name, rule: rule)
    }
}
