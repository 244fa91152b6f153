import Storage

/// The one view through which everything in a segment is read: each access is checked against the mapping's end and, at the
/// first touch of a 64 KiB block, against its checksum.
struct SegmentBytes: Sendable {
    let mapping: MappedFile

    var count: Int { mapping.count }

    /// The octets of `range`. They live as long as the segment that owns this view.
    @inline(__always) @_lifetime(borrow self)
    func span(_ range: Range<Int>) throws(SegmentError) -> Span<UInt8> {
        do {
            let octets = try mapping.bytes(range, section: "segment")
            // Safe: the octets live as long as the mapping, which self keeps.
            return unsafe _overrideLifetime(octets, borrowing: self)
        } catch {
            throw SegmentError(error)
        }
    }

    /// The octets of `count` from `offset` on.
    @inline(__always) @_lifetime(borrow self)
    func span(at offset: Int, count: Int) throws(SegmentError) -> Span<UInt8> {
        guard offset >= 0, count >= 0, offset <= mapping.count, count <= mapping.count &- offset else {
            throw .damaged("an offset points outside the file")
        }
        return try span(offset..<offset &+ count)
    }

    @inline(__always)
    func byte(at offset: Int) throws(SegmentError) -> UInt8 {
        try span(at: offset, count: 1)[0]
    }

    @inline(__always)
    func uint32(at offset: Int) throws(SegmentError) -> UInt32 {
        try span(at: offset, count: 4).littleEndian32(at: 0)
    }

    @inline(__always)
    func uint64(at offset: Int) throws(SegmentError) -> UInt64 {
        try span(at: offset, count: 8).littleEndian64(at: 0)
    }
}
