import AttributeIndex
import LDAP
import ReusedMemory
import Schema

extension FilterPlan {
    /// What became of one filter item.
    enum Compiled {
        case item(PlanItem)
        /// Known from the schema alone; of which attribute.
        case constant(Truth, AttributeTypeID)
        case undefined(UndefinedReason)
    }

    mutating func item(
        _ node: FilterNode, _ parts: Span<SubstringPart>, _ pdu: Span<UInt8>, _ environment: PlanEnvironment
    ) -> Compiled {
        switch node.kind {
        case .undefined, .and, .or, .not: return .undefined(.noAssertion)
        case .extensible: return extensible(node, pdu, environment)
        default: break
        }
        let name = pdu.extracting(node.attribute)
        guard let description = AttributeDescription(parsing: name, schema: environment.schema) else {
            return .undefined(.unknownAttribute)
        }
        guard !environment.types.isHidden(description.type) else { return .undefined(.hiddenAttribute) }
        let type = environment.schema.attributeType(description.type)
        let value = pdu.extracting(node.value)
        switch node.kind {
        case .present: return presence(description, environment)
        case .equality, .approximate:
            guard let rule = type.equality else { return .undefined(.noRule("equality")) }
            return equality(description, type, rule, value, environment)
        case .greaterOrEqual: return ordering(.greaterOrEqual, description, type, value, environment)
        case .lessOrEqual: return ordering(.lessOrEqual, description, type, value, environment)
        default: return substrings(description, type, parts, node.parts, pdu, environment)
        }
    }

    /// The base of an item for an attribute description.
    mutating func blank(
        _ test: ItemTest, _ description: AttributeDescription, _ environment: PlanEnvironment
    ) -> PlanItem {
        var item = PlanItem(test: test, source: .stored, type: description.type)
        if !description.options.isEmpty {
            item.options = options.count
            options.append(description.options)
        }
        if let computed = environment.types.computed(description.type) { item.source = .computed(computed) }
        return item
    }

    private mutating func presence(
        _ description: AttributeDescription, _ environment: PlanEnvironment
    ) -> Compiled {
        .item(blank(.present, description, environment))
    }

    mutating func equality(
        _ description: AttributeDescription, _ type: AttributeType, _ rule: MatchingRule, _ value: Span<UInt8>,
        _ environment: PlanEnvironment
    ) -> Compiled {
        if environment.types.namesClass(type.id) {
            return objectClass(description, rule, value, environment)
        }
        var item = blank(.equality, description, environment)
        if let reason = appendKey(rule, value, environment, to: &item) { return .undefined(reason) }
        guard item.source != .computed(.subschemaSubentry) else {
            let subschema = environment.subschemaKey
            return .constant(Truth(key(item.keys.lowerBound).isSame(as: subschema.span)), type.id)
        }
        return .item(item)
    }

    /// An object class stands for its subclasses too (RFC 4512 section 3.3: superclasses are implicitly there). As
    /// OpenLDAP, a name that is unknown is Undefined, and an OID that is unknown is False.
    private mutating func objectClass(
        _ description: AttributeDescription, _ rule: MatchingRule, _ value: Span<UInt8>,
        _ environment: PlanEnvironment
    ) -> Compiled {
        var item = blank(.equality, description, environment)
        if let reason = appendKey(rule, value, environment, to: &item) { return .undefined(reason) }
        guard let objectClass = environment.schema.objectClass(value) else {
            let isOID = !value.isEmpty && value[0] >= 0x30 && value[0] <= 0x39
            return isOID ? .constant(.isFalse, description.type) : .undefined(.unknownObjectClass)
        }
        let first = keys.count
        for index in environment.classKeys[objectClass.index].indices {
            let start = octets.count
            octets.append(contentsOf: environment.classKeys[objectClass.index][index])
            keys.append(start..<octets.count)
        }
        item.keys = first..<keys.count
        return .item(item)
    }

    private mutating func ordering(
        _ test: ItemTest, _ description: AttributeDescription, _ type: AttributeType, _ value: Span<UInt8>,
        _ environment: PlanEnvironment
    ) -> Compiled {
        guard let rule = type.ordering else { return .undefined(.noRule("ordering")) }
        var item = blank(test, description, environment)
        if let reason = appendKey(rule, value, environment, to: &item) { return .undefined(reason) }
        lookAtValues(&item, rule, type)
        return .item(item)
    }

    private mutating func substrings(
        _ description: AttributeDescription, _ type: AttributeType, _ parts: Span<SubstringPart>, _ range: Range<Int>,
        _ pdu: Span<UInt8>, _ environment: PlanEnvironment
    ) -> Compiled {
        guard let rule = type.substrings else { return .undefined(.noRule("substrings")) }
        var item = blank(.substrings, description, environment)
        if let reason = appendParts(rule, parts, range, pdu, to: &item) { return .undefined(reason) }
        lookAtValues(&item, rule, type)
        return .item(item)
    }

    /// Appends the keys of a substrings assertion's parts to the plan and to the item; gives the reason if one has none.
    mutating func appendParts(
        _ rule: MatchingRule, _ parts: Span<SubstringPart>, _ range: Range<Int>, _ pdu: Span<UInt8>,
        to item: inout PlanItem
    ) -> UndefinedReason? {
        let first = self.parts.count
        for index in range {
            let part = parts[index]
            let position: MatchingRule.SubstringPosition =
                switch part.kind {
                case .initial: .initial
                case .any: .any
                case .final: .final
                }
            let start = octets.count
            do throws(SyntaxError) {
                try rule.appendSubstringKey(of: pdu.extracting(part.value), position: position, to: &octets)
            } catch {
                self.parts.truncate(to: first)
                return .badValue(error.description)
            }
            self.parts.append(PlanPart(position: position, key: start..<octets.count))
        }
        item.parts = first..<self.parts.count
        return nil
    }

    /// Where the attribute's dictionary was made by a rule with other keys, the values themselves have to be looked at.
    mutating func lookAtValues(_ item: inout PlanItem, _ rule: MatchingRule, _ type: AttributeType) {
        guard item.source == .stored, let own = type.equality ?? type.ordering, !own.sharesKeys(with: rule) else {
            return
        }
        item.source = .values
        item.rule = rules.count
        rules.append(rule)
    }

    /// Appends the assertion's key to the plan and to the item; gives the reason if it has none.
    mutating func appendKey(
        _ rule: MatchingRule, _ value: Span<UInt8>, _ environment: PlanEnvironment, to item: inout PlanItem
    ) -> UndefinedReason? {
        let start = octets.count
        do throws(SyntaxError) {
            try rule.appendKey(of: value, in: environment.schema, to: &octets)
        } catch {
            return .badValue(error.description)
        }
        item.keys = keys.count..<keys.count + 1
        keys.append(start..<octets.count)
        return nil
    }
}
