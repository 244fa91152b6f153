import AttributeIndex
import ReusedMemory

/// The entry being looked at: its record's parts, and its attributes as far as they have been needed. Reused.
struct EntryScratch: ~Copyable {
    private(set) var view: EntryView?
    /// The attributes that were not read yet, once any were.
    private var rest: EntryItems?
    private var hasItems = false
    private(set) var items = ReusedList<EntryItem>(capacity: 32)

    /// Turns to another entry.
    mutating func set(_ view: EntryView, in segment: Segment) {
        self.view = view
        hasItems = false
        items.removeAll()
    }

    /// Turns to the entry with this ID, unless it is the one already.
    mutating func set(_ id: EntryID, in segment: Segment) throws(SegmentError) -> EntryView {
        if let view, view.id == id { return view }
        let found = try segment.view(id)
        set(found, in: segment)
        return found
    }

    /// Forgets the entry: the next one is of another segment.
    mutating func clear() {
        view = nil
        hasItems = false
        items.removeAll()
    }

    private mutating func begin(_ segment: Segment) {
        rest = view.map(segment.items)
        hasItems = true
    }

    /// The entry's attribute with this index in the segment; nil if it does not have it.
    @inline(__always)
    mutating func item(_ attribute: Int, in segment: Segment) throws(SegmentError) -> EntryItem? {
        for index in items.indices where items[index].attribute == attribute { return items[index] }
        if !hasItems { begin(segment) }
        while let item = try rest?.next(in: segment) {
            items.append(item)
            if item.attribute == attribute { return item }
        }
        return nil
    }

    /// Reads on until `items[index]` is there; false when the entry has no more than `index` attributes. To be called with
    /// ascending indices.
    @inline(__always)
    mutating func read(upTo index: Int, in segment: Segment) throws(SegmentError) -> Bool {
        if index < items.count { return true }
        if !hasItems { begin(segment) }
        guard let item = try rest?.next(in: segment) else { return false }
        items.append(item)
        return true
    }
}
