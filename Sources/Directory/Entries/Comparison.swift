import AttributeIndex
import LDAP
import ReusedMemory
import Schema

/// One comparison of an assertion with an entry's values (RFC 4511 section 4.10). Reused: one like the one before allocates
/// nothing.
struct Comparison: ~Copyable {
    private var name = ReusedList<UInt8>(capacity: 128)
    private var key: [UInt8] = []
    private var names = NameKeys()
    private var manageDsaIT = false
    private var isHidden = false
    private var type = AttributeTypeID(rawValue: 0)
    /// The result, where the request alone tells it.
    private var early: LDAPResult?
    private var plan = FilterPlan()
    private var groups = GroupMembership()
    private var segmentPlan = SegmentPlan()
    private var entry = EntryScratch()
    private var probe: KeyProbe?

    init() {}

    /// Reads a request; the index is not looked at yet.
    ///
    /// The checks come in OpenLDAP's order: the name (invalidDNSyntax), the attribute (undefinedAttributeType), the value
    /// (inappropriateMatching, invalidAttributeSyntax), then the entry.
    mutating func start(
        _ request: CompareRequestFields, _ pdu: Span<UInt8>, manageDsaIT: Bool, _ granted: GrantedView
    ) {
        self.manageDsaIT = manageDsaIT
        probe = nil
        name.replaceAll(with: pdu.extracting(request.entry))
        early = assert(request, pdu, granted.view)
    }

    private mutating func assert(
        _ request: CompareRequestFields, _ pdu: Span<UInt8>, _ view: DirectoryView
    ) -> LDAPResult? {
        let schema = view.schema
        key.clear()
        do throws(DNError) {
            try names.append(pdu.extracting(request.entry), view.environment, to: &key)
        } catch {
            return LDAPResult(.invalidDNSyntax, diagnosticMessage: "invalid DN")
        }
        guard let description = AttributeDescription(parsing: pdu.extracting(request.attribute), schema: schema) else {
            return LDAPResult(.undefinedAttributeType, diagnosticMessage: "attribute description undefined")
        }
        guard let rule = schema.attributeType(description.type).equality else {
            return LDAPResult(.inappropriateMatching, diagnosticMessage: "the attribute has no equality rule")
        }
        type = description.type
        isHidden = view.environment.types.isHidden(description.type)
        plan.clear()
        let assertion = plan.assertion(description, rule, pdu.extracting(request.value), view.environment)
        if case .undefined(.badValue(let expected)) = assertion {
            return LDAPResult(.invalidAttributeSyntax, diagnosticMessage: expected)
        }
        return nil
    }

    /// Asks for the entry's memory, step by step: see `SearchEngine.prefetch`.
    mutating func prefetch(_ step: Int, _ segment: Segment) {
        guard early == nil else { return }
        if step == 0 {
            probe = segment.beginProbe(entryWithKey: key.span)
        } else if var next = probe {
            segment.advance(&next)
            probe = next
        }
    }

    /// The comparison's result. userPassword is compared for nobody: insufficientAccessRights, whether the entry has it or not.
    mutating func result(_ granted: GrantedView) -> LDAPResult {
        if let early { return early }
        let view = granted.view
        do throws(SegmentError) {
            if key.isEmpty { return try compare(view.rootDSE(granted.rootDSE), 0, granted) }
            if key == view.environment.subschemaKey { return try compare(view.subschema, 0, granted) }
            guard view.served.isServed(key.span) else { return LDAPResult(.noSuchObject) }
            guard let place = try view.served.find(key.span) else { return try missing(granted) }
            let context = view.context(place.segment)
            if !manageDsaIT, try context.segment.flags(place.entry).contains(.referral), try granted.mayRefer(place) {
                return try elsewhere(place, granted)
            }
            guard try granted.mayCompare(place, type) else {
                return try granted.denial(at: place, key: key.span)
            }
            return try compare(context, place.entry, granted)
        } catch {
            return LDAPResult(.other, diagnosticMessage: "the index is damaged")
        }
    }

    /// There is no such entry: the one that was found on the way is named, or its referral given.
    private func missing(_ granted: GrantedView) throws(SegmentError) -> LDAPResult {
        guard let place = try granted.closest(to: key.span) else { return LDAPResult(.noSuchObject) }
        return try elsewhere(place, granted)
    }

    private func elsewhere(_ place: EntryPlace, _ granted: GrantedView) throws(SegmentError) -> LDAPResult {
        let context = granted.view.context(place.segment)
        var isReferral = try context.segment.flags(place.entry).contains(.referral)
        if isReferral { isReferral = try granted.mayRefer(place) }
        let urls = isReferral ? try Referral.result(context, place.entry, target: name.span, scope: nil) : []
        return LDAPResult(
            urls.isEmpty ? .noSuchObject : .referral, matchedDN: String(octets: try context.segment.dn(place.entry)),
            referral: urls)
    }

    private mutating func compare(
        _ context: borrowing SegmentContext, _ entry: EntryID, _ granted: GrantedView
    ) throws(SegmentError) -> LDAPResult {
        if isHidden { return LDAPResult(.insufficientAccessRights) }
        self.entry.begin(granted.access, granted.view, needing: .compare)
        try groups.resolve(plan, context.served)
        try segmentPlan.resolve(plan, context, groups: groups)
        self.entry.clear()
        let record = try self.entry.set(entry, in: context.segment)
        if let access = granted.access, !context.isVirtual {
            self.entry.admit(entry, try access.mask(of: record, granted.view, context, &self.entry))
        }
        // Node 0 asks for the value, node 1 for the attribute.
        if try isTrue(0, context) { return LDAPResult(.compareTrue) }
        return LDAPResult(try isTrue(1, context) ? .compareFalse : .noSuchAttribute)
    }

    /// Whether the entry satisfies the plan's node `index`.
    private mutating func isTrue(_ index: Int, _ context: borrowing SegmentContext) throws(SegmentError) -> Bool {
        var work = 0
        return try segmentPlan.evaluate(index, known: -1, plan, groups, context, &entry, &work) == .isTrue
    }
}

extension FilterPlan {
    /// Makes the plan of a comparison: node 0 is an equality item, node 1 asks whether the attribute is there.
    fileprivate mutating func assertion(
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
