import Schema

/// What the schema says of an attribute that a segment must know.
struct AttributeTraits: Sendable {
    let kind: AttributeColumn.Kind
    let isObjectClass: Bool
    /// The rule that makes the keys of values; nil where values have none.
    let rule: MatchingRule?
    let hasTrigrams: Bool
    let isBinary: Bool

    init(_ type: AttributeType, isHidden: Bool) {
        isObjectClass = type.oid == "2.5.4.0"
        kind = isHidden ? .hidden : type.isOperational ? .operational : .user
        let rule = isHidden ? nil : type.equality ?? type.ordering
        self.rule = rule
        hasTrigrams = rule.map { type.substrings?.sharesKeys(with: $0) ?? false } ?? false
        isBinary = !type.syntax.isText
    }

    /// What the attribute's row says of all this.
    var flags: AttributeRow.Flags {
        var flags: AttributeRow.Flags = []
        if kind == .operational { flags.insert(.operational) }
        if kind == .hidden { flags.insert(.hidden) }
        if rule != nil { flags.insert(.dictionary) }
        if isBinary { flags.insert(.binary) }
        return flags
    }
}
