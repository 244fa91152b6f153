/// Reads the `type=value` parts of one RDN (RFC 4514 section 3).
struct AVAScanner: ~Escapable {
    /// Where the parts of one attribute value assertion lie in the text.
    struct AVA {
        let type: Range<Int>
        let value: Range<Int>
        /// Whether the value's octets are the value: no escapes and no "#" form.
        let isPlain: Bool
    }

    private let text: Span<UInt8>
    private var position: Int
    private let end: Int

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, range: Range<Int>) {
        self.text = text
        position = range.lowerBound
        end = range.upperBound
    }

    /// Whether the RDN has been read whole; otherwise a "+" follows.
    var isAtEnd: Bool { position == end }

    @_lifetime(self: copy self)
    mutating func skipPlus() throws(DNError) {
        guard position < end, text[position] == ASCII.plus else { throw DNError(.malformed, at: position, "\"+\"") }
        position += 1
    }

    @_lifetime(self: copy self)
    mutating func next() throws(DNError) -> AVA {
        skipSpaces()
        let type = try readType()
        skipSpaces()
        guard position < end, text[position] == ASCII.equals else {
            throw DNError(.malformed, at: position, "\"=\" after the attribute type")
        }
        position += 1
        skipSpaces()
        return try readValue(type: type)
    }

    @_lifetime(self: copy self)
    private mutating func skipSpaces() {
        while position < end, text[position] == ASCII.space { position += 1 }
    }

    @_lifetime(self: copy self)
    private mutating func readType() throws(DNError) -> Range<Int> {
        let from = position
        while position < end,
            ASCII.isKeyCharacter(text[position]) || text[position] == ASCII.dot
                || text[position] == 0x5F
        {
            position += 1
        }
        guard position > from else { throw DNError(.malformed, at: from, "an attribute type") }
        if ASCII.isDigit(text[from]), !ASCII.isNumericOID(text.extracting(from..<position)) {
            throw DNError(.malformed, at: from, "a numeric OID or a name")
        }
        return from..<position
    }

    /// Reads up to an unescaped "+" or the end, without the unescaped spaces before it.
    @_lifetime(self: copy self)
    private mutating func readValue(type: Range<Int>) throws(DNError) -> AVA {
        let from = position
        var isPlain = position == end || text[position] != ASCII.number
        // The end of the last character that is no unescaped space.
        var last = from
        while position < end {
            let octet = text[position]
            if octet == ASCII.plus { break }
            if octet == ASCII.backslash {
                isPlain = false
                position += try escapeLength() - 1
            } else if Self.needsEscape(octet) {
                throw DNError(.malformed, at: position, "an escaped character")
            }
            position += 1
            if octet != ASCII.space { last = position }
        }
        return AVA(type: type, value: from..<last, isPlain: isPlain)
    }

    /// NUL, `"`, `;`, `<` and `>` never stand for themselves; commas do not come here.
    private static func needsEscape(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x00, 0x22, 0x2C, ASCII.semicolon, 0x3C, 0x3E: true
        default: false
        }
    }

    /// `\` and a special character, or `\` and two hexadecimal digits.
    private func escapeLength() throws(DNError) -> Int {
        guard position + 1 < end else { throw DNError(.malformed, at: position, "a character after the backslash") }
        switch text[position + 1] {
        case 0x20, 0x22, ASCII.number, ASCII.plus, ASCII.comma, ASCII.semicolon, 0x3C, ASCII.equals, 0x3E,
            ASCII.backslash:
            return 2
        default:
            guard position + 2 < end, ASCII.hexadecimal(text[position + 1]) != nil,
                ASCII.hexadecimal(text[position + 2]) != nil
            else { throw DNError(.malformed, at: position, "a special character or two hexadecimal digits") }
            return 3
        }
    }

    /// The octets that an escaped value, or one in "#" form, stands for.
    static func unescaped(_ text: Span<UInt8>, _ ava: AVA) throws(DNError) -> [UInt8] {
        let range = ava.value
        if text[range.lowerBound] == ASCII.number { return try hexadecimalString(text, range) }
        var value: [UInt8] = []
        value.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard text[index] == ASCII.backslash else {
                value.append(text[index])
                index += 1
                continue
            }
            // `readValue` has checked that the escape is whole.
            if index + 2 < text.count, let high = ASCII.hexadecimal(text[index + 1]),
                let low = ASCII.hexadecimal(text[index + 2])
            {
                value.append(high << 4 | low)
                index += 3
            } else {
                value.append(text[index + 1])
                index += 2
            }
        }
        return value
    }

    /// 2.4: "#" and the hexadecimal digits of the value's BER encoding. What a string type holds is the value; anything
    /// else is left in BER.
    private static func hexadecimalString(_ text: Span<UInt8>, _ range: Range<Int>) throws(DNError) -> [UInt8] {
        guard range.count > 1, range.count & 1 == 1 else {
            throw DNError(.malformed, at: range.lowerBound, "pairs of hexadecimal digits after \"#\"")
        }
        var octets: [UInt8] = []
        var index = range.lowerBound + 1
        while index < range.upperBound {
            guard let high = ASCII.hexadecimal(text[index]), let low = ASCII.hexadecimal(text[index + 1]) else {
                throw DNError(.malformed, at: index, "a hexadecimal digit")
            }
            octets.append(high << 4 | low)
            index += 2
        }
        do {
            let element = try DER.element(octets.span, at: 0, end: octets.count)
            guard element.contents.upperBound == octets.count else {
                throw DNError(.malformed, at: range.upperBound, "one BER value")
            }
            // OCTET STRING, UTF8String, NumericString, PrintableString, IA5String, VisibleString.
            let isString = [0x04, 0x0C, 0x12, 0x13, 0x16, 0x1A].contains(element.tag)
            return isString ? Array(octets[element.contents]) : octets
        } catch let error as DNError {
            throw error
        } catch {
            throw DNError(.malformed, at: range.lowerBound, "a BER value")
        }
    }
}
