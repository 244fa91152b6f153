/// The values of the subschema subentry (RFC 4512 section 4.2), in the order of the schema.
extension Schema {
    /// The values of `attributeTypes`.
    public func publishedAttributeTypes() -> [String] { attributeTypes.map(\.definition.text) }

    /// The values of `objectClasses`.
    public func publishedObjectClasses() -> [String] { objectClasses.map(\.definition.text) }

    /// The values of `ldapSyntaxes`, without those that only this program's insides use.
    public func publishedSyntaxes() -> [String] {
        syntaxes.filter { $0.kind != .void }.map(\.definition.text)
    }

    /// The values of `matchingRules`.
    public func publishedMatchingRules() -> [String] { matchingRules.map(\.text) }

    /// The values of `matchingRuleUse`: for each rule that extensible filters may use, the attributes it applies to.
    public func publishedMatchingRuleUses() -> [String] {
        matchingRules.compactMap { rule in
            let applicable = attributeTypes.filter(rule.applies(to:)).map(\.name)
            guard !applicable.isEmpty else { return nil }
            var writer = DefinitionWriter(oid: rule.oid)
            writer.names([rule.name])
            writer.list("APPLIES", applicable)
            return writer.finished()
        }
    }
}

extension MatchingRule {
    /// Whether an extensible filter may use the rule with an attribute: it is the attribute's equality rule, or one that
    /// compares values of its syntax. Substrings rules need the parts that only a substrings filter has.
    public func applies(to type: AttributeType) -> Bool {
        guard use != .substrings else { return false }
        if type.equality === self { return true }
        if type.syntax.oid == assertionSyntax { return !normalization.isOfFirstComponent }
        return Self.compatibleSyntaxes[normalization]?.contains(type.syntax.oid) ?? false
    }

    /// The syntaxes that rules compare beside the one of their assertions.
    private static let compatibleSyntaxes: [Normalization: Set<String>] = {
        func oids(_ arcs: Int...) -> Set<String> { Set(arcs.map { "1.3.6.1.4.1.1466.115.121.1.\($0)" }) }
        return [
            .caseIgnore: oids(11, 44, 50), .caseExact: oids(11, 44, 50), .caseIgnoreIA5: oids(11),
            .caseExactIA5: oids(11), .certificateExact: oids(8),
            .integerFirstComponent: oids(17), .objectIdentifierFirstComponent: oids(3, 16, 30, 31, 35, 37, 54),
        ]
    }()
}

extension Normalization {
    /// Whether values are sequences of which the first part is compared: the assertion's syntax is not theirs.
    fileprivate var isOfFirstComponent: Bool {
        switch self {
        case .objectIdentifierFirstComponent, .integerFirstComponent, .directoryStringFirstComponent: true
        default: false
        }
    }
}
