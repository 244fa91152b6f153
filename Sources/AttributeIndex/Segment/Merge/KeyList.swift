/// A dictionary gone through in its order: its keys, how often each occurs, and its entries. What of the dictionary's row is
/// needed for that, and no more, as it is at hand for each key.
struct KeyList {
    /// How many values there are.
    let count: UInt32
    let bytes: SegmentBytes
    let postings: PostingsReader
    private let rows: Int
    private let keys: Range<Int>
    /// -1 where each value occurs once.
    private let cumulative: Int

    init(_ segment: Segment, _ attribute: Int) {
        let row = segment.mergeRow(attribute)
        count = row.valueCount
        bytes = segment.bytes
        postings = PostingsReader(range: row.postings, universe: segment.entryCount)
        rows = row.rows.lowerBound
        keys = row.keys
        cumulative = row.cumulative.isEmpty ? -1 : row.cumulative.lowerBound
    }

    /// The key of a value, which must be below `count`.
    @inline(__always)
    func key(_ value: UInt32) throws(SegmentError) -> Range<Int> {
        let ends = try bytes.span(at: rows &+ 8 &* Int(value), count: 12)
        let start = Int(ends.littleEndian32(at: 0))
        let end = Int(ends.littleEndian32(at: 8))
        guard start <= end, end <= keys.count else { throw .damaged("a key lies outside its section") }
        return keys.lowerBound &+ start..<keys.lowerBound &+ end
    }

    /// The reference of a value's entries.
    @inline(__always)
    func reference(_ value: UInt32) throws(SegmentError) -> UInt32 {
        try bytes.uint32(at: rows &+ 8 &* Int(value) &+ 4)
    }

    @inline(__always)
    func occurrences(_ value: UInt32) throws(SegmentError) -> UInt32 {
        guard cumulative >= 0 else { return 1 }
        let ends = try bytes.uint64(at: cumulative &+ 4 &* Int(value))
        return UInt32(truncatingIfNeeded: ends >> 32) &- UInt32(truncatingIfNeeded: ends)
    }
}

extension Segment {
    /// The row of an attribute, or behind the last of them that of the parents.
    func mergeRow(_ attribute: Int) -> AttributeRow { attribute < rows.count ? rows[attribute] : parents }
}
