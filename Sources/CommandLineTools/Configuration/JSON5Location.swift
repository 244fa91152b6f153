/// Finds where a text stops being JSON5, which the toolchain's decoder does not tell.
///
/// It looks at structure only: brackets, commas, colons, ends of strings and comments.
package struct JSON5Location {
    /// Counted from 1.
    package private(set) var line = 1
    /// In octets, counted from 1.
    package private(set) var column = 1
    package private(set) var expected = ""

    private enum Token { case open(UInt8), close(UInt8), comma, colon, value, end, broken(String) }

    private let text: [UInt8]
    private var place = 0
    private var tokenStart = 0

    /// The first place where the text goes wrong; nil where its structure is sound.
    package init?(of text: [UInt8]) {
        self.text = text
        guard let expected = firstMistake() else { return nil }
        self.expected = expected
        let before = text[..<min(tokenStart, text.count)]
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    }

    private mutating func firstMistake() -> String? {
        var closers: [UInt8] = []
        var mayStartItem = true
        while true {
            let token = next()
            if case .broken(let expected) = token { return expected }
            if closers.isEmpty, !mayStartItem {
                if case .end = token { return nil }
                return "expected the end of the file"
            }
            guard let closer = closers.last else {
                switch token {
                case .open(let closer): closers.append(closer)
                case .value: mayStartItem = false
                default: return "expected {"
                }
                continue
            }
            let isObject = closer == UInt8(ascii: "}")
            switch token {
            case .close(closer):
                closers.removeLast()
                mayStartItem = false
            case .comma where !mayStartItem: mayStartItem = true
            case .value where mayStartItem && isObject:
                guard case .colon = next() else { return "expected a colon after the key" }
                switch next() {
                case .value: mayStartItem = false
                case .open(let inner): closers.append(inner)
                case .broken(let expected): return expected
                default: return "expected a value after the colon"
                }
            case .value where mayStartItem: mayStartItem = false
            case .open(let inner) where mayStartItem && !isObject: closers.append(inner)
            default:
                let end = isObject ? "}" : "]"
                return mayStartItem
                    ? "expected \(isObject ? "a key" : "a value") or \(end)" : "expected a comma or \(end)"
            }
        }
    }

    private mutating func next() -> Token {
        if let broken = skipSpace() { return .broken(broken) }
        tokenStart = place
        guard place < text.count else { return .end }
        let octet = text[place]
        place += 1
        switch octet {
        case UInt8(ascii: "{"): return .open(UInt8(ascii: "}"))
        case UInt8(ascii: "["): return .open(UInt8(ascii: "]"))
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return .close(octet)
        case UInt8(ascii: ","): return .comma
        case UInt8(ascii: ":"): return .colon
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return string(endingWith: octet)
        default:
            while place < text.count, !Self.endsWord(text[place]) { place += 1 }
            return .value
        }
    }

    private mutating func string(endingWith quote: UInt8) -> Token {
        while place < text.count {
            let octet = text[place]
            place += 1
            if octet == quote { return .value }
            if octet == UInt8(ascii: "\n") { break }
            if octet == UInt8(ascii: "\\") { place += 1 }
        }
        return .broken("expected the string that starts here to end in its line")
    }

    private mutating func skipSpace() -> String? {
        while place < text.count {
            if text[place] <= UInt8(ascii: " ") {
                place += 1
            } else if text[place...].starts(with: "//".utf8) {
                place = text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            } else if text[place...].starts(with: "/*".utf8) {
                tokenStart = place
                place += 2
                while place < text.count, !text[place...].starts(with: "*/".utf8) { place += 1 }
                guard place < text.count else { return "expected the comment that starts here to end" }
                place += 2
            } else {
                return nil
            }
        }
        return nil
    }

    private static func endsWord(_ octet: UInt8) -> Bool {
        octet <= UInt8(ascii: " ") || "{}[],:\"'/".utf8.contains(octet)
    }
}
