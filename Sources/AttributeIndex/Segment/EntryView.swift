/// Where the parts of one entry are in its segment, and what its record says of it. A plain value: nothing is copied or kept
/// alive by it.
///
/// A record is
///
///     header       entry ID, subtree size, then the lengths of: items, value IDs, objectName, user, operational, hidden, key,
///                  UInt32 each; depth UInt16, flags UInt8, 0 UInt8
///     items        for each attribute in the order of the slices: attribute index times two (plus one if its slice is shared),
///                  slice length, for a shared slice its offset in the shared slices, number of values; all varints
///     value IDs    for each value of each item whose attribute has a dictionary: its value ID plus one, in as many octets as
///                  the attribute's highest needs; zero for a value that has no key
///     objectName   LDAPDN with tag and length, as SearchResultEntry carries it (RFC 4511 section 4.5.2)
///     user         PartialAttributes, contiguous: what `*` asks for is one copy
///     operational  PartialAttributes but for the shared ones
///     hidden       PartialAttributes never shown: userPassword, identitySource
///     key          the DIT key
public struct EntryView: Sendable {
    /// Octets of the header.
    static let headerSize = 40

    /// The entry.
    public let id: EntryID
    /// The entry after the last one below this one, in this segment.
    public let subtreeEnd: EntryID
    /// How many RDNs its name has.
    public let depth: Int
    /// What kinds of special entry it is.
    public let flags: EntryFlags
    let itemsStart: Int
    let idsStart: Int
    let nameStart: Int
    let userStart: Int
    let operationalStart: Int
    let hiddenStart: Int
    let keyStart: Int
    let end: Int

    /// The DIT key.
    public var key: Range<Int> { keyStart..<end }
    /// The objectName: a whole LDAPDN element.
    public var objectName: Range<Int> { nameStart..<userStart }
    /// The user attributes: whole PartialAttribute elements.
    public var userAttributes: Range<Int> { userStart..<operationalStart }
    /// The entry and the entries below it, in this segment.
    public var subtree: Range<EntryID> { id..<subtreeEnd }

    /// Reads the record at `offset`, in absolute octets, of a segment of `count` entries.
    @inline(__always)
    init(at offset: Int, in records: Range<Int>, count: UInt32, _ bytes: SegmentBytes) throws(SegmentError) {
        guard offset >= records.lowerBound else { throw .damaged("an entry lies outside the records") }
        let header = try bytes.span(at: offset, count: EntryView.headerSize)
        id = header.littleEndian32(at: 0)
        let size = header.littleEndian32(at: 4)
        guard id < count, size > 0, size <= count &- id else {
            throw .damaged("an entry's number is above the number of entries")
        }
        subtreeEnd = id &+ size
        depth = Int(header.littleEndian16(at: 36))
        flags = EntryFlags(rawValue: header[38])
        // Each length is below 2^32, so the sums cannot overflow.
        itemsStart = offset &+ EntryView.headerSize
        idsStart = itemsStart &+ Int(header.littleEndian32(at: 8))
        nameStart = idsStart &+ Int(header.littleEndian32(at: 12))
        userStart = nameStart &+ Int(header.littleEndian32(at: 16))
        operationalStart = userStart &+ Int(header.littleEndian32(at: 20))
        hiddenStart = operationalStart &+ Int(header.littleEndian32(at: 24))
        keyStart = hiddenStart &+ Int(header.littleEndian32(at: 28))
        end = keyStart &+ Int(header.littleEndian32(at: 32))
        guard end <= records.upperBound else { throw .damaged("an entry runs over the end of the records") }
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
        sliceEnd = view.keyStart
        ids = view.idsStart
        idsEnd = view.nameStart
    }

    /// The next attribute, nil after the last.
    @inline(__always)
    public mutating func next(in segment: Segment) throws(SegmentError) -> EntryItem? {
        guard place < end else { return nil }
        var reader = VarintReader(try segment.octets(place..<end))
        let tag = try reader.length()
        let length = try reader.length()
        let attribute = tag >> 1
        guard attribute < segment.idWidths.count else { throw .damaged("an entry has an attribute that is not listed") }
        let width = segment.idWidths[attribute]
        var start = slice
        if tag & 1 == 0 {
            guard length <= sliceEnd &- slice else { throw .damaged("an attribute runs over its entry's end") }
            slice &+= length
        } else {
            let shared = segment.sharedSlices
            let offset = try reader.length()
            guard offset <= shared.count, length <= shared.count &- offset else {
                throw .damaged("an attribute lies outside the shared slices")
            }
            start = shared.lowerBound &+ offset
        }
        let count = try reader.length()
        place &+= reader.position
        var values = EntryValueIDs.none
        if width > 0 {
            // Below 2^48 and at most four: the product cannot overflow.
            guard count &* width <= idsEnd &- ids else { throw .damaged("an entry's value IDs run over their end") }
            values = EntryValueIDs(count: count, start: ids, width: width)
            ids &+= count &* width
        }
        return EntryItem(attribute: attribute, slice: start..<start &+ length, valueCount: count, valueIDs: values)
    }
}
