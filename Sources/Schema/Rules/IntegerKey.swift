/// INTEGER (RFC 4517 section 3.3.16) of any size, and keys whose octet order is the order of the numbers.
///
/// A key is a length and the decimal digits: 0x80 + n for n digits up to 95, else 0xE0 + the octets of n and then n.
/// Zero has no digits. Negative numbers have all octets of their positive counterpart complemented.
enum IntegerKey {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        guard value.count > 0 else { throw .malformed(at: 0, "a digit") }
        let isNegative = value[0] == ASCII.hyphen
        let first = isNegative ? 1 : 0
        guard value.count > first else { throw .malformed(at: first, "a digit") }
        // No leading zeros, and no "-0".
        guard value[first] != 0x30 || value.count == 1 else { throw .malformed(at: first, "no leading zero") }
        for index in first..<value.count where !ASCII.isDigit(value[index]) {
            throw .malformed(at: index, "a digit")
        }
    }

    static func append(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try validate(value)
        let isNegative = value[0] == ASCII.hyphen
        let first = isNegative ? 1 : 0
        let mask: UInt8 = isNegative ? 0xFF : 0
        let digits = value[first] == 0x30 ? 0 : value.count - first
        if digits <= 0x5F {
            key.append((0x80 + UInt8(digits)) ^ mask)
        } else {
            let octets = (digits.bitWidth - digits.leadingZeroBitCount + 7) / 8
            key.append((0xE0 + UInt8(octets)) ^ mask)
            for shift in (0..<octets).reversed() { key.append(UInt8(truncatingIfNeeded: digits >> (shift * 8)) ^ mask) }
        }
        if digits > 0 { for index in first..<value.count { key.append(value[index] ^ mask) } }
    }

    /// The number that a key was made of, where it fits.
    static func number(ofKey key: Span<UInt8>) -> Int64? {
        guard key.count > 0 else { return nil }
        let mask: UInt8 = key[0] < 0x80 ? 0xFF : 0
        // More than 95 digits never fit; the marker is then not 0x80 + count.
        guard Int(key[0] ^ mask) == 0x80 + key.count - 1 else { return nil }
        var number: Int64 = 0
        for index in 1..<key.count {
            let digit = Int64(key[index] ^ mask) - 0x30
            let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.subtractingReportingOverflow(digit)
            // Negative sums reach Int64.min, which has no positive counterpart.
            guard !overflow, !carry else { return nil }
            number = sum
        }
        if mask != 0 { return number }
        return number == Int64.min ? nil : -number
    }
}

/// Boolean (RFC 4517 section 3.3.3). As OpenLDAP, only the upper-case words are taken.
enum BooleanKey {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        guard isWord("TRUE", value) || isWord("FALSE", value) else { throw .malformed(at: 0, "TRUE or FALSE") }
    }

    static func append(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try validate(value)
        key.append(copying: value)
    }

    private static func isWord(_ word: StaticString, _ value: Span<UInt8>) -> Bool {
        ValueRelation.compare(Array(word.description.utf8).span, value) == 0
    }
}

/// Bit String (RFC 4517 section 3.3.2): `'0101'B`.
enum BitStringKey {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        let count = value.count
        guard count >= 3, value[0] == ASCII.quote else { throw .malformed(at: 0, "a quote") }
        guard value[count - 1] == 0x42, value[count - 2] == ASCII.quote else {
            throw .malformed(at: count - 1, "'B at the end")
        }
        for index in 1..<(count - 2) where value[index] | 1 != 0x31 {
            throw .malformed(at: index, "0 or 1")
        }
    }

    static func append(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try validate(value)
        key.append(copying: value.extracting(1..<(value.count - 2)))
    }
}
