extension BERWriter {
    /// Writes an identifier and a length that is known; the contents must follow, exactly as many octets.
    @inlinable @inline(__always)
    public mutating func header(_ tag: UInt8, length: Int) {
        if length < 0x80 {
            append(UInt64(tag) | UInt64(truncatingIfNeeded: length) << 8, octets: 2)
        } else {
            longHeader(tag, length: length)
        }
    }

    /// The long form of length (X.690 §8.1.3.5) in the fewest octets.
    @usableFromInline @inline(never)
    mutating func longHeader(_ tag: UInt8, length: Int) {
        let octets = BERWriter.octets(of: length)
        let contents = BERWriter.bigEndian(Int64(length), octets: octets)
        let header = UInt64(tag) | UInt64(truncatingIfNeeded: 0x80 | octets) << 8
        if octets <= 6 {
            append(header | contents << 16, octets: 2 + octets)
        } else {
            append(header, octets: 2)
            append(contents, octets: octets)
        }
    }

    /// The last `octets` octets of `value`, 1 to 8 of them, most significant first, for `append(_:octets:)`.
    @inlinable @inline(__always)
    static func bigEndian(_ value: Int64, octets: Int) -> UInt64 {
        UInt64(bitPattern: value &<< Int64(truncatingIfNeeded: 64 &- 8 &* octets)).byteSwapped
    }

    /// The octets an identifier and the length `length` take together.
    @inlinable @inline(__always)
    public static func headerSize(length: Int) -> Int { length < 0x80 ? 2 : 2 + octets(of: length) }

    /// Writes an OCTET STRING.
    @inlinable @inline(__always)
    public mutating func octetString(_ span: Span<UInt8>, tag: UInt8 = BERTag.octetString) {
        header(tag, length: span.count)
        append(span)
    }

    /// Writes an OCTET STRING.
    @inlinable @inline(__always)
    public mutating func octetString(_ bytes: [UInt8], tag: UInt8 = BERTag.octetString) {
        octetString(bytes.span, tag: tag)
    }

    /// Writes an OCTET STRING that holds the text's UTF-8: LDAPString, LDAPDN, LDAPOID.
    @inlinable @inline(__always)
    public mutating func octetString(_ text: String, tag: UInt8 = BERTag.octetString) {
        octetString(text.utf8.span, tag: tag)
    }

    /// Writes an INTEGER in the fewest octets (X.690 §8.3.2).
    @inlinable @inline(__always)
    public mutating func integer(_ value: Int64, tag: UInt8 = BERTag.integer) {
        let octets = BERWriter.octets(ofInteger: value)
        let contents = BERWriter.bigEndian(value, octets: octets)
        append(UInt64(tag) | UInt64(truncatingIfNeeded: octets) << 8, octets: 2)
        append(contents, octets: octets)
    }

    /// The octets an INTEGER takes, identifier and length included.
    @inlinable @inline(__always)
    public static func integerSize(_ value: Int64) -> Int { 2 + octets(ofInteger: value) }

    /// The fewest octets of two's complement that hold `value`: one sign bit and the magnitude's bits, rounded up.
    @inlinable @inline(__always)
    static func octets(ofInteger value: Int64) -> Int {
        (Int64.bitWidth - (value ^ (value >> 63)).leadingZeroBitCount) / 8 + 1
    }

    /// Writes an ENUMERATED.
    @inlinable @inline(__always)
    public mutating func enumerated(_ value: Int64, tag: UInt8 = BERTag.enumerated) {
        integer(value, tag: tag)
    }

    /// Writes a BOOLEAN; true is FF (RFC 4511 §5.1).
    @inlinable @inline(__always)
    public mutating func boolean(_ value: Bool, tag: UInt8 = BERTag.boolean) {
        append(UInt64(tag) | 0x01 << 8 | (value ? 0xFF << 16 : 0), octets: 3)
    }

    /// Writes a NULL.
    @inlinable @inline(__always)
    public mutating func null(tag: UInt8 = BERTag.null) {
        append(UInt64(tag), octets: 2)
    }

    /// Writes a constructed element whose contents `body` writes.
    @inlinable @inline(__always)
    public mutating func constructed<Failure: Error>(
        _ tag: UInt8, _ body: (inout BERWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let mark = begin(tag)
        try body(&self)
        end(mark)
    }
}
