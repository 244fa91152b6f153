/// A look-up that is on its way through the cache: the hash of its key, and how far its octets were asked for.
///
/// A look-up in a cold index waits for memory four times, each time for what the last octets lead to. Many at once wait together:
/// begin a probe for each, advance each in turn until all have arrived, and only then look up.
///
/// ```swift
/// for request in batch { probes.append(segment.beginProbe(attribute, request.key)) }
/// for _ in 0..<KeyProbe.steps { for index in probes.indices { segment.advance(&probes[index]) } }
/// for request in batch { ... try segment.match(probe, equalTo: request.key) ... }
/// ```
/// All of it is advice: what it reads on its way is checked for bounds and then only prefetched, so that damage does no harm and is
/// found by the look-up itself. A plain value; one of another segment does no harm either.
public struct KeyProbe: Sendable, BitwiseCopyable {
    /// How often to advance a probe. Once more does nothing.
    public static let steps = 2

    enum Target: UInt8 {
        /// A slot of a dictionary.
        case valueSlot
        /// A row of a dictionary, and that of the one entry that has the value.
        case value
        /// A slot of the table of names.
        case nameSlot
        /// The header of a record.
        case record
        case done
    }

    let attribute: Int
    let hash: UInt32
    var target: Target
    /// What was asked for last: the offset of a slot, of a dictionary's row or of a record.
    var place: Int
    /// The offset of the row of the entry that has the value; -1 for none.
    var entryRow = -1
}

extension Segment {
    /// Octets of a record that are asked for: lines beyond them come by themselves once the first are read in order.
    private static let recordLimit = 512
    /// Where a few attributes are wanted, as in a search for many entries, they stand among the first.
    private static let recordBeginning = 512
    private static let keyLimit = 256
    /// Slots that are looked at for the key's, and octets of them that are asked for: few keys stand farther from home.
    private static let slotLimit = 16
    private static let slotOctets = 72

    /// Begins to look a key up in the dictionary of an attribute: its slot is asked for. Nil where no key can be found.
    public func beginProbe(_ attribute: Int, _ key: Span<UInt8>) -> KeyProbe? {
        guard attribute >= 0, attribute < rows.count, rows[attribute].hashSlots > 0 else { return nil }
        let hash = octetHash(key, seed: footer.seed)
        let slot = homeSlot(of: hash, slots: Int(rows[attribute].hashSlots))
        let place = rows[attribute].hash.lowerBound &+ 8 &* slot
        bytes.prefetch(place, Segment.slotOctets)
        return KeyProbe(attribute: attribute, hash: hash, target: .valueSlot, place: place)
    }

    /// Begins to look an entry up by its DIT key: its slot is asked for. Nil where there are no entries.
    public func beginProbe(entryWithKey key: Span<UInt8>) -> KeyProbe? {
        guard footer.entrySlots > 0 else { return nil }
        let hash = octetHash(key, seed: footer.seed)
        let place = entryHash &+ SegmentFormat.entrySlotSize &* homeSlot(of: hash, slots: Int(footer.entrySlots))
        bytes.prefetch(place, Segment.slotOctets)
        return KeyProbe(attribute: -1, hash: hash, target: .nameSlot, place: place)
    }

    /// Looks at what was asked for last, and asks for what it leads to.
    public func advance(_ probe: inout KeyProbe) {
        switch probe.target {
        case .valueSlot: advanceToValue(&probe)
        case .value: advanceToKey(&probe)
        case .nameSlot: advanceToRecord(&probe)
        case .record: finishRecord(&probe)
        case .done: break
        }
    }

    /// What `match(_:equalTo:)` gives for the key that the probe was begun with, which must be given again.
    public func match(_ probe: KeyProbe, equalTo key: Span<UInt8>) throws(SegmentError) -> ValueMatch? {
        try match(probe.attribute, equalTo: key, hash: probe.hash)
    }

    /// What `view(withKey:)` gives for the key that the probe was begun with, which must be given again.
    public func view(_ probe: KeyProbe, withKey key: Span<UInt8>) throws(SegmentError) -> EntryView? {
        try view(withKey: key, hash: probe.hash)
    }

    /// Asks for the row that leads to an entry: to be followed by `prefetchRecord`.
    public func prefetchRow(of entry: EntryID) {
        bytes.prefetch(entryTable &+ SegmentFormat.entryRowSize &* Int(entry), 2 &* SegmentFormat.entryRowSize)
    }

    /// Asks for the beginning of an entry's record.
    public func prefetchRecord(of entry: EntryID) {
        prefetchRecord(
            row: entryTable &+ SegmentFormat.entryRowSize &* Int(entry), limit: Segment.recordBeginning)
    }

    /// Asks for the dictionary's row of a value: to be followed by `prefetchKey`.
    public func prefetchRow(ofValue valueID: UInt32, _ attribute: Int) {
        guard attribute >= 0, attribute < rows.count else { return }
        bytes.prefetch(rows[attribute].rows.lowerBound &+ 8 &* Int(valueID), 12)
    }

    /// Asks for the key of a value.
    public func prefetchKey(_ valueID: UInt32, _ attribute: Int) {
        guard attribute >= 0, attribute < rows.count else { return }
        prefetchKey(row: rows[attribute].rows.lowerBound &+ 8 &* Int(valueID), attribute)
    }

    /// Asks for the row of the only entry that has a value, where there is but one: to be followed by `prefetchRecord`.
    public func prefetchRow(ofEntryWith valueID: UInt32, _ attribute: Int) {
        if let entry = onlyEntry(with: valueID, attribute) { prefetchRow(of: entry) }
    }

    /// Asks for the beginning of the record of the only entry that has a value, where there is but one.
    public func prefetchRecord(ofEntryWith valueID: UInt32, _ attribute: Int) {
        if let entry = onlyEntry(with: valueID, attribute) { prefetchRecord(of: entry) }
    }

    @inline(__always)
    private func onlyEntry(with valueID: UInt32, _ attribute: Int) -> EntryID? {
        guard attribute >= 0, attribute < rows.count,
            let reference = bytes.peek(rows[attribute].rows.lowerBound &+ 8 &* Int(valueID) &+ 4, as: UInt32.self)
        else { return nil }
        return reference < entryCount ? reference : nil
    }

    /// From the slot to the dictionary's row and, where one entry alone has the value, that entry's row.
    private func advanceToValue(_ probe: inout KeyProbe) {
        probe.target = .done
        guard probe.attribute >= 0, probe.attribute < rows.count else { return }
        let mask = rows[probe.attribute].idMask
        let tag = probe.hash &<< rows[probe.attribute].idBits
        for slot in 0..<Segment.slotLimit {
            guard let content = bytes.peek(probe.place &+ 8 &* slot, as: UInt64.self) else { return }
            let low = UInt32(truncatingIfNeeded: content)
            if low == 0 { return }
            guard (low ^ tag) & ~mask == 0 else { continue }
            probe.target = .value
            probe.place = rows[probe.attribute].rows.lowerBound &+ 8 &* Int((low & mask) &- 1)
            bytes.prefetch(probe.place, 12)
            let reference = UInt32(truncatingIfNeeded: content >> 32)
            if reference < entryCount {
                probe.entryRow = entryTable &+ SegmentFormat.entryRowSize &* Int(reference)
                bytes.prefetch(probe.entryRow, 2 &* SegmentFormat.entryRowSize)
            } else {
                let list = 4 &* Int(reference & ~PostingsFormat.listFlag)
                bytes.prefetch(rows[probe.attribute].postings.lowerBound &+ list, PostingsFormat.headerSize &+ 8)
            }
            return
        }
    }

    /// From the rows to the key and the record.
    private func advanceToKey(_ probe: inout KeyProbe) {
        probe.target = .done
        if probe.entryRow >= 0 { prefetchRecord(row: probe.entryRow, limit: Segment.recordLimit) }
        guard probe.attribute >= 0, probe.attribute < rows.count else { return }
        prefetchKey(row: probe.place, probe.attribute)
    }

    @inline(__always)
    private func prefetchKey(row: Int, _ attribute: Int) {
        guard let start = bytes.peek(row, as: UInt32.self), let end = bytes.peek(row &+ 8, as: UInt32.self)
        else { return }
        let length = min(Int(end) &- Int(start), Segment.keyLimit)
        bytes.prefetch(rows[attribute].keys.lowerBound &+ Int(start), length)
    }

    private func advanceToRecord(_ probe: inout KeyProbe) {
        probe.target = .done
        for slot in 0..<Segment.slotLimit {
            let place = probe.place &+ SegmentFormat.entrySlotSize &* slot
            guard let content = bytes.peek(place, as: UInt64.self), content != 0 else { return }
            guard content >> 48 == UInt64(probe.hash & 0xFFFF) else { continue }
            probe.target = .record
            probe.place = records.lowerBound &+ Int(truncatingIfNeeded: content & UInt64(SegmentFormat.heapLimit)) &- 1
            return bytes.prefetch(probe.place, EntryView.headerSize)
        }
    }

    private func finishRecord(_ probe: inout KeyProbe) {
        probe.target = .done
        var size = EntryView.headerSize
        for field in stride(from: 8, to: 36, by: 4) {
            size &+= Int(bytes.peek(probe.place &+ field, as: UInt32.self) ?? 0)
        }
        bytes.prefetch(probe.place, min(size, Segment.recordLimit))
        // The key stands at the end.
        if size > Segment.recordLimit { bytes.prefetch(probe.place &+ size &- 64, 64) }
    }

    /// The record that a row of the table of entries leads to; the next row's is where it ends.
    @inline(__always)
    private func prefetchRecord(row: Int, limit: Int) {
        guard let start = bytes.peek(row, as: UInt64.self),
            let end = bytes.peek(row &+ SegmentFormat.entryRowSize, as: UInt64.self)
        else { return }
        let offset = Int(truncatingIfNeeded: start & UInt64(SegmentFormat.heapLimit))
        // After the last row stands something else: the limit holds for that too.
        let size = Int(truncatingIfNeeded: end & UInt64(SegmentFormat.heapLimit)) &- offset
        bytes.prefetch(records.lowerBound &+ offset, size > 0 ? min(size, limit) : limit)
    }
}
