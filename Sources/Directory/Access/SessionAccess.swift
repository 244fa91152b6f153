import AttributeIndex
import ReusedMemory
import Schema

/// What one requester may do in one state of the directory: who it is was found out once, and for each entry only the rules
/// that cover it have to be. Kept by a connection from one request to the next, and used by one thread at a time.
///
/// It refers to the state by its number alone, so that a connection at rest keeps none alive.
public final class SessionAccess {
    /// The number of the view that it was made for.
    let viewNumber: UInt64
    let grants: AccessGrants
    /// Equal only for two sessions to which everything is open alike, whoever they are.
    let number: UInt64
    /// Where the requester's own entry is; nil where that makes no difference to what the rules give.
    let own: EntryPlace?
    /// The key of the requester's own entry; nil where there is none.
    private let ownKey: [UInt8]?
    private let filters: [TargetFilter]
    private var zone = AccessZone()
    /// For entries that are looked at beside the one being searched.
    private var aside = EntryScratch()

    init(_ requester: Requester, _ view: DirectoryView, _ policy: AccessPolicy) {
        viewNumber = view.number
        let entry = RequesterEntry(requester, view.served)
        let levels = AccessGrants.levels(policy, requester, entry)
        own = levels.own == levels.others ? nil : entry.place
        ownKey = entry.place == nil ? nil : entry.key
        grants = view.served.grants(policy, levels)
        number = own == nil ? grants.number : AccessGrants.nextNumber()
        filters = policy.filters.enumerated().map { TargetFilter($0.element, $0.offset, view.environment) }
    }

    /// What may be done with an entry of the index. `entry` is where its parts are put as far as a rule looks at them.
    @inline(__always)
    func mask(
        of record: EntryView, _ view: DirectoryView, _ context: borrowing SegmentContext,
        _ entry: inout EntryScratch
    ) throws(SegmentError) -> AccessMask {
        if zone.segment == context.index, zone.range.contains(record.id), zone.depth < 0 || zone.depth == record.depth,
            let mask = zone.mask
        {
            return mask
        }
        return try find(record, view, context, &entry)
    }

    private func find(
        _ record: EntryView, _ view: DirectoryView, _ context: borrowing SegmentContext, _ entry: inout EntryScratch
    ) throws(SegmentError) -> AccessMask {
        if zone.enter(record, context, grants.policy, own: own) { try leaveOutRulesForNone(view, context) }
        guard !zone.rules.isDisjoint(with: grants.policy.filteredRules) else {
            let mask = grants.mask(zone.rules, isOwn: zone.isOwn)
            zone.mask = mask
            return mask
        }
        let rules = try filtered(zone.rules, record.id, view, context, &entry)
        if let known = zone.lastFiltered, known.rules == rules { return known.mask }
        let mask = grants.mask(rules, isOwn: zone.isOwn)
        zone.lastFiltered = (rules, mask)
        return mask
    }

    /// Leaves out of the zone the rules whose filter holds for no entry of its segment.
    private func leaveOutRulesForNone(
        _ view: DirectoryView, _ context: borrowing SegmentContext
    ) throws(SegmentError) {
        for (rule, filter) in grants.policy.filtersOfRules where zone.rules.contains(rule) {
            if try filters[filter].holdsForNone(view, context) { zone.rules.remove(rule) }
        }
    }

    /// Leaves out the rules whose filter does not hold for the entry.
    private func filtered(
        _ rules: RuleSet, _ id: EntryID, _ view: DirectoryView, _ context: borrowing SegmentContext,
        _ entry: inout EntryScratch
    ) throws(SegmentError) -> RuleSet {
        var rules = rules
        for (rule, filter) in grants.policy.filtersOfRules where rules.contains(rule) {
            if try !filters[filter].holds(for: id, view, context, &entry) { rules.remove(rule) }
        }
        return rules
    }

    /// The rules that cover an entry of the index, and whether it is the requester's own: for explanations.
    func covering(_ place: EntryPlace, _ view: DirectoryView) throws(SegmentError) -> (rules: RuleSet, isOwn: Bool) {
        aside.clear()
        let context = view.context(place.segment)
        if zone.enter(try context.segment.view(place.entry), context, grants.policy, own: own) {
            try leaveOutRulesForNone(view, context)
        }
        let rules = try filtered(zone.rules, place.entry, view, context, &aside)
        return (rules, zone.isOwn)
    }

    /// The mask of any entry of the index.
    func mask(of place: EntryPlace, _ view: DirectoryView) throws(SegmentError) -> AccessMask {
        let context = view.context(place.segment)
        // The entry before may have been another segment's.
        aside.clear()
        return try mask(of: try context.segment.view(place.entry), view, context, &aside)
    }

    /// The groups that an entry is a member of, as far as the requester may know: those that are disclosed to it, and of which
    /// it may see the members on the `level` asked for, or is the one concerned.
    func groups(
        ofEntry key: Span<UInt8>, _ level: AccessLevel, _ view: DirectoryView
    ) throws(SegmentError) -> [EntryPlace] {
        let isOwn = ownKey.map { key.isSame(as: $0.span) } ?? false
        var groups: [EntryPlace] = []
        try view.served.forEachGroup(ofEntry: key) { (place, type) throws(SegmentError) in
            guard !groups.contains(place) else { return }
            let mask = try mask(of: place, view)
            if mask.entry >= .disclose, isOwn || mask.grants(level, on: type) { groups.append(place) }
        }
        return groups
    }

    /// How many entries directly below one the requester may read, as a search of one level would return them; no more are
    /// counted than `limit`.
    func childCount(
        _ key: Span<UInt8>, limit: Int, _ view: DirectoryView
    ) throws(SegmentError) -> Int {
        var count = 0
        for segment in view.segmentIndices {
            var children = try view.segment(segment).children(ofKey: key)
            while count < limit, let child = try children.next(in: view.segment(segment)) {
                guard !view.served.isDead(segment, child) else { continue }
                if try mask(of: EntryPlace(segment: segment, entry: child), view).entry >= .read { count += 1 }
            }
        }
        return count
    }
}

/// Neighbouring entries that the same rules cover, but for what filters say.
struct AccessZone {
    var segment = Int.min
    var range: Range<EntryID> = 0..<0
    /// The one depth that it holds for; -1 for all.
    var depth = -1
    var rules = RuleSet.empty
    var isOwn = false
    /// What holds for all of them; nil where filters decide, and no entry passes by without.
    var mask: AccessMask?
    var lastFiltered: (rules: RuleSet, mask: AccessMask)?

    /// Finds the zone around an entry; false where it is the one that was found before.
    mutating func enter(
        _ record: EntryView, _ context: borrowing SegmentContext, _ policy: AccessPolicy, own: EntryPlace?
    ) -> Bool {
        if segment == context.index, range.contains(record.id), depth < 0 || depth == record.depth { return false }
        segment = context.index
        range = 0..<EntryID.max
        depth = -1
        rules = .empty
        mask = nil
        lastFiltered = nil
        for index in policy.regions.indices {
            let region = context.notes.regions[index]
            guard narrow(region.range, around: record.id) else { continue }
            if region.depth >= 0 { depth = record.depth }
            if region.depth < 0 || region.depth == record.depth { rules.formUnion(policy.rulesOfRegion[index]) }
        }
        isOwn = false
        if let own, own.segment == segment { isOwn = narrow(own.entry..<own.entry + 1, around: record.id) }
        return true
    }

    /// Keeps of the range what is on the entry's side of `other`'s ends; whether the entry is within `other`.
    private mutating func narrow(_ other: Range<EntryID>, around id: EntryID) -> Bool {
        guard !other.isEmpty else { return false }
        if other.contains(id) {
            range = range.clamped(to: other)
            return true
        }
        range = range.clamped(to: id < other.lowerBound ? 0..<other.lowerBound : other.upperBound..<EntryID.max)
        return false
    }
}

/// The entries of a segment that a rule's region is about.
struct SegmentRegion: Sendable {
    let range: Range<EntryID>
    /// The depth that they must have; -1 for any.
    let depth: Int

    init(_ region: AccessPolicy.Region, _ segment: Segment) throws(SegmentError) {
        switch region.kind {
        case .entry:
            depth = -1
            range = try segment.entry(withKey: region.key.span).map { $0..<$0 + 1 } ?? 0..<0
        case .subtree:
            depth = -1
            range = try segment.subtree(of: region.key.span)
        case .children:
            depth = DITKey.depth(of: region.key.span) + 1
            range = try segment.subtree(of: region.key.span)
        }
    }
}
