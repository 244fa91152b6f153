import AttributeIndex
import Schema

/// The attributes of an entry's name, which an extensible match with dnAttributes looks at too (RFC 4511 section 4.5.1.7.7).
enum DNAttributes {
    /// Whether one of the name's parts passes the item's test.
    static func hold(
        _ item: PlanItem, _ plan: borrowing FilterPlan, _ dn: Span<UInt8>, _ context: borrowing SegmentContext,
        _ entry: borrowing EntryScratch
    ) throws(SegmentError) -> Bool {
        let schema = context.served.schema
        guard let name = try? DistinguishedName(parsing: dn, schema: schema), item.rule >= 0 else { return false }
        let rule = plan.rules[item.rule]
        var key: [UInt8] = []
        for rdn in name.rdns {
            for part in rdn.assertions {
                guard let type = schema.attributeType(part.type), counts(type, item, rule, context.served.environment),
                    context.isVirtual || entry.isOpen(type.id)
                else { continue }
                key.removeAll(keepingCapacity: true)
                guard (try? rule.appendStoredKey(of: part.value.span, in: schema, to: &key)) != nil else { continue }
                if plan.test(item, key: key.span) { return true }
            }
        }
        return false
    }

    private static func counts(
        _ type: AttributeType, _ item: PlanItem, _ rule: MatchingRule, _ environment: PlanEnvironment
    ) -> Bool {
        if item.source == .everyFitting { return rule.applies(to: type) && !environment.types.isHidden(type.id) }
        return item.options < 0 && type.isSubtype(of: environment.schema.attributeType(item.type))
    }
}
