import Schema

/// What the builder keeps of an entry beside its octets in the arena.
struct EntryDraft: Sendable {
    let place: RecordArena.Place
    /// Where its DIT key is in its octets.
    let keyStart: UInt32
    let keyCount: UInt32
    let hash: UInt32
    /// The number of its parent's key plus one; 0 for the empty name.
    let parent: UInt32
    let depth: UInt16
    let flags: EntryFlags

    /// Where its DIT key is in its chunk of the arena.
    var key: Range<Int> {
        let start = Int(place.start) + Int(keyStart)
        return start..<start + Int(keyCount)
    }
}

/// The names of the entries so far, as a hash table over drafts.
struct EntryNames: Sendable {
    /// Arrival number plus one; zero is empty.
    private var slots: [UInt32] = []

    func isNew(_ key: Span<UInt8>, hash: UInt32, _ drafts: [EntryDraft], _ arena: RecordArena) -> Bool {
        guard !slots.isEmpty else { return true }
        var slot = homeSlot(of: hash, slots: slots.count)
        while slots[slot] != 0 {
            let draft = drafts[Int(slots[slot] - 1)]
            if draft.hash == hash {
                let chunk = arena.chunk(draft.place)
                if chunk.span.extracting(draft.key).equals(key) { return false }
            }
            slot = slot + 1 == slots.count ? 0 : slot + 1
        }
        return true
    }

    /// Adds the last of the drafts.
    mutating func insert(hash: UInt32, _ drafts: [EntryDraft]) {
        if drafts.count * 10 > slots.count * 7 {
            slots = [UInt32](repeating: 0, count: max(16, slots.count * 2))
            for (index, draft) in drafts.enumerated() { put(index, draft.hash) }
        } else {
            put(drafts.count - 1, hash)
        }
    }

    private mutating func put(_ index: Int, _ hash: UInt32) {
        var slot = homeSlot(of: hash, slots: slots.count)
        while slots[slot] != 0 { slot = slot + 1 == slots.count ? 0 : slot + 1 }
        slots[slot] = UInt32(truncatingIfNeeded: index + 1)
    }
}

/// The parts of the record that is being added; its arrays are used again for each.
///
/// In the arena a record is: the lengths of key, items, objectName, user, operational and hidden slices and the number of value
/// numbers, UInt32 each; the value numbers UInt32; then key, items, objectName and slices as they will stand in the file.
struct RecordScratch: Sendable {
    static let headerSize = 28

    var columns: [Int] = []
    var items: [UInt8] = []
    var ids: [UInt32] = []
    var slices: [UInt8] = []
    var sizes = [0, 0, 0]
    var key: [UInt8] = []
    private(set) var record: [UInt8] = []

    /// Where the key stands in `record`.
    var keyStart: Int { RecordScratch.headerSize + 4 * ids.count }

    mutating func removeAll() {
        columns.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        slices.removeAll(keepingCapacity: true)
    }

    /// Appends a PartialAttribute (RFC 4511 section 4.1.7).
    @inline(__always)
    mutating func encode(_ values: [[UInt8]], nameElement: [UInt8]) {
        let values = values.span
        var setSize = 0
        for index in values.indices { setSize += BERLength.headerSize(values[index].count) + values[index].count }
        let contents = nameElement.count + BERLength.headerSize(setSize) + setSize
        BERLength.append(tag: 0x30, count: contents, to: &slices)
        slices.append(contentsOf: nameElement)
        BERLength.append(tag: 0x31, count: setSize, to: &slices)
        for index in values.indices {
            BERLength.append(tag: 0x04, count: values[index].count, to: &slices)
            slices.append(contentsOf: values[index])
        }
    }

    /// Puts the parts together in `record`.
    mutating func assemble(_ dn: DistinguishedName) {
        let nameCount = dn.text.utf8.count
        let nameSize = BERLength.headerSize(nameCount) + nameCount
        record.removeAll(keepingCapacity: true)
        for size in [dn.key.count, items.count, nameSize, sizes[0], sizes[1], sizes[2], ids.count] {
            record.append(littleEndian: UInt32(truncatingIfNeeded: size))
        }
        for id in ids { record.append(littleEndian: id) }
        record.append(contentsOf: dn.key)
        record.append(contentsOf: items)
        BERLength.append(tag: 0x04, count: nameCount, to: &record)
        record.append(contentsOf: dn.text.utf8)
        record.append(contentsOf: slices)
    }
}

/// A record in the arena, taken apart again.
struct DraftView {
    let key: Range<Int>
    let items: Range<Int>
    let ids: Range<Int>
    /// objectName and all slices.
    let rest: Range<Int>
    let sizes: [Int]

    init(_ record: Span<UInt8>) {
        func size(_ index: Int) -> Int { Int(record.littleEndian32(at: 4 * index)) }
        ids = RecordScratch.headerSize..<RecordScratch.headerSize + 4 * size(6)
        key = ids.upperBound..<ids.upperBound + size(0)
        items = key.upperBound..<key.upperBound + size(1)
        rest = items.upperBound..<record.count
        sizes = [size(2), size(3), size(4), size(5)]
    }
}
