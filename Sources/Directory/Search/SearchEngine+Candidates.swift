import AttributeIndex
import BER
import LDAP
import ReusedMemory
import Schema

extension SearchEngine {
    /// Goes on from the place where the page before ended.
    mutating func skipToPage() {
        guard let position = page?.position else { return }
        rootIndex = Int(position.scope)
        segmentIndex = Int(position.segment) - 1
    }

    /// Turns to the next segment of the root, or the first of the next root; false where the search is over.
    mutating func nextSegment(_ view: DirectoryView) -> Bool {
        segmentIndex += 1
        while rootIndex < roots.count {
            if roots[rootIndex].kind.isSingleEntry {
                // A page that ended in a single entry's segment resumes in the same, so it is not skipped.
                segmentIndex = max(segmentIndex, roots[rootIndex].place.segment)
                if segmentIndex == roots[rootIndex].place.segment { return true }
            } else if segmentIndex < view.segmentIndices.upperBound {
                return true
            }
            rootIndex += 1
            segmentIndex = 0
        }
        finish()
        return false
    }

    /// Plans the search of one segment; where there is anything to search, the stage says how it begins.
    mutating func enterSegment(_ context: borrowing SegmentContext) throws(SegmentError) {
        entry.clear()
        guard try !hasNothing(context) else { return }
        range = try entries(context)
        // The page before ended at a candidate of this segment, and its references had come by then.
        var resumes = false
        if let position = page?.position, Int(position.scope) == rootIndex, Int(position.segment) == segmentIndex {
            resumes = true
            range = range.clamped(to: min(position.entry, range.upperBound)..<range.upperBound)
        }
        guard !range.isEmpty else { return }
        if try !beginWithOneList(context) {
            if resolvedFor != ObjectIdentifier(context.segment) {
                try segmentPlan.resolve(plan, context, groups: groups)
                resolvedFor = ObjectIdentifier(context.segment)
            }
            try chooseSources(context)
        }
        if !manageDsaIT, !roots[rootIndex].kind.isSingleEntry, !resumes, context.segment.referralCount > 0 {
            references = try context.referrals()
            stage = .references
        } else {
            beginCandidates(context)
        }
    }

    /// Whether the look-up that most searches are finds nothing in a segment, as in most small ones of recent changes: the list
    /// is looked at before the range of the root's entries, which takes longer to find.
    private func hasNothing(_ context: borrowing SegmentContext) throws(SegmentError) -> Bool {
        guard plan.isOneEquality, !segmentPlan.countsEverything, roots[rootIndex].kind.isTree,
            roots[rootIndex].place.segment != context.index, manageDsaIT || context.segment.referralCount == 0,
            let list = try plan.list(context)
        else { return false }
        return list.count == 0
    }

    /// The entries of the root that the segment has, and for some scopes more.
    private mutating func entries(_ context: borrowing SegmentContext) throws(SegmentError) -> Range<EntryID> {
        let place = roots[rootIndex].place
        if roots[rootIndex].kind.isSingleEntry { return place.entry..<place.entry + 1 }
        guard place.segment == context.index else {
            let key = roots[rootIndex].key
            return try context.segment.subtree(of: key.span)
        }
        let range = place.entry..<roots[rootIndex].subtreeEnd
        return roots[rootIndex].kind == .subtree ? range : range.dropFirst()
    }

    /// The look-up that most searches are: a filter of one equality item, whose entries are one list. There is nothing to plan.
    /// False for every other search.
    private mutating func beginWithOneList(_ context: borrowing SegmentContext) throws(SegmentError) -> Bool {
        usesOneList = false
        guard plan.isOneEquality, !segmentPlan.countsEverything, roots[rootIndex].kind.isTree,
            let list = try plan.list(context)
        else { return false }
        entryDepth = -1
        looksAtFlags = context.notes.hasSpecialEntries
        stream.begin(range, only: list, known: 0)
        usesOneList = true
        return true
    }

    private mutating func chooseSources(_ context: borrowing SegmentContext) throws(SegmentError) {
        var scan = PostingCursor(range: range)
        entryDepth = -1
        let isSingleEntry = roots[rootIndex].kind.isSingleEntry
        looksAtFlags = !isSingleEntry && context.notes.hasSpecialEntries
        if roots[rootIndex].kind == .children {
            let key = roots[rootIndex].key
            entryDepth = DITKey.depth(of: key.span) + 1
            let children = try context.segment.children(ofKey: key.span)
            if children.count < scan.count { scan = children }
        }
        if isSingleEntry {
            stream.begin(range, only: scan)
        } else {
            try stream.chooseSources(plan, segmentPlan, groups, context, scan: scan)
            stream.begin(range)
        }
    }

    mutating func beginCandidates(_ context: borrowing SegmentContext) {
        // With rules, what is returned depends on the entry.
        if access == nil || context.isVirtual { selection.prepare(context) }
        usesBitmap = page != nil && !stream.isOrdered
        if usesBitmap {
            bitmap.reset(range)
            stage = .fill
        } else {
            stage = .candidates
        }
    }

    /// Collects the candidates of several sources, so that a page can go through them in order.
    mutating func fillBitmap(
        _ context: borrowing SegmentContext, work: inout Int, limit: Int
    ) throws(SegmentError) {
        while true {
            switch try stream.next(plan, segmentPlan, groups, context, work: &work, limit: limit) {
            case .entry(let id):
                guard mayExamine() else { return }
                bitmap.insert(id)
            case .pause: return
            case .end:
                stage = .candidates
                return
            }
            if work >= limit { return }
        }
    }

    /// Answers what matches, until the budget is used up or the segment has no more candidates.
    mutating func answerCandidates(
        _ context: borrowing SegmentContext, into writer: inout BERWriter, work: inout Int, limit: Int, octets: Int
    ) throws(SegmentError) {
        while work < limit, writer.count < octets {
            guard let id = try nextCandidate(context, work: &work, limit: limit) else { return }
            guard usesBitmap || mayExamine() else { return }
            if context.notes.hasDead, context.served.isDead(context.index, id) { continue }
            guard try isInScope(id, context), try isReadable(id, context),
                try matches(id, context, &work)
            else { continue }
            guard mayAnswer(id) else { return }
            try writeEntry(context, into: &writer)
            entryCount += 1
        }
    }

    /// Whether one more entry may be looked at; ends the search where it may not.
    @inline(__always)
    private mutating func mayExamine() -> Bool {
        guard examinable > 0 else {
            finish(LDAPResult(.adminLimitExceeded, diagnosticMessage: "the search would look at too many entries"))
            return false
        }
        examinable -= 1
        return true
    }

    private mutating func nextCandidate(
        _ context: borrowing SegmentContext, work: inout Int, limit: Int
    ) throws(SegmentError) -> EntryID? {
        if usesBitmap {
            work += 1
            if let id = bitmap.next() { return id }
            stage = .nextSegment
            return nil
        }
        switch try stream.next(plan, segmentPlan, groups, context, work: &work, limit: limit) {
        case .entry(let id): return id
        case .pause: return nil
        case .end:
            stage = .nextSegment
            return nil
        }
    }

    /// Whether an entry within the range is within the scope, and of a kind that the search returns.
    private mutating func isInScope(_ id: EntryID, _ context: borrowing SegmentContext) throws(SegmentError) -> Bool {
        if entryDepth >= 0 {
            guard try context.segment.depth(id) == entryDepth else { return false }
        }
        if !looksAtFlags { return true }
        let flags = try context.segment.flags(id)
        if flags.isEmpty { return true }
        // Subentries are seen at the base only, or by asking for them (RFC 3672 section 3).
        if flags.contains(.subentry) { return false }
        if flags.contains(.referral), !manageDsaIT { return false }
        // What an alias names is searched in its stead (RFC 4511 section 4.5.1.3).
        return !flags.contains(.alias) || !derefAliases.dereferencesInSearching || isUnfollowedBase(id, context)
    }

    /// The base itself stays, where it is an alias that was not to be followed in finding it.
    private func isUnfollowedBase(_ id: EntryID, _ context: borrowing SegmentContext) -> Bool {
        !derefAliases.dereferencesBase && rootIndex == 0
            && roots[0].place == EntryPlace(segment: context.index, entry: id)
    }

    /// Whether the requester may read an entry; what it may ask of the entry is in `entry` afterwards.
    @inline(__always)
    private mutating func isReadable(
        _ id: EntryID, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> Bool {
        if access == nil || context.isVirtual { return true }
        return try admit(id, context)
    }

    private mutating func admit(_ id: EntryID, _ context: borrowing SegmentContext) throws(SegmentError) -> Bool {
        guard let access, let view = entry.accessView else { return false }
        let record = try entry.set(id, in: context.segment)
        let mask = try access.mask(of: record, view, context, &entry)
        guard mask.entry >= .read else { return false }
        entry.admit(id, mask)
        return true
    }

    private mutating func matches(
        _ id: EntryID, _ context: borrowing SegmentContext, _ work: inout Int
    ) throws(SegmentError) -> Bool {
        _ = try entry.set(id, in: context.segment)
        var known: Int
        if usesBitmap {
            known = -1
        } else {
            known = stream.known
            if known >= 0, access != nil, !isKnownOpen(known, context) {
                if usesOneList { return false }
                known = -1
            }
            if stream.mayRepeat {
                guard try stream.isFirst(known, plan, segmentPlan, groups, context, &entry, &work) else { return false }
            }
        }
        if known == 0 { return true }
        return try segmentPlan.evaluate(0, known: known, plan, groups, context, &entry, &work) == .isTrue
    }

    /// Whether the requester may ask what the index said to be True; else it has to be looked at as far as it may.
    private func isKnownOpen(_ node: Int, _ context: borrowing SegmentContext) -> Bool {
        guard plan.nodes[node].kind == .item else { return false }
        let item = plan.nodes[node].item
        guard usesOneList else { return segmentPlan.isWhollyOpen(item, plan, context, entry) }
        let attributes = context.segment.attributes(ofType: plan.items[item].type)
        guard attributes.count == 1, entry.isOpen(plan.items[item].type) else { return false }
        return entry.isOpen(context.segment.attributes[Int(attributes[0])].description.type)
    }

    /// Whether one more entry is within the page and the size limit; ends the search where it is not.
    private mutating func mayAnswer(_ id: EntryID) -> Bool {
        if limits.entries > 0, entryCount >= limits.entries {
            finish(LDAPResult(.sizeLimitExceeded))
            return false
        }
        if let page, entryCount >= page.size {
            finish(
                .success,
                nextPage: PagePosition(
                    scope: UInt32(truncatingIfNeeded: rootIndex), segment: UInt32(truncatingIfNeeded: segmentIndex),
                    entry: id))
            return false
        }
        return true
    }
}

extension FilterPlan {
    /// The entries that one equality item asks for; nil where several of the segment's attributes count.
    fileprivate func list(_ context: borrowing SegmentContext) throws(SegmentError) -> PostingCursor? {
        let segment = context.segment
        let attributes = segment.attributes(ofType: items[0].type)
        guard attributes.count == 1, !context.isClosed(Int(attributes[0])) else { return nil }
        return try segment.match(Int(attributes[0]), equalTo: key(items[0].keys.lowerBound))?.postings ?? .empty
    }
}

extension SegmentContext {
    /// The entries that may be referrals: those with the object class.
    func referrals() throws(SegmentError) -> PostingCursor {
        try entries(ofClass: "referral")
    }

    /// The entries that may be aliases: those with the object class.
    func aliases() throws(SegmentError) -> PostingCursor {
        try entries(ofClass: "alias")
    }

    /// The entries of an object class; all entries where subclasses of it are about, which its list does not hold.
    private func entries(ofClass name: String) throws(SegmentError) -> PostingCursor {
        let all = PostingCursor(range: 0..<segment.entryCount)
        guard let objectClass = served.schema.objectClass(name), let type = served.environment.types.objectClass else {
            return .empty
        }
        let keys = served.environment.classKeys[objectClass.index]
        let attributes = segment.attributes(ofType: type)
        var found = PostingCursor.empty
        for index in attributes.indices {
            for key in keys {
                guard let value = try segment.valueID(Int(attributes[index]), equalTo: key.span) else { continue }
                if found.count > 0 { return all }
                found = try segment.postings(Int(attributes[index]), value)
            }
        }
        return found
    }
}
