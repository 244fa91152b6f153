import Schema

extension Segment {
    /// The entry as it was given to the builder, hidden attributes too: for export, changes and compaction.
    public func record(_ entry: EntryID) throws(SegmentError) -> EntryRecord {
        let view = try view(entry)
        let dn: DistinguishedName
        do {
            dn = try DistinguishedName(parsing: self.dn(view), schema: schema)
        } catch let error as SegmentError {
            throw error
        } catch {
            throw .damaged("an entry's name is not a distinguished name")
        }
        var attributes: [EntryAttribute] = []
        var items = EntryItems(view)
        while let item = try items.next(in: self) {
            let values = try self.values(of: item)
            guard !values.isEmpty else { throw .damaged("an entry's attribute has no values") }
            attributes.append(
                EntryAttribute(description: self.attributes[item.attribute].description, values: values))
        }
        return EntryRecord(dn: dn, attributes: attributes)
    }

    /// The values of an attribute of an entry, octet for octet as given.
    public func values(of item: EntryItem) throws(SegmentError) -> [[UInt8]] {
        var values: [[UInt8]] = []
        var places = try valueRanges(of: item)
        while let range = try places.next(in: self) { values.append([UInt8](copying: try octets(range))) }
        return values
    }

    /// Goes through the values of an attribute of an entry without copying them.
    public func valueRanges(of item: EntryItem) throws(SegmentError) -> ValueRanges {
        let sequence = try BERElement(at: item.slice, bytes).contents
        let name = try BERElement(at: sequence, bytes)
        let set = try BERElement(at: name.end..<sequence.upperBound, bytes)
        return ValueRanges(rest: set.contents)
    }

    /// Gives every record to `body`, in the order of DIT keys, until it throws.
    public func forEachRecord<Failure: Error>(
        _ body: (EntryRecord) throws(Failure) -> Void
    ) throws {
        for entry in 0..<entryCount { try body(try record(entry)) }
    }
}

/// The values of one attribute of one entry, each as a range of the segment.
public struct ValueRanges: Sendable {
    private var rest: Range<Int>

    init(rest: Range<Int>) {
        self.rest = rest
    }

    /// The next value, nil after the last.
    public mutating func next(in segment: Segment) throws(SegmentError) -> Range<Int>? {
        guard !rest.isEmpty else { return nil }
        let element = try BERElement(at: rest, segment.bytes)
        rest = element.end..<rest.upperBound
        return element.contents
    }
}

/// A BER element that the builder wrote: tags are known, so only lengths are read, and checked.
struct BERElement {
    let contents: Range<Int>
    var end: Int { contents.upperBound }

    init(at range: Range<Int>, _ bytes: SegmentBytes) throws(SegmentError) {
        let octets = try bytes.span(range)
        guard octets.count >= 2 else { throw .damaged("an element is cut short") }
        var start = 2
        var length = Int(octets[1])
        if length >= 0x80 {
            let count = length & 0x7F
            guard count <= 6, octets.count >= 2 + count else { throw .damaged("an element's length is wrong") }
            length = 0
            for place in 2..<2 + count { length = length << 8 | Int(octets[place]) }
            start += count
        }
        guard length <= octets.count - start else { throw .damaged("an element runs over its end") }
        contents = range.lowerBound + start..<range.lowerBound + start + length
    }
}
