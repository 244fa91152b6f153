/// Numeric strings and telephone numbers: what RFC 4518 sections 2.6.2 and 2.6.3 leave out of the comparison.
enum InsignificantCharacters {
    /// 2.6.2: all spaces go. Parts of assertions have to be digits and spaces too: they conform to the syntax of the
    /// equality rule (RFC 4511 section 4.5.1.7.2).
    static func appendNumeric(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try SyntaxKind.numericString.validateText(value)
        let start = key.count
        for index in 0..<value.count where value[index] != ASCII.space { key.append(value[index]) }
        if key.count == start { key.append(ASCII.space) }
    }

    /// 2.6.3: all spaces and hyphens go, and case is folded. ASCII's hyphen is the only one of PrintableString.
    static func appendTelephone(_ value: Span<UInt8>, to key: inout [UInt8]) throws(SyntaxError) {
        try SyntaxKind.printableString.validateText(value)
        let start = key.count
        for index in 0..<value.count where value[index] != ASCII.space && value[index] != ASCII.hyphen {
            key.append(ASCII.lowercased(value[index]))
        }
        if key.count == start { key.append(ASCII.space) }
    }
}

/// Lists of strings with "$" between them (RFC 4517 section 4.2.9): each line is prepared for itself.
enum ListKey {
    static func append(_ value: Span<UInt8>, prohibiting: Bool, to key: inout [UInt8]) throws(SyntaxError) {
        try SyntaxKind.postalAddress.validateText(value)
        try appendLines(value, position: nil, prohibiting: prohibiting, to: &key)
    }

    static func appendSubstring(
        _ part: Span<UInt8>, position: MatchingRule.SubstringPosition, to key: inout [UInt8]
    ) throws(SyntaxError) {
        try appendLines(part, position: position, prohibiting: true, to: &key)
    }

    /// Escapes stay as they are: `\24` and `\5c` are the same in every prepared line.
    private static func appendLines(
        _ text: Span<UInt8>, position: MatchingRule.SubstringPosition?, prohibiting: Bool, to key: inout [UInt8]
    ) throws(SyntaxError) {
        var from = 0
        for index in 0...text.count where index == text.count || text[index] == ASCII.dollar {
            let isFirst = from == 0
            let isLast = index == text.count
            if !isFirst { key.append(ASCII.dollar) }
            let line: MatchingRule.SubstringPosition? =
                switch position {
                case .initial: isLast ? .initial : nil
                case .any: isFirst && isLast ? .any : isFirst ? .final : isLast ? .initial : nil
                case .final: isFirst ? .final : nil
                case nil: nil
                }
            if index > from {
                try StringPreparation.append(
                    text.extracting(from..<index), folding: true, position: line, prohibiting: prohibiting, to: &key)
            }
            from = index + 1
        }
    }
}
