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

    /// A variable-length number at `offset`, which moves behind it; both stay below `end`.
    @inline(__always)
    func varint(at offset: inout Int, end: Int) throws(SegmentError) -> UInt64 {
        guard offset < end else { throw .damaged("a number runs over its end") }
        let first = try byte(at: offset)
        offset &+= 1
        if first < 0x80 { return UInt64(first) }
        return try longVarint(UInt64(first & 0x7F), at: &offset, end: end)
    }

    private func longVarint(_ low: UInt64, at offset: inout Int, end: Int) throws(SegmentError) -> UInt64 {
        var number = low
        var shift: UInt64 = 7
        while shift < 64 {
            guard offset < end else { throw .damaged("a number runs over its end") }
            let octet = try byte(at: offset)
            offset &+= 1
            number |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return number }
            shift += 7
        }
        throw .damaged("a number is too long")
    }
}

/// Seven bits an octet, lowest first, the high bit set on all but the last (LEB128).
enum Varint {
    @inline(__always)
    static func length(_ number: UInt64) -> Int {
        number < 0x80 ? 1 : (70 - (number | 1).leadingZeroBitCount) / 7
    }

    @inline(__always)
    static func append(_ number: UInt64, to octets: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(truncatingIfNeeded: rest))
    }

    /// A number that this process wrote itself: it is not checked, save for the span's bounds.
    @inline(__always)
    static func read(_ octets: Span<UInt8>, at offset: inout Int) -> Int {
        var number = 0
        var shift = 0
        while true {
            let octet = octets[offset]
            offset += 1
            number |= Int(octet & 0x7F) << shift
            if octet < 0x80 { return number }
            shift += 7
        }
    }

    @inline(__always)
    static func store(_ number: UInt64, in octets: inout [UInt8], at offset: inout Int) {
        var rest = number
        while rest >= 0x80 {
            octets[offset] = UInt8(truncatingIfNeeded: rest) | 0x80
            offset += 1
            rest >>= 7
        }
        octets[offset] = UInt8(truncatingIfNeeded: rest)
        offset += 1
    }
}
