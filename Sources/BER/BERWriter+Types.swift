extension BERWriter {
    /// Writes an identifier and a length that is known; the contents must follow, exactly as many octets.
    @inlinable
    public mutating func header(_ tag: UInt8, length: Int) {
        append(tag)
        guard length >= 0x80 else { return append(UInt8(truncatingIfNeeded: length)) }
        let octets = BERWriter.octets(of: length)
        append(0x80 | UInt8(truncatingIfNeeded: octets))
        for index in 0..<octets {
            append(UInt8(truncatingIfNeeded: length >> (8 * (octets - 1 - index))))
        }
    }

    /// The octets an identifier and the length `length` take together.
    @inlinable
    public static func headerSize(length: Int) -> Int { length < 0x80 ? 2 : 2 + octets(of: length) }

    /// Writes an OCTET STRING.
    @inlinable
    public mutating func octetString(_ span: Span<UInt8>, tag: UInt8 = BERTag.octetString) {
        header(tag, length: span.count)
        append(span)
    }

    /// Writes an OCTET STRING.
    @inlinable
    public mutating func octetString(_ bytes: [UInt8], tag: UInt8 = BERTag.octetString) {
        octetString(bytes.span, tag: tag)
    }

    /// Writes an OCTET STRING that holds the text's UTF-8: LDAPString, LDAPDN, LDAPOID.
    @inlinable
    public mutating func octetString(_ text: String, tag: UInt8 = BERTag.octetString) {
        octetString(text.utf8.span, tag: tag)
    }

    /// Writes an INTEGER in the fewest octets (X.690 §8.3.2).
    @inlinable
    public mutating func integer(_ value: Int64, tag: UInt8 = BERTag.integer) {
        // One sign bit and the magnitude's bits, rounded up to octets.
        let magnitude = value < 0 ? ~value : value
        let octets = (Int64.bitWidth - magnitude.leadingZeroBitCount) / 8 + 1
        append(tag)
        append(UInt8(truncatingIfNeeded: octets))
        for index in 0..<octets {
            append(UInt8(truncatingIfNeeded: value >> Int64(8 * (octets - 1 - index))))
        }
    }

    /// Writes an ENUMERATED.
    @inlinable
    public mutating func enumerated(_ value: Int64, tag: UInt8 = BERTag.enumerated) {
        integer(value, tag: tag)
    }

    /// Writes a BOOLEAN; true is FF (RFC 4511 §5.1).
    @inlinable
    public mutating func boolean(_ value: Bool, tag: UInt8 = BERTag.boolean) {
        append(tag)
        append(1)
        append(value ? 0xFF : 0x00)
    }

    /// Writes a NULL.
    @inlinable
    public mutating func null(tag: UInt8 = BERTag.null) {
        append(tag)
        append(0)
    }

    /// Writes a constructed element whose contents `body` writes.
    @inlinable
    public mutating func constructed<Failure: Error>(
        _ tag: UInt8, _ body: (inout BERWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let mark = begin(tag)
        try body(&self)
        end(mark)
    }
}
