extension LDIFReader {
    /// What `readLine()` found.
    enum LineKind {
        case text
        case blank
        case end
    }

    /// Reads one line, joins what it is folded into, and skips comments (RFC 2849 notes 2 and 3).
    mutating func readLine() throws(LDIFError) -> LineKind {
        while true {
            guard try hasMore() else { return .end }
            if linesRead == 0 { skipByteOrderMark() }
            if !folds.isEmpty { folds.removeAll(keepingCapacity: true) }
            lineStart = position - base
            lineNumber = linesRead + 1
            lineBits = 0
            lineHasControl = false
            if position < filled, buffer[position] == Octet.space {
                throw error(.continuation, "expected no space at the beginning of a line that continues nothing")
            }
            try readPhysicalLine()
            if lineEnd == lineStart { return .blank }
            while try continues() {
                position += 1
                folds.append(lineEnd)
                try joinPhysicalLine()
            }
            let length = lineEnd - lineStart
            guard length <= limits.lineLength else { throw lineTooLong() }
            if buffer[base + lineStart] != Octet.hash { return .text }
        }
    }

    /// Whether an octet is at `position`.
    private mutating func hasMore() throws(LDIFError) -> Bool {
        if position < filled { return true }
        return try fill()
    }

    /// Whether the line that was read last is continued by the next one.
    private mutating func continues() throws(LDIFError) -> Bool {
        guard try hasMore() else { return false }
        return buffer[position] == Octet.space
    }

    /// Finds the end of the physical line at `position` and moves behind it.
    private mutating func readPhysicalLine() throws(LDIFError) {
        var searched = position - base
        while true {
            let found = scan(from: base + searched)
            if found < filled {
                setLineEnd(found - base)
                position = found + 1
                return
            }
            searched = found - base
            guard searched - lineStart <= limits.lineLength else { throw lineTooLong() }
            guard try fill() else {
                setLineEnd(searched)
                position = filled
                return
            }
        }
    }

    /// Looks for the newline and gathers what the octets before it are.
    private mutating func scan(from start: Int) -> Int {
        let found = PhysicalLine(in: buffer.span, from: start, to: filled)
        lineBits |= found.bits
        if found.hasControl { lineHasControl = true }
        return found.end
    }

    private mutating func setLineEnd(_ end: Int) {
        linesRead += 1
        lineEnd = end > lineStart && buffer[base + end - 1] == Octet.carriageReturn ? end - 1 : end
    }

    /// Moves the continuation at `position` down to the end of the line.
    private mutating func joinPhysicalLine() throws(LDIFError) {
        let target = lineEnd
        let source = position - base
        try readPhysicalLine()
        let count = lineEnd - source
        guard count > 0 else {
            lineEnd = target
            return
        }
        Self.move(&buffer, from: base + source, to: base + target, count: count)
        lineEnd = target + count
    }

    /// Reads more octets behind the buffer's, making room first.
    /// - Returns: false at the end of the input.
    private mutating func fill() throws(LDIFError) -> Bool {
        guard !inputEnded else {
            guard !inputIsCut else { throw recordTooLong() }
            return false
        }
        if base > 0 {
            Self.move(&buffer, from: base, to: 0, count: filled - base)
            filled -= base
            position -= base
            base = 0
        }
        if filled == buffer.count {
            guard filled < limits.recordLength else { throw recordTooLong() }
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        do {
            let count = try input.read(into: &buffer, at: filled)
            filled += count
            bytesRead += count
            inputEnded = count == 0
            return count > 0
        } catch {
            throw LDIFError(.unreadable, file: file, line: 0, "cannot read: \(error.reason)")
        }
    }

    /// Moves octets down: the ranges may overlap, for `target` is below `source`.
    private static func move(_ buffer: inout [UInt8], from source: Int, to target: Int, count: Int) {
        var octets = buffer.mutableSpan
        for index in 0..<count { octets[target + index] = octets[source + index] }
    }

    /// A UTF-8 byte-order mark, as some editors write, is no part of the first line.
    private mutating func skipByteOrderMark() {
        if filled - position >= 3, buffer[position] == 0xEF, buffer[position + 1] == 0xBB, buffer[position + 2] == 0xBF
        {
            position += 3
        }
    }

    @inline(never)
    private func recordTooLong() -> LDIFError {
        error(.limit, "expected a record of at most \(limits.recordLength) octets")
    }

    @inline(never)
    private func lineTooLong() -> LDIFError {
        error(.limit, "expected a line of at most \(limits.lineLength) octets")
    }

    /// Whether the current line's name is `name`, which is in lower case.
    func isNamed(_ name: String) -> Bool {
        let count = name.utf8.count
        guard lineEnd - lineStart > count, buffer[base + lineStart + count] == Octet.colon else { return false }
        return bytes(lineStart..<lineStart + count).equalsIgnoringCase(name)
    }

    /// Takes the current line apart and decodes its value in place.
    mutating func parseLine() throws(LDIFError) -> LDIFLine {
        let colon = try findColon()
        guard colon - lineStart <= limits.attributeDescriptionLength else {
            throw error(
                .limit, "expected an attribute description of at most \(limits.attributeDescriptionLength) octets")
        }
        let (value, isText) = try parseValue(afterColon: colon)
        return LDIFLine(name: lineStart..<colon, value: value, line: lineNumber, isText: isText)
    }

    /// Parses a value-spec (RFC 2849): what stands behind the colon at `colon`, up to the end of the line.
    mutating func parseValue(afterColon colon: Int) throws(LDIFError) -> (range: Range<Int>, isText: Bool) {
        var start = colon + 1
        if start < lineEnd, buffer[base + start] == Octet.colon {
            return (try decodeBase64(from: start + 1), false)
        }
        if start < lineEnd, buffer[base + start] == Octet.lessThan {
            throw error(
                .url, offset: start, "expected a value: ':<' would read another file, which is never done; use base64")
        }
        while start < lineEnd, buffer[base + start] == Octet.space { start += 1 }
        if lineHasControl { try refuseControls() }
        if lineBits >= 0x80, !bytes(start..<lineEnd).isUTF8 {
            throw error(.octets, "expected UTF-8; write other octets in base64, after '::'")
        }
        return (start..<lineEnd, true)
    }

    /// The offset of the colon after an attribute description (RFC 4512 section 2.5).
    private func findColon() throws(LDIFError) -> Int {
        let span = bytes(lineStart..<lineEnd)
        var index = 0
        while index < span.count, span[index].isDescriptionOctet { index += 1 }
        guard index < span.count, span[index] == Octet.colon, index > 0, span[0].isLetterOrDigit else {
            throw error(
                .line, offset: lineStart + index,
                "expected 'name: value', the name of letters, digits, hyphens, dots and semicolons")
        }
        return lineStart + index
    }

    private mutating func decodeBase64(from start: Int) throws(LDIFError) -> Range<Int> {
        var start = start
        while start < lineEnd, buffer[base + start] == Octet.space { start += 1 }
        let text = base + start..<base + lineEnd
        var octets = buffer.mutableSpan
        let decoded = Base64.decode(&octets, text)
        switch decoded {
        case .success(let end):
            return start..<end - base
        case .failure(.character(let index)):
            throw error(.base64, offset: index - base, "expected base64: A-Z, a-z, 0-9, '+', '/', and '=' at the end")
        case .failure(.length(let index)):
            throw error(
                .base64, offset: index - base, "expected whole base64: groups of four, the last padded with '='")
        }
    }

    private func refuseControls() throws(LDIFError) {
        for offset in lineStart..<lineEnd {
            let octet = buffer[base + offset]
            if octet == 0 || octet == Octet.carriageReturn {
                let name = octet == 0 ? "NUL octet" : "carriage return inside a line"
                throw error(.octets, offset: offset, "expected no \(name); write the value in base64, after '::'")
            }
        }
    }
}

/// What one look at a physical line tells.
private struct PhysicalLine {
    /// Where its newline is, or the end of what there is.
    var end: Int
    /// All its octets ORed together.
    var bits: UInt8 = 0
    /// Whether it holds a NUL, or a CR that ends no line: both have to be in base64.
    var hasControl = false

    init(in octets: Span<UInt8>, from start: Int, to limit: Int) {
        end = start
        var words: UInt64 = 0
        defer { bits |= Self.union(words) }
        while end < limit {
            if end &+ 8 <= limit {
                let word = octets.word(at: end)
                let plain = OctetWord.octetsBeforeControl(word)
                end &+= plain
                if plain == 8 {
                    words |= word
                    continue
                }
                words |= word & ~(.max << UInt64(8 &* plain))
            }
            let octet = octets[end]
            // Of all octets up to CR only LF ends a line.
            if octet <= Octet.carriageReturn {
                if octet == Octet.lineFeed { return }
                if octet == 0 { hasControl = true }
                if octet == Octet.carriageReturn { noteCarriageReturn(in: octets, limit: limit) }
            }
            bits |= octet
            end += 1
        }
    }

    /// Eight octets ORed together.
    private static func union(_ word: UInt64) -> UInt8 {
        let half = word | word >> 32
        let quarter = half | half >> 16
        return UInt8(truncatingIfNeeded: quarter | quarter >> 8)
    }

    private mutating func noteCarriageReturn(in octets: Span<UInt8>, limit: Int) {
        let endsLine = end + 1 < limit && octets[end + 1] == Octet.lineFeed
        if !endsLine { hasControl = true }
    }
}

/// Octets with a meaning in LDIF.
enum Octet {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let hash = UInt8(ascii: "#")
    static let colon = UInt8(ascii: ":")
    static let lessThan = UInt8(ascii: "<")
    static let hyphen = UInt8(ascii: "-")
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        let lowered = self | 0x20
        return (lowered >= 0x61 && lowered <= 0x7A) || (self >= 0x30 && self <= 0x39)
    }

    /// An octet of an attribute description: a keystring or numeric OID, with options (RFC 4512 section 2.5).
    var isDescriptionOctet: Bool {
        isLetterOrDigit || self == 0x2D || self == 0x2E || self == 0x3B
    }
}

extension Span<UInt8> {
    func equals(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Whether it is `text`, which is in lower case and of letters only.
    func equalsIgnoringCase(_ text: String) -> Bool {
        let other = text.utf8.span
        guard count == other.count else { return false }
        for index in 0..<count where self[index] | 0x20 != other[index] { return false }
        return true
    }

    var isUTF8: Bool {
        (try? UTF8Span(validating: self)) != nil
    }
}
