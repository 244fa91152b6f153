import ReusedMemory

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

    @inline(__always)
    static func append(_ number: UInt64, to octets: inout ReusedList<UInt8>) {
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
    static func store(_ number: UInt64, in octets: inout MutableSpan<UInt8>, at offset: inout Int) {
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

/// Reads variable-length numbers that stand behind one another.
struct VarintReader: ~Escapable {
    private let octets: Span<UInt8>
    /// How many octets were read.
    private(set) var position = 0

    @inline(__always) @_lifetime(copy octets)
    init(_ octets: Span<UInt8>) {
        self.octets = octets
    }

    var isAtEnd: Bool { position >= octets.count }

    /// The next number. Throws at the end of the octets, and for a number above 64 bits.
    @inline(__always)
    mutating func next() throws(SegmentError) -> UInt64 {
        guard position < octets.count else { throw .damaged("a number runs over its end") }
        let first = octets[position]
        position &+= 1
        if first < 0x80 { return UInt64(first) }
        return try rest(UInt64(first & 0x7F))
    }

    /// The next number as a length or offset: below 2^48, so that sums of a few cannot overflow.
    @inline(__always)
    mutating func length() throws(SegmentError) -> Int {
        let number = try next()
        guard number <= UInt64(SegmentFormat.heapLimit) else { throw .damaged("a length is too large") }
        return Int(truncatingIfNeeded: number)
    }

    private mutating func rest(_ low: UInt64) throws(SegmentError) -> UInt64 {
        var number = low
        var shift: UInt64 = 7
        while shift < 64 {
            guard position < octets.count else { throw .damaged("a number runs over its end") }
            let octet = octets[position]
            position &+= 1
            number |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return number }
            shift += 7
        }
        throw .damaged("a number is too long")
    }
}
