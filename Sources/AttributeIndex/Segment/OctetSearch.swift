/// Finding octets in octets, eight at a time: what substring searches verify keys with.
extension Span where Element == UInt8 {
    /// Whether the octets at `offset` are `other`'s.
    @inline(__always)
    public func holds(_ other: Span<UInt8>, at offset: Int) -> Bool {
        matches(other, at: offset)
    }

    /// Where `needle` begins, at `start` or after it; `start` must not be negative.
    ///
    /// Eight places at a time are ruled out by the needle's first and last octet, which rarely stand so by chance.
    public func firstIndex(of needle: Span<UInt8>, from start: Int) -> Int? {
        guard !needle.isEmpty else { return start <= count ? start : nil }
        let behind = needle.count &- 1
        let last = count &- needle.count
        let first = OctetSearch.everywhere(needle[0])
        let final = OctetSearch.everywhere(needle[behind])
        var offset = start
        while offset &+ 7 <= last {
            let differing = littleEndian64(at: offset) ^ first | littleEndian64(at: offset &+ behind) ^ final
            var places = OctetSearch.zeros(in: differing)
            while places != 0 {
                let place = offset &+ places.trailingZeroBitCount >> 3
                if matches(needle, at: place) { return place }
                places &= places &- 1
            }
            offset &+= 8
        }
        while offset <= last {
            if self[offset] == needle[0], matches(needle, at: offset) { return offset }
            offset &+= 1
        }
        return nil
    }
}

enum OctetSearch {
    /// An octet in all eight places of a word.
    @inline(__always)
    static func everywhere(_ octet: UInt8) -> UInt64 { UInt64(octet) &* 0x0101_0101_0101_0101 }

    /// The high bit of each octet that is zero, and of no other below the first of them: those above may be wrong.
    @inline(__always)
    static func zeros(in word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
