/// Big-endian loads from octets: the reader's only unsafe code.
extension Span where Element == UInt8 {
    /// The 32-bit number at `offset`, its most significant octet first. Traps outside the span, as a subscript does.
    @inlinable @inline(__always)
    func bigEndian32(at offset: Int) -> UInt32 {
        // Safe: the load is bounds-checked by RawSpan, and every bit pattern is a number.
        UInt32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
