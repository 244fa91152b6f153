/// Octets eight at a time: the only unsafe code of the reader beside its system calls.
extension Span where Element == UInt8 {
    /// The eight octets at `offset`, the first lowest. Traps outside the span, as a subscript does.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // Safe: the load is bounds-checked by RawSpan, and every bit pattern is a number.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

/// What eight octets in one number are like.
enum OctetWord {
    static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// How many octets stand before the first that is at most a carriage return: a line feed, perhaps, or a control.
    @inline(__always)
    static func octetsBeforeControl(_ word: UInt64) -> Int {
        let controls = (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & highBits
        return controls.trailingZeroBitCount / 8
    }

    /// How many octets are line feeds.
    @inline(__always)
    static func lineFeeds(_ word: UInt64) -> Int {
        let differing = word ^ 0x0A0A_0A0A_0A0A_0A0A
        // The high bit of each octet that is not zero.
        let others = ((differing & ~highBits) &+ ~highBits | differing) & highBits
        return 8 - others.nonzeroBitCount
    }
}

extension Span where Element == UInt8 {
    /// How many octets are line feeds.
    var lineFeedCount: Int {
        var lines = 0
        var index = 0
        while index &+ 8 <= count {
            lines &+= OctetWord.lineFeeds(word(at: index))
            index &+= 8
        }
        while index < count {
            if self[index] == Octet.lineFeed { lines &+= 1 }
            index &+= 1
        }
        return lines
    }
}
