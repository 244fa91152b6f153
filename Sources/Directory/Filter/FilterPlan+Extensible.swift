import LDAP
import Schema

extension FilterPlan {
    /// MatchingRuleAssertion (RFC 4511 section 4.5.1.7.7), as OpenLDAP resolves it: the attribute's equality rule where no
    /// rule is named, every attribute that the rule fits where no attribute is.
    mutating func extensible(
        _ node: FilterNode, _ pdu: Span<UInt8>, _ environment: PlanEnvironment
    ) -> Compiled {
        var description: AttributeDescription?
        if !node.attribute.isEmpty {
            description = AttributeDescription(parsing: pdu.extracting(node.attribute), schema: environment.schema)
            guard let description else { return .undefined(.unknownAttribute) }
            guard !environment.types.isHidden(description.type) else { return .undefined(.hiddenAttribute) }
        }
        var rule: MatchingRule?
        if let name = node.matchingRule {
            rule = environment.schema.matchingRule(pdu.extracting(name))
            guard rule != nil else { return .undefined(.unknownRule) }
        }
        let value = pdu.extracting(node.value)
        guard let description else {
            guard let rule else { return .undefined(.noAssertion) }
            return everyFitting(rule, value, node.dnAttributes, environment)
        }
        let type = environment.schema.attributeType(description.type)
        if rule == nil, environment.types.namesClass(description.type), let equality = type.equality {
            // No rule is named: this is the equality filter, in which a class stands for its subclasses.
            return self.equality(description, type, equality, value, environment)
        }
        guard let rule = rule ?? type.equality else { return .undefined(.noRule("equality")) }
        guard rule.applies(to: type) else { return .undefined(.unfitRule) }
        return one(description, type, rule, value, node.dnAttributes, environment)
    }

    private mutating func one(
        _ description: AttributeDescription, _ type: AttributeType, _ rule: MatchingRule, _ value: Span<UInt8>,
        _ includesDN: Bool, _ environment: PlanEnvironment
    ) -> Compiled {
        var item = blank(rule.itemTest, description, environment)
        if let reason = appendKey(rule, value, environment, to: &item) { return .undefined(reason) }
        if item.source == .computed(.subschemaSubentry) {
            let subschema = environment.subschemaKey
            return .constant(
                Truth(rule.matches(valueKey: subschema.span, assertionKey: key(item.keys.lowerBound))), type.id)
        }
        item.includesDN = includesDN
        item.rule = rules.count
        rules.append(rule)
        lookAtValues(&item, rule, type)
        return .item(item)
    }

    private mutating func everyFitting(
        _ rule: MatchingRule, _ value: Span<UInt8>, _ includesDN: Bool, _ environment: PlanEnvironment
    ) -> Compiled {
        guard rule.use != .substrings else { return .undefined(.unfitRule) }
        var item = PlanItem(
            test: rule.itemTest, source: .everyFitting, type: AttributeTypeID(rawValue: 0))
        if let reason = appendKey(rule, value, environment, to: &item) { return .undefined(reason) }
        item.includesDN = includesDN
        item.rule = rules.count
        rules.append(rule)
        return .item(item)
    }
}

extension MatchingRule {
    /// What the rule asks of values in an extensible match.
    var itemTest: ItemTest {
        switch use {
        case .equality, .substrings: .equality
        case .ordering: .less
        case .relation: .relation
        }
    }
}
