import Schema

/// Goes through the entries of a segment in their order: names, subtrees, what the records hold and what they say of it; and
/// gathers what the dictionaries must say in turn.
struct EntryCheck {
    private let segment: Segment
    private(set) var problems = SegmentProblems()
    /// What the records say of each attribute's dictionary.
    private(set) var tallies: [ValueTally]
    /// What the entries' names say of the dictionary of parents.
    private(set) var children: ValueTally
    /// False once a record could not be read to its end: then the tallies say less than they should.
    private(set) var isComplete = true

    private let parents: KeyDictionary
    private var attributes: [AttributeCheck]
    private var lastKey: [UInt8] = []
    private var key: [UInt8] = []
    private var aliases = 0
    private var referrals = 0

    init(_ segment: Segment) {
        self.segment = segment
        tallies = segment.rows.map(ValueTally.init)
        children = ValueTally(segment.parents)
        parents = KeyDictionary(row: segment.parents, bytes: segment.bytes, seed: segment.footer.seed)
        attributes = segment.attributes.indices.map { AttributeCheck(segment, $0) }
    }

    mutating func run() {
        for entry in 0..<segment.entryCount {
            do throws(SegmentError) {
                let view = try segment.view(entry)
                try name(view)
                try subtree(view)
                try child(view)
                try items(view)
            } catch {
                isComplete = false
                problems.note(.records, "entry \(entry): \(error)")
            }
        }
        if isComplete, aliases != Int(segment.aliasCount) || referrals != Int(segment.referralCount) {
            problems.note(.entries, "the numbers of aliases and referrals are not those of the entries")
        }
        do throws(SegmentError) { try hashTable() } catch { problems.note(.entryHash, error) }
    }

    /// The key must be that of the name, come after the one before, and lead back here.
    private mutating func name(_ view: EntryView) throws(SegmentError) {
        // A local, so that octets borrowed from it do not keep self from changing.
        let segment = segment
        let stored = try segment.octets(view.key)
        key.removeAll(keepingCapacity: true)
        let text = try BERContents.of(0x04, view.objectName, in: segment)
        if (try? segment.schema.appendDNKey(of: segment.octets(text), to: &key)) == nil || !key.span.equals(stored) {
            problems.note(.entries, "entry \(view.id): its name is not the one it is sorted by")
        }
        if view.id > 0, lastKey.span.compare(stored) >= 0 {
            problems.note(.entries, "entry \(view.id): it is out of order")
        }
        lastKey.removeAll(keepingCapacity: true)
        lastKey.append(copying: stored)
        if view.depth != DITKey.depth(of: stored) { problems.note(.entries, "entry \(view.id): its depth is wrong") }
        do throws(SegmentError) {
            if try segment.view(withKey: stored)?.key == view.key { return }
            problems.note(.entryHash, "entry \(view.id): it is not found by its name")
        } catch {
            problems.note(.entryHash, error)
        }
    }

    private mutating func subtree(_ view: EntryView) throws(SegmentError) {
        let end = view.subtreeEnd
        let isLastWithin = DITKey.isWithin(try segment.entryKey(end - 1), subtreeOf: lastKey.span)
        var isNextWithin = false
        if end < segment.entryCount {
            isNextWithin = DITKey.isWithin(try segment.entryKey(end), subtreeOf: lastKey.span)
        }
        guard isLastWithin, !isNextWithin else {
            return problems.note(.entries, "entry \(view.id): its subtree ends in the wrong place")
        }
    }

    /// The entry must have its place among its parent's children.
    private mutating func child(_ view: EntryView) throws(SegmentError) {
        let length = DITKey.parent(of: lastKey.span)
        guard length >= 0 else { return }
        do throws(SegmentError) {
            guard let found = try parents.find(lastKey.span.extracting(0..<length)) else {
                return problems.note(.children, "entry \(view.id): its parent has no list")
            }
            children.add(valueID: found.valueID)
            children.end(view.id)
        } catch {
            problems.note(.children, error)
        }
    }

    /// Slices must follow one another, each in the part of the record that its kind has; nothing may be left over.
    private mutating func items(_ view: EntryView) throws(SegmentError) {
        var items = segment.items(view)
        var place = view.userStart
        var idsSize = 0
        var flags: EntryFlags = []
        while let item = try items.next(in: segment) {
            let index = item.attribute
            let isOwn = item.slice.lowerBound == place
            if isOwn { place = item.slice.upperBound }
            if !attributes[index].mayStand(item.slice, isOwn: isOwn, view) {
                problems.note(.records, of: attributes[index].name, "entry \(view.id): it stands in the wrong place")
            }
            try attributes[index].check(item, of: view, &tallies[index], &problems)
            flags.formUnion(attributes[index].flags)
            idsSize += item.valueIDs.count * segment.idWidths[index]
        }
        if place != view.keyStart || idsSize != view.nameStart - view.idsStart {
            problems.note(.records, "entry \(view.id): its attributes do not fill it")
        }
        if flags != view.flags {
            problems.note(.entries, "entry \(view.id): its classes do not make it the alias, referral or entry it is")
        }
        if view.flags.contains(.alias) { aliases += 1 }
        if view.flags.contains(.referral) { referrals += 1 }
    }

    /// The table must hold one slot an entry: each is found, so there are no others.
    private mutating func hashTable() throws(SegmentError) {
        var used = 0
        for slot in 0..<Int(segment.footer.entrySlots)
        where try segment.bytes.uint64(at: segment.entryHash + SegmentFormat.entrySlotSize * slot) != 0 {
            used += 1
        }
        if used != Int(segment.entryCount) {
            problems.note(.entryHash, "\(used) slots are used for \(segment.entryCount) entries")
        }
    }
}
