/// Reads the tokens of RFC 4512 section 4.1 from the octets of one definition.
///
/// Tokens are parentheses, `$`, quoted strings, and words: whatever else stands between spaces. Quotes round OIDs and
/// braces round lengths are taken as old files write them.
struct DefinitionScanner {
    enum Token: Equatable {
        case open, close, dollar
        case word(String)
        case quoted(String)
        case end
    }

    private let text: [UInt8]
    private(set) var position: Int
    private let end: Int
    /// For errors: where the text comes from, and the line on which it starts.
    let file: String
    let firstLine: Int
    /// The names that `objectidentifier` directives gave to OIDs.
    let macros: [String: String]

    init(_ text: [UInt8], range: Range<Int>, file: String, firstLine: Int, macros: [String: String]) {
        self.text = text
        position = range.lowerBound
        end = range.upperBound
        self.file = file
        self.firstLine = firstLine
        self.macros = macros
        start = range.lowerBound
    }

    private let start: Int

    /// The line that holds the current position.
    var line: Int {
        firstLine + text[start..<min(position, end)].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    }

    func error(_ reason: String, _ code: SchemaError.Code = .malformed) -> SchemaError {
        SchemaError(code, file: file, line: line, reason)
    }

    /// The next token; `.end` at the end of the text and ever after.
    mutating func next() throws(SchemaError) -> Token {
        while position < end, Self.isSpace(text[position]) { position += 1 }
        guard position < end else { return .end }
        switch text[position] {
        case ASCII.leftParenthesis:
            position += 1
            return .open
        case ASCII.rightParenthesis:
            position += 1
            return .close
        case ASCII.dollar:
            position += 1
            return .dollar
        case ASCII.quote: return .quoted(try quotedString())
        default: return .word(word())
        }
    }

    /// The token that `next` would give.
    func peek() throws(SchemaError) -> Token {
        var copy = self
        return try copy.next()
    }

    private mutating func word() -> String {
        let from = position
        while position < end, !Self.isDelimiter(text[position]) { position += 1 }
        return String(decoding: text[from..<position], as: UTF8.self)
    }

    /// `qdstring`: `\27` is a quote and `\5C` a backslash (RFC 4512 section 4.1).
    private mutating func quotedString() throws(SchemaError) -> String {
        position += 1
        let from = position
        var octets: [UInt8] = []
        var escaped = false
        while position < end, text[position] != ASCII.quote {
            if text[position] == ASCII.backslash, position + 2 < end,
                let high = ASCII.hexadecimal(text[position + 1]), let low = ASCII.hexadecimal(text[position + 2])
            {
                if !escaped { octets = Array(text[from..<position]) }
                escaped = true
                octets.append(high << 4 | low)
                position += 3
            } else {
                if escaped { octets.append(text[position]) }
                position += 1
            }
        }
        guard position < end else { throw error("a quoted string has no closing quote") }
        position += 1
        guard let string = String(validating: escaped ? octets : Array(text[from..<(position - 1)]), as: UTF8.self)
        else { throw error("a quoted string is not UTF-8") }
        return string
    }

    static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0A || octet == 0x0D }

    private static func isDelimiter(_ octet: UInt8) -> Bool {
        isSpace(octet) || octet == ASCII.leftParenthesis || octet == ASCII.rightParenthesis || octet == ASCII.dollar
            || octet == ASCII.quote
    }
}

extension DefinitionScanner {
    mutating func expectOpen() throws(SchemaError) {
        guard try next() == .open else { throw error("expected \"(\"") }
    }

    /// A `descr`, `qdescr` or OID, given as it is.
    mutating func name(for keyword: String) throws(SchemaError) -> String {
        switch try next() {
        case .word(let name), .quoted(let name): return name
        default: throw error("expected a name after \(keyword)")
        }
    }

    /// A numeric OID, where a macro may stand for it or for its beginning ("campus:1").
    mutating func numericOID(for what: String) throws(SchemaError) -> String {
        let written = try name(for: what)
        guard let oid = expand(written) else {
            throw error("expected a numeric OID or a defined objectidentifier, not \"\(written)\", as \(what)")
        }
        return oid
    }

    /// The OID that `written` is or stands for, or nil.
    func expand(_ written: String) -> String? {
        let octets = Array(written.utf8)
        if ASCII.isNumericOID(octets.span) { return written }
        guard let colon = written.firstIndex(of: ":") else { return macros[written.lowercased()] }
        guard let prefix = macros[written[..<colon].lowercased()] else { return nil }
        let oid = prefix + "." + written[written.index(after: colon)...]
        let expanded = Array(oid.utf8)
        return ASCII.isNumericOID(expanded.span) ? oid : nil
    }

    /// `oids`: one, or several in parentheses between dollar signs.
    mutating func names(for keyword: String) throws(SchemaError) -> [String] {
        guard try peek() == .open else { return [try name(for: keyword)] }
        try expectOpen()
        var names = [try name(for: keyword)]
        while true {
            switch try next() {
            case .dollar: names.append(try name(for: keyword))
            case .close: return names
            default: throw error("expected \"$\" or \")\" in the list after \(keyword)")
            }
        }
    }

    /// `qdescrs` and `qdstrings`: one quoted string, or several in parentheses.
    mutating func quotedStrings(for keyword: String) throws(SchemaError) -> [String] {
        switch try next() {
        case .quoted(let string): return [string]
        case .open: break
        default: throw error("expected a quoted string or \"(\" after \(keyword)")
        }
        var strings: [String] = []
        while true {
            switch try next() {
            case .quoted(let string): strings.append(string)
            case .close: return strings
            default: throw error("expected a quoted string or \")\" in the list after \(keyword)")
            }
        }
    }

    mutating func quotedString(for keyword: String) throws(SchemaError) -> String {
        guard case .quoted(let string) = try next() else { throw error("expected a quoted string after \(keyword)") }
        return string
    }

    /// NAME's strings, each checked to be a `descr`. OpenLDAP's files hold underscores in places; so may these.
    mutating func descriptors() throws(SchemaError) -> [String] {
        let names = try quotedStrings(for: "NAME")
        for name in names {
            let octets = Array(name.utf8).map { $0 == 0x5F ? ASCII.hyphen : $0 }
            guard ASCII.isDescriptor(octets.span) else { throw error("\"\(name)\" is not a valid name") }
        }
        return names
    }
}
