/// Little-endian loads from octets, and copies of octets into arrays: the only unsafe code of the segment format.
extension Span where Element == UInt8 {
    /// The 16-bit number at `offset`. Traps outside the span, as a subscript does: callers check first.
    @inline(__always)
    func littleEndian16(at offset: Int) -> UInt16 {
        // Safe: the load is bounds-checked by RawSpan, and every bit pattern is a number.
        UInt16(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    /// The 32-bit number at `offset`. Traps outside the span, as a subscript does: callers check first.
    @inline(__always)
    func littleEndian32(at offset: Int) -> UInt32 {
        // Safe: the load is bounds-checked by RawSpan, and every bit pattern is a number.
        UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The 64-bit number at `offset`. Traps outside the span, as a subscript does: callers check first.
    @inline(__always)
    func littleEndian64(at offset: Int) -> UInt64 {
        // Safe: the load is bounds-checked by RawSpan, and every bit pattern is a number.
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Whether both hold the same octets.
    @inline(__always)
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        if count >= 8 {
            // Whole words, the last of them overlapping the one before.
            var index = 0
            while index < count &- 8 {
                if littleEndian64(at: index) != other.littleEndian64(at: index) { return false }
                index &+= 8
            }
            return littleEndian64(at: count &- 8) == other.littleEndian64(at: count &- 8)
        }
        if count >= 4 {
            return littleEndian32(at: 0) == other.littleEndian32(at: 0)
                && littleEndian32(at: count &- 4) == other.littleEndian32(at: count &- 4)
        }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// Whether both hold the same octets.
    public func isSame(as other: Span<UInt8>) -> Bool { equals(other) }

    /// Octet order: negative when self sorts before `other`, positive when after, 0 when they are equal.
    func compare(_ other: Span<UInt8>) -> Int {
        let common = Swift.min(count, other.count)
        var index = 0
        while index &+ 8 <= common {
            let left = littleEndian64(at: index)
            let right = other.littleEndian64(at: index)
            if left != right { return left.byteSwapped < right.byteSwapped ? -1 : 1 }
            index &+= 8
        }
        while index < common {
            if self[index] != other[index] { return self[index] < other[index] ? -1 : 1 }
            index &+= 1
        }
        return count - other.count
    }

    /// Whether the octets from `offset` on begin with `part`.
    @inline(__always)
    func matches(_ part: Span<UInt8>, at offset: Int) -> Bool {
        guard offset >= 0, part.count <= count, offset <= count - part.count else { return false }
        return extracting(offset..<offset + part.count).equals(part)
    }

    /// Up to eight octets from `offset` on as a number whose order is theirs, zeros after the end.
    func bigEndianPrefix(at offset: Int) -> UInt64 {
        guard offset &+ 8 > count else { return littleEndian64(at: offset).byteSwapped }
        var prefix: UInt64 = 0
        var index = offset
        while index < count {
            prefix |= UInt64(self[index]) << UInt64(56 - 8 * (index - offset))
            index += 1
        }
        return prefix
    }
}

extension Array where Element == UInt8 {
    /// Appends octets.
    @inline(__always)
    mutating func append(copying octets: Span<UInt8>) {
        // Safe: the buffer is only read, and only inside the closure.
        unsafe octets.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// The octets of a span.
    init(copying octets: Span<UInt8>) {
        self.init()
        append(copying: octets)
    }

    /// Appends a number, little-endian.
    @inline(__always)
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        // Safe: the number's own octets are only read, and only inside the closure.
        unsafe Swift.withUnsafeBytes(of: number.littleEndian) { unsafe append(contentsOf: $0) }
    }

    /// Appends numbers, little-endian.
    mutating func append<Number: FixedWidthInteger>(littleEndian numbers: Span<Number>) {
        #if _endian(little)
            // Safe: the numbers' own octets are only read, and only inside the closure.
            unsafe numbers.withUnsafeBufferPointer { unsafe append(contentsOf: UnsafeRawBufferPointer($0)) }
        #else
            for index in numbers.indices { append(littleEndian: numbers[index]) }
        #endif
    }
}
