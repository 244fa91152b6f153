import AttributeIndex
import LDAP
import Schema

/// The filter of a rule, compiled, and what it was resolved to in each segment. It is evaluated on all of an entry, since it
/// says what the entry is like and not what the requester may know of it.
final class TargetFilter {
    private var plan = FilterPlan()
    private var groups = GroupMembership()
    private var segments: [Int: ResolvedFilter] = [:]
    private var resolvesGroups: Bool

    /// The filter of a search request.
    init(_ request: [UInt8], _ environment: PlanEnvironment) {
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        if (try? RequestReader(request.span).searchRequest(into: &fields, filter: &filter)) != nil {
            plan.compile(filter, pdu: request.span, environment)
        }
        // What the schema does not know no entry has: False, so that a NOT around it holds.
        plan.decideUndefined()
        resolvesGroups = plan.asksForGroups
    }

    /// Whether an entry is as the filter says.
    func holds(
        for id: EntryID, _ view: DirectoryView, _ context: borrowing SegmentContext, _ entry: inout EntryScratch
    ) throws(SegmentError) -> Bool {
        if resolvesGroups {
            try groups.resolve(plan, view.served)
            resolvesGroups = false
        }
        let resolved = try resolve(context)
        _ = try entry.set(id, in: context.segment)
        var work = 0
        // For as long as the rule looks at the entry, nothing is closed.
        let restriction = entry.lift()
        defer { entry.restrict(restriction) }
        return try resolved.plan.evaluate(0, known: -1, plan, groups, context, &entry, &work) == .isTrue
    }

    private func resolve(_ context: borrowing SegmentContext) throws(SegmentError) -> ResolvedFilter {
        if let resolved = segments[context.index] { return resolved }
        let resolved = ResolvedFilter()
        try resolved.plan.resolve(plan, context, groups: groups)
        segments[context.index] = resolved
        return resolved
    }
}

/// A filter in one segment.
private final class ResolvedFilter {
    var plan = SegmentPlan()
}
