import Schema

extension Segment {
    /// The entry with exactly this DIT key. One hash probe.
    public func entry(withKey key: Span<UInt8>) throws(SegmentError) -> EntryID? {
        try view(withKey: key)?.id
    }

    /// Where the parts of the entry with exactly this DIT key are. One hash probe, which leads to the record itself.
    public func view(withKey key: Span<UInt8>) throws(SegmentError) -> EntryView? {
        try view(withKey: key, hash: octetHash(key, seed: footer.seed))
    }

    func view(withKey key: Span<UInt8>, hash: UInt32) throws(SegmentError) -> EntryView? {
        let slots = Int(footer.entrySlots)
        guard slots > 0 else { return nil }
        let tag = UInt64(hash & 0xFFFF)
        let table = entryHash
        var slot = homeSlot(of: hash, slots: slots)
        for _ in 0..<slots {
            let content = try bytes.uint64(at: table + 8 * slot)
            if content == 0 { return nil }
            if content >> 48 == tag {
                // Slots hold the offset plus one; the sum is checked against the records' ends.
                let place =
                    records.lowerBound &+ Int(truncatingIfNeeded: content & UInt64(SegmentFormat.heapLimit)) &- 1
                let view = try EntryView(at: place, in: records, count: entryCount, bytes)
                if try octets(view.key).equals(key) { return view }
            }
            slot = slot + 1 == slots ? 0 : slot + 1
        }
        return nil
    }

    /// Where the parts of an entry are.
    @inline(__always)
    public func view(_ entry: EntryID) throws(SegmentError) -> EntryView {
        guard entry < entryCount else { throw .damaged("an entry's number is above the number of entries") }
        let row = entryTable &+ SegmentFormat.entryRowSize &* Int(entry)
        let offset = Int(truncatingIfNeeded: try bytes.uint64(at: row) & UInt64(SegmentFormat.heapLimit))
        let view = try EntryView(at: records.lowerBound &+ offset, in: records, count: entryCount, bytes)
        guard view.id == entry else { throw .damaged("an entry's record is another entry's") }
        return view
    }

    /// The DIT key.
    @_lifetime(borrow self)
    public func entryKey(_ entry: EntryID) throws(SegmentError) -> Span<UInt8> {
        try octets(view(entry).key)
    }

    /// The LDAPDN's text, as given.
    @_lifetime(borrow self)
    public func dn(_ entry: EntryID) throws(SegmentError) -> Span<UInt8> {
        try dn(view(entry))
    }

    /// The LDAPDN's text, as given.
    @_lifetime(borrow self)
    public func dn(_ view: EntryView) throws(SegmentError) -> Span<UInt8> {
        try octets(BERElement(at: view.objectName, bytes).contents)
    }

    /// How many RDNs the entry's name has.
    public func depth(_ entry: EntryID) throws(SegmentError) -> Int {
        try view(entry).depth
    }

    /// What kinds of special entry it is.
    public func flags(_ entry: EntryID) throws(SegmentError) -> EntryFlags {
        try view(entry).flags
    }

    /// An entry and all entries below it that this segment has.
    public func subtree(ofEntry entry: EntryID) throws(SegmentError) -> Range<EntryID> {
        try view(entry).subtree
    }

    /// The entries whose DIT keys are `key` or below it, whether or not the entry itself is in this segment.
    public func subtree(of key: Span<UInt8>) throws(SegmentError) -> Range<EntryID> {
        guard key.count > 0 else { return 0..<entryCount }
        if let view = try view(withKey: key) { return view.subtree }
        let first = try lowerBound(key)
        var low = first
        var high = entryCount
        while low < high {
            let middle = low + (high - low) / 2
            if DITKey.isWithin(try entryKey(middle), subtreeOf: key) { low = middle + 1 } else { high = middle }
        }
        return first..<low
    }

    /// The first entry whose DIT key is not below `key` in octet order: where a search goes on from a position.
    public func lowerBound(_ key: Span<UInt8>) throws(SegmentError) -> EntryID {
        var low: EntryID = 0
        var high = entryCount
        while low < high {
            let middle = low + (high - low) / 2
            if try entryKey(middle).compare(key) < 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The attributes of an entry.
    public func items(_ view: EntryView) -> EntryItems {
        EntryItems(view)
    }

    /// The value IDs of one attribute of an entry; none when the entry does not have it or it has no dictionary.
    public func valueIDs(of view: EntryView, attribute: Int) throws(SegmentError) -> EntryValueIDs {
        var items = EntryItems(view)
        while let item = try items.next(in: self) {
            if item.attribute == attribute { return item.valueIDs }
        }
        return .none
    }

    /// Entries directly below the entry with this DIT key, which need not be in this segment itself.
    public func children(ofKey key: Span<UInt8>) throws(SegmentError) -> PostingCursor {
        let dictionary = KeyDictionary(row: parents, bytes: bytes, seed: footer.seed)
        guard let found = try dictionary.find(key) else { return .empty }
        let postings = PostingsReader(range: parents.postings, universe: entryCount)
        return try postings.cursor(found.reference, bytes)
    }

    /// How many entries are directly below the entry with this DIT key, which need not be in this segment itself.
    public func childCount(ofKey key: Span<UInt8>) throws(SegmentError) -> Int {
        try children(ofKey: key).count
    }

    /// How many names are deleted as of this segment.
    public var tombstoneCount: Int { Int(footer.tombstoneCount) }

    /// The DIT key of a deleted name; they ascend. `index` must be below `tombstoneCount`.
    @_lifetime(borrow self)
    public func tombstone(_ index: Int) throws(SegmentError) -> Span<UInt8> {
        let section = footer[.tombstones]
        guard index >= 0, index < tombstoneCount else { throw .damaged("there is no such deleted name") }
        let start = Int(try bytes.uint32(at: section.lowerBound + 4 * index))
        let end = Int(try bytes.uint32(at: section.lowerBound + 4 * index + 4))
        let keys = section.lowerBound + 4 * (tombstoneCount + 1)
        guard start <= end, end <= section.upperBound - keys else {
            throw .damaged("a deleted name lies outside its section")
        }
        return try octets(keys + start..<keys + end)
    }

    /// Whether a name is deleted as of this segment.
    func hasTombstone(_ key: Span<UInt8>) throws(SegmentError) -> Bool {
        var low = 0
        var high = tombstoneCount
        while low < high {
            let middle = low + (high - low) / 2
            let order = try tombstone(middle).compare(key)
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }
}
