import AttributeIndex
import LDAP
import ReusedMemory
import Schema
import Synchronization

/// A filter compiled once for a search: attributes resolved through the schema, assertions normalised by the rule that
/// will compare them, what cannot be answered marked as Undefined. Flat and reused: compiling a filter like the one before
/// allocates nothing.
///
/// Nodes stand where `FlatFilter` has them, in pre-order. Nothing refers to the request's octets afterwards.
struct FilterPlan: ~Copyable {
    private(set) var nodes = ReusedList<PlanNode>()
    private(set) var items = ReusedList<PlanItem>()
    /// Keys of assertions, one behind the other.
    var octets: [UInt8] = []
    /// Ranges of `octets`.
    var keys = ReusedList<Range<Int>>()
    var parts = ReusedList<PlanPart>()
    /// What filters before this one have in common with it: one, in a place of its own, since plans are moved about.
    var known = ReusedSlots(count: 1) { KnownItems() }
    /// Options of attribute descriptions.
    var options: [[String]] = []
    /// Rules of extensible matches.
    var rules: [MatchingRule] = []
    /// Whether the filter is one equality item, for one value of a stored attribute.
    private(set) var isOneEquality = false
    /// Whether an item asks for memberOf.
    private(set) var asksForGroups = false
    /// Why nodes are Undefined, by node, for `explain`; filled only when asked for.
    private(set) var reasons: [Int: UndefinedReason] = [:]
    private var keepsReasons = false

    /// Replaces the plan with that of `filter`, whose ranges are of `pdu`.
    mutating func compile(
        _ filter: borrowing FlatFilter, pdu: Span<UInt8>, _ environment: PlanEnvironment,
        keepingReasons: Bool = false
    ) {
        clear()
        keepsReasons = keepingReasons
        if keepingReasons { reasons.removeAll() }
        known[0].begin(environment)
        for index in filter.nodes.indices {
            compile(filter.nodes[index], filter.parts.span, pdu, environment)
        }
        if nodes.isEmpty { nodes.append(PlanNode(kind: .constant, truth: .undefined, subtreeEnd: 1)) }
        if items.count > 3 { mergeAlternatives() }
        isOneEquality = nodes.count == 1 && nodes[0].kind == .item && items[0].isPlainEquality
    }

    /// Empties the plan; its memory is kept.
    mutating func clear() {
        nodes.removeAll()
        items.removeAll()
        octets.clear()
        keys.removeAll()
        parts.removeAll()
        options.clear()
        rules.clear()
        asksForGroups = false
    }

    /// Makes Undefined what asks for a type that `isOpen` denies: its indexes are not even looked at.
    mutating func close(unless isOpen: (AttributeTypeID) -> Bool) {
        for index in nodes.indices {
            switch nodes[index].kind {
            case .item:
                let item = items[nodes[index].item]
                guard item.source != .everyFitting, !isOpen(item.type) else { continue }
            case .constant:
                guard let type = nodes[index].type, !isOpen(type) else { continue }
            case .and, .or, .not: continue
            }
            nodes[index].kind = .constant
            nodes[index].truth = .undefined
            isOneEquality = false
        }
    }

    /// Makes False what the schema makes Undefined.
    mutating func decideUndefined() {
        for index in nodes.indices where nodes[index].kind == .constant && nodes[index].truth == .undefined {
            nodes[index].truth = .isFalse
        }
    }

    /// Appends one item's node.
    mutating func append(_ compiled: Compiled) {
        let end = nodes.count + 1
        switch compiled {
        case .item(let item):
            if item.source == .computed(.memberOf) { asksForGroups = true }
            items.append(item)
            nodes.append(PlanNode(kind: .item, item: items.count - 1, subtreeEnd: end))
        case .constant(let truth, let type):
            nodes.append(PlanNode(kind: .constant, truth: truth, type: type, subtreeEnd: end))
        case .undefined(let reason):
            if keepsReasons { reasons[nodes.count] = reason }
            nodes.append(PlanNode(kind: .constant, truth: .undefined, subtreeEnd: end))
        }
    }

    private mutating func compile(
        _ node: FilterNode, _ parts: Span<SubstringPart>, _ pdu: Span<UInt8>, _ environment: PlanEnvironment
    ) {
        switch node.kind {
        case .and: nodes.append(PlanNode(kind: .and, subtreeEnd: node.subtreeEnd))
        case .or: nodes.append(PlanNode(kind: .or, subtreeEnd: node.subtreeEnd))
        case .not: nodes.append(PlanNode(kind: .not, subtreeEnd: node.subtreeEnd))
        default: append(item(nodes.count, node, parts, pdu, environment))
        }
    }

    /// Makes one item of an OR's equality items on the same attribute, as in a look-up of many people by name: what was
    /// `n` tests for each entry is one look-up. The items that were merged are False, which an OR does not mind.
    private mutating func mergeAlternatives() {
        for index in nodes.indices where nodes[index].kind == .or {
            mergeChildren(of: index)
        }
    }

    private mutating func mergeChildren(of parent: Int) {
        var groups: [AttributeTypeID: [Int]] = [:]
        var child = parent + 1
        while child < nodes[parent].subtreeEnd {
            if nodes[child].kind == .item {
                let item = items[nodes[child].item]
                if item.test == .equality, item.source == .stored, item.options < 0, !item.includesDN {
                    groups[item.type, default: []].append(child)
                }
            }
            child = nodes[child].subtreeEnd
        }
        for (_, children) in groups where children.count > 1 {
            let first = keys.count
            for child in children {
                for key in items[nodes[child].item].keys { keys.append(keys[key]) }
                nodes[child].truth = .isFalse
                if child != children[0] { nodes[child].kind = .constant }
            }
            items[nodes[children[0]].item].keys = first..<keys.count
        }
    }

    /// The octets of a key.
    @_lifetime(borrow self)
    func key(_ index: Int) -> Span<UInt8> { octets.span.extracting(keys[index]) }
}

/// What compiling a filter needs to know of the directory.
final class PlanEnvironment: Sendable {
    /// Which environment it is: no other of this process has the same number, not even after this one is gone.
    let number = PlanEnvironment.numbers.add(1, ordering: .relaxed).newValue
    private static let numbers = Atomic<UInt64>(0)

    let schema: Schema
    let types: SpecialTypes
    /// What the site says of access.
    let settings: AccessSettings
    /// The access rules; nil where there are none.
    let policy: AccessPolicy?
    /// For each object class of the schema, by index, the keys of it and its subclasses.
    let classKeys: [[[UInt8]]]
    /// The key of the subschema subentry's name.
    let subschemaKey: [UInt8]

    init(_ schema: Schema, subschemaKey: [UInt8], _ settings: AccessSettings) {
        self.schema = schema
        self.subschemaKey = subschemaKey
        self.settings = settings
        let secrets = SecretAttributes.types(named: SecretAttributes.names + settings.secretAttributes, schema)
        let unnamed = secrets.union(SecretAttributes.types(named: SecretAttributes.forNobody, schema))
        policy = settings.rules.map { AccessPolicy($0, schema, secrets: unnamed) }
        // A secret that no rule opens to anybody is hidden as passwords are.
        types = SpecialTypes(schema, hidden: secrets.subtracting(policy?.coveredTypes ?? []))
        let rule = schema.attributeType("objectClass")?.equality
        let names: [[UInt8]] = schema.objectClasses.map { objectClass in
            var key: [UInt8] = []
            // A name that has no key equals nothing, as an empty key does not either.
            try? rule?.appendKey(of: objectClass.name.utf8.span, in: schema, to: &key)
            return key
        }
        var keys = [[[UInt8]]](repeating: [], count: names.count)
        for objectClass in schema.objectClasses {
            for ancestor in objectClass.lineage { keys[ancestor.index].append(names[objectClass.index]) }
        }
        classKeys = keys
    }
}
