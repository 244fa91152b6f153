import AttributeIndex
public import LDAP
import Schema

extension DirectoryView {
    /// Compares an assertion with an entry's values (RFC 4511 section 4.10), those of subtypes included.
    ///
    /// The checks come in OpenLDAP's order: the name (invalidDNSyntax), the attribute (undefinedAttributeType), the value
    /// (inappropriateMatching, invalidAttributeSyntax), then the entry. userPassword is compared for nobody:
    /// insufficientAccessRights, whether the entry has it or not.
    public func compare(
        _ request: CompareRequestFields, pdu: Span<UInt8>, identity: Identity, manageDsaIT: Bool
    ) -> LDAPResult {
        var baseKey: [UInt8] = []
        do throws(DNError) {
            try schema.appendDNKey(of: pdu.extracting(request.entry), to: &baseKey)
        } catch {
            return LDAPResult(.invalidDNSyntax, diagnosticMessage: "invalid DN")
        }
        guard
            let description = AttributeDescription(parsing: pdu.extracting(request.attribute), schema: schema)
        else { return LDAPResult(.undefinedAttributeType, diagnosticMessage: "attribute description undefined") }
        guard let rule = schema.attributeType(description.type).equality else {
            return LDAPResult(.inappropriateMatching, diagnosticMessage: "the attribute has no equality rule")
        }
        var plan = FilterPlan()
        let assertion = plan.assertion(description, rule, pdu.extracting(request.value), environment)
        if case .undefined(.badValue(let expected)) = assertion {
            return LDAPResult(.invalidAttributeSyntax, diagnosticMessage: expected)
        }
        do throws(SegmentError) {
            return try compare(plan, description, baseKey, pdu.extracting(request.entry), manageDsaIT)
        } catch {
            return LDAPResult(.other, diagnosticMessage: "the index is damaged")
        }
    }

    private func compare(
        _ plan: borrowing FilterPlan, _ description: AttributeDescription, _ key: [UInt8], _ name: Span<UInt8>,
        _ manageDsaIT: Bool
    ) throws(SegmentError) -> LDAPResult {
        if key.isEmpty { return try compare(plan, description, rootDSE, 0) }
        if key == environment.subschemaKey { return try compare(plan, description, subschema, 0) }
        guard served.isServed(key.span), let place = try served.closest(to: key.span) else {
            return LDAPResult(.noSuchObject)
        }
        let context = context(place.segment)
        let isFound = try context.segment.entryKey(place.entry).isSame(as: key.span)
        let isReferral = try context.segment.flags(place.entry).contains(.referral)
        guard isFound, manageDsaIT || !isReferral else {
            let matched = String(octets: try context.segment.dn(place.entry))
            let urls = isReferral ? try Referral.result(context, place.entry, target: name, scope: nil) : []
            return LDAPResult(urls.isEmpty ? .noSuchObject : .referral, matchedDN: matched, referral: urls)
        }
        return try compare(plan, description, context, place.entry)
    }

    private func compare(
        _ plan: borrowing FilterPlan, _ description: AttributeDescription, _ context: borrowing SegmentContext,
        _ entry: EntryID
    ) throws(SegmentError) -> LDAPResult {
        if environment.types.isHidden(description.type) { return LDAPResult(.insufficientAccessRights) }
        var groups = GroupMembership()
        try groups.resolve(plan, served)
        var segmentPlan = SegmentPlan()
        try segmentPlan.resolve(plan, context, groups: groups)
        var scratch = EntryScratch()
        _ = try scratch.set(entry, in: context.segment)
        var work = 0
        // Node 0 asks for the value, node 1 for the attribute.
        let holds = try segmentPlan.evaluate(0, known: -1, plan, groups, context, &scratch, &work)
        if holds == .isTrue { return LDAPResult(.compareTrue) }
        let isThere = try segmentPlan.evaluate(1, known: -1, plan, groups, context, &scratch, &work)
        return LDAPResult(isThere == .isTrue ? .compareFalse : .noSuchAttribute)
    }
}

extension FilterPlan {
    /// Makes the plan of a comparison: node 0 is an equality item, node 1 asks whether the attribute is there.
    mutating func assertion(
        _ description: AttributeDescription, _ rule: MatchingRule, _ value: Span<UInt8>,
        _ environment: PlanEnvironment
    ) -> Compiled {
        let type = environment.schema.attributeType(description.type)
        let compiled = equality(description, type, rule, value, environment)
        append(compiled)
        append(.item(blank(.present, description, environment)))
        return compiled
    }
}
