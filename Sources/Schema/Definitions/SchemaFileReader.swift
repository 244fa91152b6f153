/// Splits a schema file of OpenLDAP's syntax into its directives.
///
/// A directive starts in the first column and goes on over all lines that start with a space or a tab. Empty lines are
/// passed over; so are lines that start with "#", inside directives too, and between them also behind spaces.
struct SchemaFileReader {
    struct Directive {
        /// The first word, lower-cased.
        let keyword: String
        /// The line of that word, from 1.
        let line: Int
        /// The rest of the directive.
        let range: Range<Int>
    }

    private var text: [UInt8]
    let file: String
    private var position = 0
    private var line = 1

    init(_ text: [UInt8], file: String) {
        self.text = text
        self.file = file
    }

    /// The next directive, or nil at the end of the file.
    mutating func next() throws(SchemaError) -> Directive? {
        skipBlankLines()
        guard position < text.count else { return nil }
        let firstLine = line
        guard !Self.isBlank(text[position]) else {
            throw SchemaError(
                .malformed, file: file, line: line, "a line that starts with a space continues nothing")
        }
        let from = position
        while position < text.count, !DefinitionScanner.isSpace(text[position]),
            text[position] != ASCII.leftParenthesis
        {
            position += 1
        }
        let keyword = String(decoding: text[from..<position], as: UTF8.self).lowercased()
        let body = position
        endLine()
        while position < text.count, continuesHere() { endLine() }
        return Directive(keyword: keyword, line: firstLine, range: body..<position)
    }

    func scanner(of directive: Directive, macros: [String: String]) -> DefinitionScanner {
        DefinitionScanner(
            text, range: directive.range, file: file, firstLine: directive.line, macros: macros)
    }

    /// Whether the line at the position belongs to the directive before it. Comments inside a directive are blanked, so
    /// that the scanner does not see them.
    private mutating func continuesHere() -> Bool {
        if text[position] == ASCII.number {
            guard directiveGoesOn() else { return false }
            while position < text.count, text[position] != 0x0A {
                text[position] = ASCII.space
                position += 1
            }
            return true
        }
        return Self.isBlank(text[position])
    }

    /// Whether a continuation line follows the comment lines at the position.
    private func directiveGoesOn() -> Bool {
        var ahead = position
        while ahead < text.count, text[ahead] == ASCII.number {
            while ahead < text.count, text[ahead] != 0x0A { ahead += 1 }
            ahead += 1
        }
        return ahead < text.count && Self.isBlank(text[ahead])
    }

    private mutating func skipBlankLines() {
        while position < text.count {
            var ahead = position
            while ahead < text.count, DefinitionScanner.isSpace(text[ahead]), text[ahead] != 0x0A { ahead += 1 }
            guard ahead == text.count || text[ahead] == 0x0A || text[ahead] == ASCII.number else { return }
            endLine()
        }
    }

    /// Moves to the start of the next line.
    private mutating func endLine() {
        while position < text.count, text[position] != 0x0A { position += 1 }
        if position < text.count {
            position += 1
            line += 1
        }
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }
}
