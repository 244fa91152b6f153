/// Where the parts of one entry are in its segment. A plain value: nothing is copied or kept alive by it.
///
/// A record is
///
///     varints      entry ID, then the lengths of: key, items, value IDs, objectName, user, operational, hidden
///     key          the DIT key
///     items        for each attribute in the order of the slices: attribute index times two (plus one if its slice is shared),
///                  slice length, for a shared slice its offset in the shared slices, number of values; all varints
///     value IDs    for each value of each item whose attribute has a dictionary: its value ID plus one, in as many octets as
///                  the attribute's highest needs; zero for a value that has no key
///     objectName   LDAPDN with tag and length, as SearchResultEntry carries it (RFC 4511 section 4.5.2)
///     user         PartialAttributes, contiguous: what `*` asks for is one copy
///     operational  PartialAttributes but for the shared ones
///     hidden       PartialAttributes never shown: userPassword
public struct EntryView: Sendable {
    /// The entry.
    public let id: EntryID
    let keyStart: Int
    let itemsStart: Int
    let idsStart: Int
    let nameStart: Int
    let userStart: Int
    let operationalStart: Int
    let hiddenStart: Int
    let end: Int

    /// The DIT key.
    public var key: Range<Int> { keyStart..<itemsStart }
    /// The objectName: a whole LDAPDN element.
    public var objectName: Range<Int> { nameStart..<userStart }
    /// The user attributes: whole PartialAttribute elements.
    public var userAttributes: Range<Int> { userStart..<operationalStart }
    /// objectName and user attributes are neighbours, but the PartialAttributeList's header goes between them.
    var hiddenAttributes: Range<Int> { hiddenStart..<end }

    /// Reads the record at `offset`, in absolute octets.
    @inline(__always)
    init(at offset: Int, in records: Range<Int>, _ bytes: SegmentBytes) throws(SegmentError) {
        guard offset >= records.lowerBound, offset < records.upperBound else {
            throw .damaged("an entry lies outside the records")
        }
        var place = offset
        let limit = records.upperBound
        let number = try bytes.varint(at: &place, end: limit)
        guard number < UInt64(SegmentFormat.entryLimit) else { throw .damaged("an entry's number is too large") }
        id = UInt32(truncatingIfNeeded: number)
        let key = try bytes.length(at: &place, end: limit)
        let items = try bytes.length(at: &place, end: limit)
        let ids = try bytes.length(at: &place, end: limit)
        let name = try bytes.length(at: &place, end: limit)
        let user = try bytes.length(at: &place, end: limit)
        let operational = try bytes.length(at: &place, end: limit)
        let hidden = try bytes.length(at: &place, end: limit)
        // Each length is below 2^48, so the sums cannot overflow.
        keyStart = place
        itemsStart = keyStart &+ key
        idsStart = itemsStart &+ items
        nameStart = idsStart &+ ids
        userStart = nameStart &+ name
        operationalStart = userStart &+ user
        hiddenStart = operationalStart &+ operational
        end = hiddenStart &+ hidden
        guard end <= limit else { throw .damaged("an entry runs over the end of the records") }
    }
}

extension SegmentBytes {
    /// A length as a varint, below 2^48.
    @inline(__always)
    func length(at offset: inout Int, end: Int) throws(SegmentError) -> Int {
        let number = try varint(at: &offset, end: end)
        guard number <= UInt64(SegmentFormat.heapLimit) else { throw .damaged("a length is too large") }
        return Int(truncatingIfNeeded: number)
    }
}

/// One attribute of one entry.
public struct EntryItem: Sendable {
    /// The index of the attribute in `Segment.attributes`.
    public let attribute: Int
    /// The PartialAttribute, a whole element.
    public let slice: Range<Int>
    /// How many values it has.
    public let valueCount: Int
    /// The value IDs; empty where the attribute has no dictionary.
    public let valueIDs: EntryValueIDs
}

/// The value IDs of one attribute of one entry, in the order of its values.
public struct EntryValueIDs: Sendable {
    /// How many there are: one a value, or none where the attribute has no dictionary.
    public let count: Int
    let start: Int
    let width: Int

    static var none: EntryValueIDs { EntryValueIDs(count: 0, start: 0, width: 1) }

    /// The value ID of a value; nil for one that has no key (its rule refused it), which matches nothing.
    /// `index` must be below `count`.
    @inline(__always)
    public func valueID(_ index: Int, in segment: Segment) throws(SegmentError) -> UInt32? {
        guard index >= 0, index < count else { throw .damaged("an entry has fewer values than were asked for") }
        var number: UInt32 = 0
        let place = start &+ index &* width
        let octets = try segment.octets(place..<place &+ width)
        var shift: UInt32 = 0
        for octet in octets.indices {
            number |= UInt32(octets[octet]) << shift
            shift &+= 8
        }
        return number == 0 ? nil : number &- 1
    }
}

/// Goes through the attributes of an entry: user attributes first, then operational, then hidden ones.
public struct EntryItems: Sendable {
    private var place: Int
    private let end: Int
    private var slice: Int
    private let sliceEnd: Int
    private var ids: Int
    private let idsEnd: Int

    init(_ view: EntryView) {
        place = view.itemsStart
        end = view.idsStart
        slice = view.userStart
        sliceEnd = view.end
        ids = view.idsStart
        idsEnd = view.nameStart
    }

    /// The next attribute, nil after the last.
    @inline(__always)
    public mutating func next(in segment: Segment) throws(SegmentError) -> EntryItem? {
        guard place < end else { return nil }
        let tag = try segment.bytes.length(at: &place, end: end)
        let length = try segment.bytes.length(at: &place, end: end)
        let attribute = tag >> 1
        guard attribute < segment.rows.count else { throw .damaged("an entry has an attribute that is not listed") }
        var start = slice
        if tag & 1 == 0 {
            guard length <= sliceEnd &- slice else { throw .damaged("an attribute runs over its entry's end") }
            slice &+= length
        } else {
            let shared = segment.sharedSlices
            let offset = try segment.bytes.length(at: &place, end: end)
            guard offset <= shared.count, length <= shared.count &- offset else {
                throw .damaged("an attribute lies outside the shared slices")
            }
            start = shared.lowerBound &+ offset
        }
        let count = try segment.bytes.length(at: &place, end: end)
        let width = segment.idWidths[attribute]
        var values = EntryValueIDs.none
        if width > 0 {
            guard count <= (idsEnd &- ids) / width else { throw .damaged("an entry's value IDs run over their end") }
            values = EntryValueIDs(count: count, start: ids, width: width)
            ids &+= count &* width
        }
        return EntryItem(attribute: attribute, slice: start..<start &+ length, valueCount: count, valueIDs: values)
    }
}
