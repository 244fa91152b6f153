import Schema

/// One component of a compiled filter, in the place that the component has in `FlatFilter.nodes`.
struct PlanNode {
    enum Kind: UInt8 {
        case and
        case or
        case not
        /// Asks the `PlanItem` with index `item`.
        case item
        /// The same for every entry where the attribute `type` may be asked for, known from the schema alone: `truth`.
        case constant
    }

    var kind: Kind
    var truth = Truth.undefined
    /// The attribute that a constant says something of.
    var type: AttributeTypeID?
    /// Index into the plan's items.
    var item = 0
    /// The index after the last descendant.
    var subtreeEnd: Int
}

/// What an item asks of an attribute's values.
enum ItemTest: UInt8 {
    /// One of the item's keys is there.
    case equality
    case present
    case greaterOrEqual
    case lessOrEqual
    /// Less than the key: what an ordering rule asks in an extensible match.
    case less
    case substrings
    /// The relation of the item's rule holds between a value and the key.
    case relation
}

/// Where an item looks.
enum ItemSource: Hashable {
    /// Dictionaries of stored attributes: the type, its subtypes, and more options.
    case stored
    /// Dictionaries of every attribute that the item's rule fits.
    case everyFitting
    /// The values themselves, where a rule makes other keys than the dictionary has.
    case values
    /// Something that is not stored.
    case computed(ComputedAttribute)
}

/// One filter item: an attribute resolved through the schema, and the asserted value normalised once.
struct PlanItem {
    var test: ItemTest
    var source: ItemSource
    var type: AttributeTypeID
    /// The options asked for, an index into the plan's `options`; -1 for none, as almost always.
    var options = -1
    /// Equality: the keys, any of which will do. Others: the one key. Indices into the plan's `keys`.
    var keys: Range<Int> = 0..<0
    /// Substrings: indices into the plan's `parts`.
    var parts: Range<Int> = 0..<0
    /// Extensible matches: index into the plan's `rules`; -1 for none.
    var rule = -1
    /// Extensible matches with dnAttributes: the attributes of the DN count too.
    var includesDN = false

    /// Whether the item asks for one value of a stored attribute, whatever its options.
    var isPlainEquality: Bool {
        test == .equality && source == .stored && keys.count == 1 && options < 0 && !includesDN
    }
}

/// One part of a substrings item.
struct PlanPart {
    var position: MatchingRule.SubstringPosition
    /// Its key, a range of the plan's `octets`.
    var key: Range<Int>
}

/// Why an item is Undefined, for `explain`.
enum UndefinedReason: Sendable {
    case unknownAttribute
    case hiddenAttribute
    case noRule(String)
    case unknownRule
    case unfitRule
    case badValue(String)
    case unknownObjectClass
    case noAssertion

    var text: String {
        switch self {
        case .unknownAttribute: "the schema has no such attribute, or an option of it is unknown"
        case .hiddenAttribute: "the attribute is for binding only"
        case .noRule(let use): "the attribute has no \(use) rule"
        case .unknownRule: "there is no such matching rule"
        case .unfitRule: "the matching rule does not fit the attribute"
        case .badValue(let expected): "the asserted value is not of the attribute's syntax: \(expected)"
        case .unknownObjectClass: "the schema has no such object class"
        case .noAssertion: "it asserts nothing that can be matched"
        }
    }
}
