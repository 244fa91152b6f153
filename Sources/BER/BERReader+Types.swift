extension BERReader {
    /// Reads an OCTET STRING (X.690 §8.7), primitive only: the range of its octets.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readOctetString(_ tag: UInt8 = BERTag.octetString) throws(BERError) -> Range<Int> {
        try readElement(tag)
    }

    /// Reads an INTEGER (X.690 §8.3). Redundant leading octets are accepted: some encoders write four octets always.
    ///
    /// - Throws: `.badContentsLength` for no octets, `.integerTooLarge` for a value outside 64 bits.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readInteger(_ tag: UInt8 = BERTag.integer) throws(BERError) -> Int64 {
        let contents = try readElement(tag)
        guard contents.count == 1 else { return try integer(in: contents) }
        return Int64(Int8(truncatingIfNeeded: input[contents.lowerBound]))
    }

    /// Reads an ENUMERATED (X.690 §8.4), which is encoded as an INTEGER.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readEnumerated(_ tag: UInt8 = BERTag.enumerated) throws(BERError) -> Int64 {
        try readInteger(tag)
    }

    /// The two's complement number that is all of `contents`, of any length as long as the value fits: for INTEGERs whose
    /// identifier was read already.
    ///
    /// - Throws: `.badContentsLength` for no octets, `.integerTooLarge` for a value outside 64 bits.
    public func integer(in contents: Range<Int>) throws(BERError) -> Int64 {
        guard !contents.isEmpty else { throw BERError(.badContentsLength, at: contents.lowerBound) }
        let isNegative = input[contents.lowerBound] >= 0x80
        var value: Int64 = isNegative ? -1 : 0
        for index in contents {
            // Eight more bits fit while the upper nine are all copies of the sign.
            guard value >> 55 == (isNegative ? -1 : 0) else {
                throw BERError(.integerTooLarge, at: contents.lowerBound)
            }
            value = value << 8 | Int64(input[index])
        }
        return value
    }

    /// Reads a BOOLEAN (X.690 §8.2): one octet; any value but zero is true, not only the FF that RFC 4511 §5.1 asks for.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readBoolean(_ tag: UInt8 = BERTag.boolean) throws(BERError) -> Bool {
        let contents = try readElement(tag)
        guard contents.count == 1 else { throw BERError(.badContentsLength, at: contents.lowerBound) }
        return input[contents.lowerBound] != 0
    }

    /// Reads a NULL (X.690 §8.8), which has no contents.
    @inlinable @inline(__always)
    @_lifetime(self: copy self)
    public mutating func readNull(_ tag: UInt8 = BERTag.null) throws(BERError) {
        let contents = try readElement(tag)
        guard contents.isEmpty else { throw BERError(.badContentsLength, at: contents.lowerBound) }
    }
}
