import ReusedMemory
import Schema

/// What the builder keeps of an entry beside its octets in the arena.
struct EntryDraft: Sendable {
    var place: RecordArena.Place
    /// Where its DIT key is in its octets.
    let keyStart: UInt32
    let keyCount: UInt32
    let hash: UInt32
    /// The number of its parent's key plus one; 0 for the empty name.
    let parent: UInt32
    let depth: UInt16
    let flags: EntryFlags
    /// Which part of the build numbered its keys (see `SegmentBuilder.absorb`).
    var part: UInt8 = 0

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

/// The attributes of one kind of the entry that is being added.
struct DraftSection: ~Copyable, Sendable {
    var items = ReusedList<UInt8>(capacity: 128)
    var ids = ReusedList<UInt32>(capacity: 64)
    var slices = ReusedList<UInt8>(capacity: 1024)

    mutating func removeAll() {
        items.removeAll()
        ids.removeAll()
        slices.removeAll()
    }

    /// Appends a PartialAttribute (RFC 4511 section 4.1.7).
    mutating func encode(_ attribute: EntryFields.Attribute, of fields: borrowing EntryFields, name: Span<UInt8>) {
        var setSize = 0
        var value = attribute.first
        while value >= 0 {
            let count = fields.value(value).count
            setSize += BERLength.headerSize(count) + count
            value = fields.value(after: value)
        }
        BERLength.append(tag: 0x30, count: name.count + BERLength.headerSize(setSize) + setSize, to: &slices)
        slices.append(copying: name)
        BERLength.append(tag: 0x31, count: setSize, to: &slices)
        value = attribute.first
        while value >= 0 {
            let octets = fields.value(value)
            BERLength.append(tag: 0x04, count: octets.count, to: &slices)
            slices.append(copying: octets)
            value = fields.value(after: value)
        }
    }

    /// Appends an item of the record's directory: column and whether the slice is shared, the slice's length, its number
    /// where it is shared, and how many values there are.
    mutating func appendItem(column: Int, length: Int, shared: Int?, valueCount: Int) {
        Varint.append(UInt64(truncatingIfNeeded: column << 1 | (shared == nil ? 0 : 1)), to: &items)
        Varint.append(UInt64(truncatingIfNeeded: length), to: &items)
        if let shared { Varint.append(UInt64(truncatingIfNeeded: shared), to: &items) }
        Varint.append(UInt64(truncatingIfNeeded: valueCount), to: &items)
    }
}

/// The entry that is being added; its lists are used again for each.
///
/// In the arena a record is: the lengths of key, items, objectName, user, operational and hidden slices and the number of key
/// numbers, UInt32 each; the key numbers plus one UInt32, 0 where a value has no key; then key, items, objectName and slices.
struct DraftScratch: ~Copyable, Sendable {
    static let headerSize = 28

    var user = DraftSection()
    var operational = DraftSection()
    var hidden = DraftSection()
    private(set) var record = ReusedList<UInt8>(capacity: 2048)
    /// Where the key stands in `record`.
    private(set) var keyStart = 0

    mutating func removeAll() {
        user.removeAll()
        operational.removeAll()
        hidden.removeAll()
    }

    /// Puts the parts together in `record`: user attributes first, then operational ones, then hidden ones.
    mutating func assemble(_ fields: borrowing EntryFields) {
        let nameSize = BERLength.headerSize(fields.name.count) + fields.name.count
        let idCount = user.ids.count + operational.ids.count
        record.removeAll()
        record.append(littleEndian: fields.key.count)
        record.append(littleEndian: user.items.count + operational.items.count + hidden.items.count)
        record.append(littleEndian: nameSize)
        record.append(littleEndian: user.slices.count)
        record.append(littleEndian: operational.slices.count)
        record.append(littleEndian: hidden.slices.count)
        record.append(littleEndian: idCount)
        for index in user.ids.indices { record.append(littleEndian: Int(user.ids[index])) }
        for index in operational.ids.indices { record.append(littleEndian: Int(operational.ids[index])) }
        keyStart = record.count
        record.append(copying: fields.key.span)
        record.append(user.items)
        record.append(operational.items)
        record.append(hidden.items)
        BERLength.append(tag: 0x04, count: fields.name.count, to: &record)
        record.append(copying: fields.name.span)
        record.append(user.slices)
        record.append(operational.slices)
        record.append(hidden.slices)
    }
}

extension ReusedList<UInt8> {
    /// Appends what another list holds.
    @inline(__always)
    mutating func append(_ other: borrowing ReusedList<UInt8>) { append(copying: other.span) }

    /// Appends the low 32 bits of a number.
    @inline(__always)
    mutating func append(littleEndian number: Int) {
        append(UInt8(truncatingIfNeeded: number))
        append(UInt8(truncatingIfNeeded: number >> 8))
        append(UInt8(truncatingIfNeeded: number >> 16))
        append(UInt8(truncatingIfNeeded: number >> 24))
    }
}

/// A record in the arena, taken apart again.
struct DraftView {
    let key: Range<Int>
    let items: Range<Int>
    let ids: Range<Int>
    let name: Range<Int>
    let user: Range<Int>
    let operational: Range<Int>
    let hidden: Range<Int>

    @inline(__always)
    init(_ record: Span<UInt8>) {
        func size(_ index: Int) -> Int { Int(record.littleEndian32(at: 4 * index)) }
        ids = DraftScratch.headerSize..<DraftScratch.headerSize + 4 * size(6)
        key = ids.upperBound..<ids.upperBound + size(0)
        items = key.upperBound..<key.upperBound + size(1)
        name = items.upperBound..<items.upperBound + size(2)
        user = name.upperBound..<name.upperBound + size(3)
        operational = user.upperBound..<user.upperBound + size(4)
        hidden = operational.upperBound..<record.count
    }
}
