import AttributeIndex
import LDAP
import ReusedMemory
import Schema

/// The filter of a rule, compiled, and what it was resolved to in each segment. It is evaluated on all of an entry, since it
/// says what the entry is like and not what the requester may know of it.
final class TargetFilter {
    private var plan = FilterPlan()
    private var groups = GroupMembership()
    private var segments: [Int: ResolvedFilter] = [:]
    private var last: ResolvedFilter?
    /// Its number in the policy.
    private let number: Int
    private var resolvesGroups: Bool

    /// The filter of a search request, with its number in the policy.
    init(_ request: [UInt8], _ number: Int, _ environment: PlanEnvironment) {
        self.number = number
        var fields = SearchRequestFields()
        var filter = FlatFilter()
        if (try? RequestReader(request.span).searchRequest(into: &fields, filter: &filter)) != nil {
            plan.compile(filter, pdu: request.span, environment)
        }
        // What the schema does not know no entry has: False, so that a NOT around it holds.
        plan.decideUndefined()
        resolvesGroups = plan.asksForGroups
    }

    /// Whether it holds for no entry of a segment at all.
    func holdsForNone(_ view: DirectoryView, _ context: borrowing SegmentContext) throws(SegmentError) -> Bool {
        try resolve(view, context).plan.estimates[0] == 0
    }

    /// Whether an entry is as the filter says.
    func holds(
        for id: EntryID, _ view: DirectoryView, _ context: borrowing SegmentContext, _ entry: inout EntryScratch
    ) throws(SegmentError) -> Bool {
        let resolved = try resolve(view, context)
        if let entries = resolved.entries { return entries.contains(id) }
        _ = try entry.set(id, in: context.segment)
        var work = 0
        // For as long as the rule looks at the entry, nothing is closed.
        let restriction = entry.lift()
        defer { entry.restrict(restriction) }
        return try resolved.plan.evaluate(0, known: -1, plan, groups, context, &entry, &work) == .isTrue
    }

    private func resolve(
        _ view: DirectoryView, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> ResolvedFilter {
        if let last, last.segment == context.index { return last }
        if resolvesGroups {
            try groups.resolve(plan, view.served)
            resolvesGroups = false
        }
        let resolved = segments[context.index] ?? ResolvedFilter(context.index)
        if segments[context.index] == nil {
            try resolved.plan.resolve(plan, context, groups: groups)
            resolved.entries = try view.served.entrySet(number, context.index) { () throws(SegmentError) in
                try EntrySet(plan, resolved.plan, context.segment)
            }
            segments[context.index] = resolved
        }
        last = resolved
        return resolved
    }
}

/// A filter in one segment.
private final class ResolvedFilter {
    let segment: Int
    var plan = SegmentPlan()
    /// The entries that it holds for, where they are known.
    var entries: EntrySet?

    init(_ segment: Int) { self.segment = segment }
}
