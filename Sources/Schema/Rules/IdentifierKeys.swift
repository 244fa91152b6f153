/// UUID (RFC 4530 section 2.1); the key is its sixteen octets.
enum UUIDKey {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        guard value.count == 36 else { throw .malformed(at: min(value.count, 36), "36 characters") }
        for index in 0..<36 {
            let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
            if isHyphen {
                guard value[index] == ASCII.hyphen else { throw .malformed(at: index, "a hyphen") }
            } else if ASCII.hexadecimal(value[index]) == nil {
                throw .malformed(at: index, "a hexadecimal digit")
            }
        }
    }

    static func append(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try validate(value)
        var high: UInt8?
        for index in 0..<36 {
            guard let digit = ASCII.hexadecimal(value[index]) else { continue }
            if let first = high {
                key.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
    }
}

/// OpenLDAP's change sequence numbers: `20060301120000.000000Z#000000#000#000000`, a time, a count, a server, a count.
enum CSNKey {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        var fields: [Range<Int>] = []
        var from = 0
        for index in 0...value.count where index == value.count || value[index] == ASCII.number {
            fields.append(from..<index)
            from = index + 1
        }
        guard fields.count == 4 else { throw .malformed(at: value.count, "four fields with # between them") }
        guard fields[0].count == 22 || fields[0].count == 15 else {
            throw .malformed(at: 0, "a time with microseconds")
        }
        _ = try GeneralizedTime(value.extracting(fields[0]))
        try hexadecimal(value, fields[1], lengths: [6])
        // Two digits of a replica are from OpenLDAP 2.2.
        try hexadecimal(value, fields[2], lengths: [3, 2])
        try hexadecimal(value, fields[3], lengths: [6])
    }

    static func validateSID(_ value: Span<UInt8>) throws(SyntaxError) {
        try hexadecimal(value, 0..<value.count, lengths: [3])
    }

    private static func hexadecimal(
        _ value: Span<UInt8>, _ range: Range<Int>, lengths: [Int]
    ) throws(SyntaxError) {
        guard lengths.contains(range.count) else {
            throw .malformed(at: range.lowerBound, "\(lengths[0]) hexadecimal digits")
        }
        for index in range where ASCII.hexadecimal(value[index]) == nil {
            throw .malformed(at: index, "a hexadecimal digit")
        }
    }

    /// The key is the text of today's form, lower-cased: old forms get microseconds and a third digit.
    static func append(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try validate(value)
        var field = 0
        var from = 0
        for index in 0..<value.count {
            if value[index] == ASCII.number {
                field += 1
                from = index + 1
                key.append(ASCII.number)
                if field == 2, index + 3 < value.count, value[index + 3] == ASCII.number { key.append(0x30) }
            } else {
                if field == 0, index - from == 14, value[index] != ASCII.dot {
                    key.append(contentsOf: Array(".000000".utf8))
                }
                key.append(ASCII.lowercased(value[index]))
            }
        }
    }
}
