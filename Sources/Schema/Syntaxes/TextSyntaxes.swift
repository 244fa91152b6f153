/// The checks of syntaxes that are text (RFC 4517 section 3.3).
extension SyntaxKind {
    func validateText(_ value: Span<UInt8>) throws(SyntaxError) {
        switch self {
        case .directoryString:
            // 3.3.6: a zero-length string is no directory string.
            guard value.count > 0 else { throw .malformed(at: 0, "at least one character") }
            try UTF8Check.validate(value)
        case .ia5String:
            for index in 0..<value.count where value[index] > 0x7F {
                throw .malformed(at: index, "an ASCII character")
            }
        case .printableString: try Self.printable(value, range: 0..<value.count)
        case .printableStrings: try Self.printables(value)
        case .countryString:
            guard value.count == 2 else { throw .malformed(at: min(value.count, 2), "two letters") }
            try Self.printable(value, range: 0..<2)
        case .numericString:
            guard value.count > 0 else { throw .malformed(at: 0, "at least one digit") }
            for index in 0..<value.count where !ASCII.isDigit(value[index]) && value[index] != ASCII.space {
                throw .malformed(at: index, "a digit or a space")
            }
        case .postalAddress: try Self.postalAddress(value)
        case .deliveryMethod: try Self.deliveryMethods(value)
        default: try UTF8Check.validate(value)
        }
    }

    /// 3.2: PrintableString, at least one character of it.
    private static func printable(_ value: Span<UInt8>, range: Range<Int>) throws(SyntaxError) {
        guard !range.isEmpty else { throw .malformed(at: range.lowerBound, "at least one printable character") }
        for index in range where !ASCII.isPrintable(value[index]) {
            throw .malformed(at: index, "a character of PrintableString")
        }
    }

    /// 3.3.11 and 3.3.33: printable strings with dollar signs between them.
    private static func printables(_ value: Span<UInt8>) throws(SyntaxError) {
        var from = 0
        for index in 0...value.count where index == value.count || value[index] == ASCII.dollar {
            try printable(value, range: from..<index)
            from = index + 1
        }
    }

    /// 3.3.28: lines with "$" between them; a backslash only as `\24` or `\5C`. Empty lines are taken, as everywhere.
    private static func postalAddress(_ value: Span<UInt8>) throws(SyntaxError) {
        try UTF8Check.validate(value)
        for index in 0..<value.count where value[index] == ASCII.backslash {
            let isDollar = index + 2 < value.count && value[index + 1] == 0x32 && value[index + 2] == 0x34
            let isBackslash = index + 2 < value.count && value[index + 1] == 0x35 && (value[index + 2] | 0x20) == 0x63
            guard isDollar || isBackslash else { throw .malformed(at: index, "\\24 or \\5C") }
        }
    }

    private static let methods: Set<String> = [
        "any", "mhs", "physical", "telex", "teletex", "g3fax", "g4fax", "ia5", "videotex", "telephone",
    ]

    /// 3.3.5: words with "$" between them.
    private static func deliveryMethods(_ value: Span<UInt8>) throws(SyntaxError) {
        var word = ""
        var from = 0
        for index in 0...value.count {
            let octet = index < value.count ? value[index] : ASCII.dollar
            if octet == ASCII.dollar {
                guard methods.contains(word) else { throw .malformed(at: from, "a delivery method") }
                word = ""
                from = index + 1
            } else if octet != ASCII.space {
                word.unicodeScalars.append(Unicode.Scalar(ASCII.lowercased(octet)))
            }
        }
    }

    /// RFC 2307 section 2.2: `(host,user,domain)`, and `key=server:path`.
    func validateNIS(_ value: Span<UInt8>) throws(SyntaxError) {
        func isKeyOctet(_ octet: UInt8) -> Bool {
            ASCII.isKeyCharacter(octet) || octet == ASCII.dot || octet == 0x5F || octet == ASCII.semicolon
        }
        if self == .netgroupTriple {
            let last = value.count - 1
            guard last > 0, value[0] == ASCII.leftParenthesis else { throw .malformed(at: 0, "\"(\"") }
            guard value[last] == ASCII.rightParenthesis else { throw .malformed(at: last, "\")\"") }
            var commas = 0
            for index in 1..<last where !isKeyOctet(value[index]) {
                guard value[index] == ASCII.comma else { throw .malformed(at: index, "a name or a comma") }
                commas += 1
            }
            guard commas == 2 else { throw .malformed(at: last, "a host, a user and a domain") }
            return
        }
        var index = 0
        for separator in [ASCII.equals, ASCII.colon] {
            while index < value.count, isKeyOctet(value[index]) { index += 1 }
            guard index < value.count, value[index] == separator else {
                throw .malformed(at: index, "key=server:path")
            }
            index += 1
        }
        for index in index..<value.count where !ASCII.isPrintable(value[index]) {
            throw .malformed(at: index, "a printable character")
        }
    }
}

/// UTF-8 as RFC 3629 has it: shortest form, no surrogates.
enum UTF8Check {
    static func validate(_ value: Span<UInt8>) throws(SyntaxError) {
        var index = 0
        while index < value.count {
            if value[index] < 0x80 { index += 1 } else { return try validateRest(value, from: index) }
        }
    }

    private static func validateRest(_ value: Span<UInt8>, from: Int) throws(SyntaxError) {
        do {
            _ = try UTF8Span(validating: value.extracting(from..<value.count))
        } catch {
            throw SyntaxError(.notUTF8, at: from + error.byteOffsets.lowerBound, expected: "UTF-8")
        }
    }
}
