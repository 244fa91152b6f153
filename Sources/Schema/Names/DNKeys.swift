/// Makes the keys of distinguished names from their text (RFC 4514 section 3), without building the name.
///
/// RDNs are found from the right, because keys start with the suffix. A comma separates RDNs if an even number of
/// backslashes stands before it, which needs no memory of what is further left.
enum DNKeys {
    static func validate(_ text: Span<UInt8>, in schema: Schema) throws(SyntaxError) {
        var key: [UInt8] = []
        try append(text, in: schema, to: &key)
    }

    static func append(_ text: Span<UInt8>, in schema: Schema, to key: inout [UInt8]) throws(SyntaxError) {
        do {
            try schema.appendDNKey(of: text, to: &key)
        } catch {
            throw SyntaxError(
                error.code == .unknownAttributeType ? .unknownName : .malformed, at: error.offset,
                expected: error.expected)
        }
    }

    static func validateNameAndOptionalUID(_ text: Span<UInt8>, in schema: Schema) throws(SyntaxError) {
        var key: [UInt8] = []
        try appendNameAndOptionalUID(text, in: schema, to: &key)
    }

    /// Name And Optional UID (RFC 4517 section 3.3.21): a DN, perhaps followed by "#" and a bit string. The key is the
    /// DN's, with 0x00 0x00 and the bits behind it where there is an identifier; no DN's key holds two zeros in a row.
    static func appendNameAndOptionalUID(
        _ text: Span<UInt8>, in schema: Schema, to key: inout [UInt8]
    ) throws(SyntaxError) {
        var hash = text.count - 1
        while hash >= 0, text[hash] != ASCII.number { hash -= 1 }
        if hash >= 0 {
            let identifier = text.extracting((hash + 1)..<text.count)
            if (try? BitStringKey.validate(identifier)) != nil {
                try append(text.extracting(0..<hash), in: schema, to: &key)
                key.append(0)
                key.append(0)
                return try BitStringKey.append(identifier, to: &key)
            }
        }
        try append(text, in: schema, to: &key)
    }
}

extension Schema {
    /// Appends the DIT key of a distinguished name in the form of RFC 4514.
    ///
    /// Spaces round `,`, `+` and `=` are tolerated as OpenLDAP does; quotes and `;` of older RFCs are not.
    /// - Throws: what was expected and where. What was appended by then is taken back.
    public func appendDNKey(of text: Span<UInt8>, to key: inout [UInt8]) throws(DNError) {
        let start = key.count
        do {
            try appendRDNKeys(of: text, to: &key)
        } catch {
            key.removeSubrange(start...)
            throw error
        }
    }

    private func appendRDNKeys(of text: Span<UInt8>, to key: inout [UInt8]) throws(DNError) {
        guard text.count > 0 else { return }
        var end = text.count
        while true {
            let separator = Self.lastSeparator(ASCII.comma, in: text, before: end)
            try appendRDNKey(text, range: (separator + 1)..<end, to: &key)
            guard separator >= 0 else { return }
            key.append(DITKey.separator)
            end = separator
        }
    }

    /// Where the last unescaped `octet` before `end` is; -1 if there is none.
    static func lastSeparator(_ octet: UInt8, in text: Span<UInt8>, before end: Int) -> Int {
        var index = end - 1
        while index >= 0 {
            if text[index] == octet {
                var backslashes = index - 1
                while backslashes >= 0, text[backslashes] == ASCII.backslash { backslashes -= 1 }
                if (index - 1 - backslashes) & 1 == 0 { return index }
                // The backslashes are no separators either.
                index = backslashes
            } else {
                index -= 1
            }
        }
        return -1
    }

    func appendRDNKey(_ text: Span<UInt8>, range: Range<Int>, to key: inout [UInt8]) throws(DNError) {
        var scanner = AVAScanner(text, range: range)
        let first = try scanner.next()
        guard !scanner.isAtEnd else { return try appendAVAKey(first, of: text, to: &key) }
        // A multi-valued RDN: parts in the order of their octets.
        var parts: [(type: [UInt8], key: [UInt8])] = []
        var part = first
        while true {
            var partKey: [UInt8] = []
            try appendAVAKey(part, of: text, to: &partKey)
            let type = Array(partKey.prefix { $0 != ASCII.equals })
            guard !parts.contains(where: { $0.type == type }) else {
                throw DNError(.repeatedType, at: part.type.lowerBound, "each attribute type once in an RDN")
            }
            parts.append((type, partKey))
            if scanner.isAtEnd { break }
            try scanner.skipPlus()
            part = try scanner.next()
        }
        parts.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for (index, part) in parts.enumerated() {
            if index > 0 { key.append(DITKey.valueSeparator) }
            key.append(contentsOf: part.key)
        }
    }

    /// `type=value` as a key: the lower-cased first name of the type, or its OID, and the value's equality key.
    private func appendAVAKey(_ ava: AVAScanner.AVA, of text: Span<UInt8>, to key: inout [UInt8]) throws(DNError) {
        let typeSpan = text.extracting(ava.type)
        let type = attributeType(typeSpan)
        if let type {
            key.append(contentsOf: type.keyName)
        } else {
            guard ASCII.isDigit(typeSpan[0]) else {
                throw DNError(.unknownAttributeType, at: ava.type.lowerBound, "an attribute type of the schema")
            }
            key.append(copying: typeSpan)
        }
        key.append(ASCII.equals)
        guard !ava.value.isEmpty else {
            throw DNError(.invalidValue, at: ava.value.lowerBound, "a value that is not empty")
        }
        let start = key.count
        if ava.isPlain {
            try appendValueKey(of: text.extracting(ava.value), type: type, at: ava.value.lowerBound, to: &key)
        } else {
            let value = try AVAScanner.unescaped(text, ava)
            guard !value.isEmpty else {
                throw DNError(.invalidValue, at: ava.value.lowerBound, "a value that is not empty")
            }
            try appendValueKey(of: value.span, type: type, at: ava.value.lowerBound, to: &key)
        }
        DITKey.escapeLowOctets(of: &key, from: start)
    }

    private func appendValueKey(
        of value: Span<UInt8>, type: AttributeType?, at offset: Int, to key: inout [UInt8]
    ) throws(DNError) {
        do {
            guard let type else { return key.append(copying: value) }
            // Directory strings are checked by their preparation.
            if type.syntax.kind != .directoryString { try type.syntax.validate(value, in: self) }
            guard let rule = type.equality else { return key.append(copying: value) }
            try rule.appendStoredKey(of: value, in: self, to: &key)
        } catch {
            throw DNError(.invalidValue, at: offset, error.expected)
        }
    }
}

extension DITKey {
    /// Escapes octets of up to 0x02 behind an offset, which only keys of binary values hold.
    static func escapeLowOctets(of key: inout [UInt8], from start: Int) {
        var index = start
        while index < key.count {
            if key[index] <= escape {
                key[index] += 0x10
                key.insert(escape, at: index)
                index += 1
            }
            index += 1
        }
    }
}
