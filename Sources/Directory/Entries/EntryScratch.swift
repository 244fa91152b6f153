import AttributeIndex
import ReusedMemory
import Schema

/// The entry being looked at: its record's parts, and its attributes as far as they have been needed. Reused.
struct EntryScratch: ~Copyable {
    private(set) var view: EntryView?
    /// The attributes that were not read yet, once any were.
    private var rest: EntryItems?
    private var hasItems = false
    private(set) var items = ReusedList<EntryItem>(capacity: 32)

    /// Whose access is looked at, and in which state of the directory; nil where there are no rules.
    private(set) var access: SessionAccess?
    private(set) var accessView: DirectoryView?
    /// What holds for the entry `admitted`, and the level that a filter or a comparison needs on what it asks for.
    private(set) var mask: AccessMask?
    private var admitted: EntryID?
    private var needed = AccessLevel.search

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

    /// Turns to a requester: nothing of any entry is open to it before `admit`.
    mutating func begin(_ access: SessionAccess?, _ view: DirectoryView?, needing level: AccessLevel) {
        admitted = nil
        needed = level
        guard self.access !== access || accessView !== view else { return }
        self.access = access
        accessView = access == nil ? nil : view
        mask = nil
    }

    /// Opens the entry at hand as far as `mask` says.
    mutating func admit(_ id: EntryID, _ mask: AccessMask) {
        admitted = id
        if self.mask !== mask { self.mask = mask }
    }

    /// Whether the requester may ask for values of a type in the entry at hand.
    @inline(__always)
    func isOpen(_ type: AttributeTypeID) -> Bool {
        if access == nil { return true }
        guard let mask, let view, admitted == view.id else { return false }
        return mask.grants(needed, on: type)
    }

    /// The level that what is asked for has to have.
    var level: AccessLevel { needed }

    /// How many entries are directly below the one with a key, as far as the requester may read them; with rules, no more are
    /// counted than `limit`.
    func childCount(
        _ key: Span<UInt8>, limit: Int, _ context: borrowing SegmentContext
    ) throws(SegmentError) -> Int {
        guard let access, let accessView else { return try context.served.childCount(key) }
        return try access.childCount(key, limit: limit, accessView)
    }

    /// A requester that was put aside by `lift`.
    struct Restriction { fileprivate let access: SessionAccess? }

    /// Opens everything, for a rule that looks at the entry, until `restrict`.
    mutating func lift() -> Restriction {
        defer { access = nil }
        return Restriction(access: access)
    }

    mutating func restrict(_ restriction: Restriction) { access = restriction.access }

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
