import AttributeIndex
public import LDAP
import Schema

/// What a comparison is worked out in. Reused: a comparison like the one before allocates nothing.
public struct CompareScratch: ~Copyable {
    fileprivate var key: [UInt8] = []
    fileprivate var plan = FilterPlan()
    fileprivate var groups = GroupMembership()
    fileprivate var segmentPlan = SegmentPlan()
    fileprivate var entry = EntryScratch()

    /// Nothing yet.
    public init() {}
}

extension DirectoryView {
    /// Compares an assertion with an entry's values (RFC 4511 section 4.10), those of subtypes included.
    ///
    /// The checks come in OpenLDAP's order: the name (invalidDNSyntax), the attribute (undefinedAttributeType), the value
    /// (inappropriateMatching, invalidAttributeSyntax), then the entry. userPassword is compared for nobody:
    /// insufficientAccessRights, whether the entry has it or not.
    public func compare(
        _ request: CompareRequestFields, pdu: Span<UInt8>, identity: Identity, manageDsaIT: Bool,
        scratch: inout CompareScratch
    ) -> LDAPResult {
        scratch.key.clear()
        do throws(DNError) {
            try schema.appendDNKey(of: pdu.extracting(request.entry), to: &scratch.key)
        } catch {
            return LDAPResult(.invalidDNSyntax, diagnosticMessage: "invalid DN")
        }
        guard
            let description = AttributeDescription(parsing: pdu.extracting(request.attribute), schema: schema)
        else { return LDAPResult(.undefinedAttributeType, diagnosticMessage: "attribute description undefined") }
        guard let rule = schema.attributeType(description.type).equality else {
            return LDAPResult(.inappropriateMatching, diagnosticMessage: "the attribute has no equality rule")
        }
        scratch.plan.clear()
        let assertion = scratch.plan.assertion(description, rule, pdu.extracting(request.value), environment)
        if case .undefined(.badValue(let expected)) = assertion {
            return LDAPResult(.invalidAttributeSyntax, diagnosticMessage: expected)
        }
        do throws(SegmentError) {
            return try compare(description, pdu.extracting(request.entry), manageDsaIT, &scratch)
        } catch {
            return LDAPResult(.other, diagnosticMessage: "the index is damaged")
        }
    }

    private func compare(
        _ description: AttributeDescription, _ name: Span<UInt8>, _ manageDsaIT: Bool, _ scratch: inout CompareScratch
    ) throws(SegmentError) -> LDAPResult {
        if scratch.key.isEmpty { return try compare(description, rootDSE, 0, &scratch) }
        if scratch.key == environment.subschemaKey { return try compare(description, subschema, 0, &scratch) }
        guard served.isServed(scratch.key.span), let place = try served.closest(to: scratch.key.span) else {
            return LDAPResult(.noSuchObject)
        }
        let context = context(place.segment)
        let isFound = try context.segment.entryKey(place.entry).isSame(as: scratch.key.span)
        let isReferral = try context.segment.flags(place.entry).contains(.referral)
        guard isFound, manageDsaIT || !isReferral else {
            let matched = String(octets: try context.segment.dn(place.entry))
            let urls = isReferral ? try Referral.result(context, place.entry, target: name, scope: nil) : []
            return LDAPResult(urls.isEmpty ? .noSuchObject : .referral, matchedDN: matched, referral: urls)
        }
        return try compare(description, context, place.entry, &scratch)
    }

    private func compare(
        _ description: AttributeDescription, _ context: borrowing SegmentContext, _ entry: EntryID,
        _ scratch: inout CompareScratch
    ) throws(SegmentError) -> LDAPResult {
        if environment.types.isHidden(description.type) { return LDAPResult(.insufficientAccessRights) }
        try scratch.groups.resolve(scratch.plan, served)
        try scratch.segmentPlan.resolve(scratch.plan, context, groups: scratch.groups)
        scratch.entry.clear()
        _ = try scratch.entry.set(entry, in: context.segment)
        // Node 0 asks for the value, node 1 for the attribute.
        if try scratch.isTrue(0, context) { return LDAPResult(.compareTrue) }
        return LDAPResult(try scratch.isTrue(1, context) ? .compareFalse : .noSuchAttribute)
    }
}

extension CompareScratch {
    /// Whether the entry satisfies the plan's node `index`.
    fileprivate mutating func isTrue(
        _ index: Int, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> Bool {
        var work = 0
        return try segmentPlan.evaluate(index, known: -1, plan, groups, context, &entry, &work) == .isTrue
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
