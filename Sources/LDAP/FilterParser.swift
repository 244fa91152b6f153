/// Reads the text of a filter (RFC 4515 §3), with `(&)` and `(|)` of RFC 4526. It does not recurse.
///
/// Spaces between the parentheses of components are passed over, as libldap does: people write filters over several lines.
struct FilterParser: ~Escapable {
    private let text: Span<UInt8>
    private var next = 0
    /// The components that were begun, outermost first, with the children read so far.
    private var open: [(kind: FilterKind, children: [Filter])] = []
    private var components = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) {
        self.text = text
    }

    @_lifetime(self: copy self)
    mutating func parse() throws(FilterSyntaxError) -> Filter {
        guard text.count <= Limits.filterTextBytes else { throw error("a filter of fewer octets") }
        var complete: Filter?
        repeat {
            complete = try step()
        } while complete == nil
        skipSpaces()
        guard let complete, next == text.count else { throw error("nothing after the filter's last parenthesis") }
        return complete
    }

    /// Reads the begin or the end of a component, or an item; gives the filter once it is whole.
    @_lifetime(self: copy self)
    private mutating func step() throws(FilterSyntaxError) -> Filter? {
        skipSpaces()
        if peek() == UInt8(ascii: ")"), let component = open.popLast() {
            next += 1
            return try add(close(component))
        }
        try expect(UInt8(ascii: "("), "an opening parenthesis")
        components += 1
        guard components <= Limits.filterElements else { throw error("a filter of fewer components") }
        skipSpaces()
        switch peek() {
        case UInt8(ascii: "&"): try begin(.and)
        case UInt8(ascii: "|"): try begin(.or)
        case UInt8(ascii: "!"): try begin(.not)
        default:
            let item = try item()
            try expect(UInt8(ascii: ")"), "a closing parenthesis after the filter item")
            return try add(item)
        }
        return nil
    }

    @_lifetime(self: copy self)
    private mutating func begin(_ kind: FilterKind) throws(FilterSyntaxError) {
        guard open.count < Limits.filterDepth else { throw error("a filter that is nested less deeply") }
        next += 1
        open.append((kind, []))
    }

    private func close(_ component: (kind: FilterKind, children: [Filter])) throws(FilterSyntaxError) -> Filter {
        switch component.kind {
        case .and: return .and(component.children)
        case .or: return .or(component.children)
        default:
            guard let child = component.children.first else { throw error("a filter after '!'") }
            return .not(child)
        }
    }

    /// Puts `filter` into the component around it; gives it back where there is none.
    @_lifetime(self: copy self)
    private mutating func add(_ filter: Filter) throws(FilterSyntaxError) -> Filter? {
        guard let last = open.indices.last else { return filter }
        guard open[last].kind != .not || open[last].children.isEmpty else { throw error("one filter after '!'") }
        open[last].children.append(filter)
        return nil
    }

    // MARK: - Items (simple, present, substring, extensible)

    @_lifetime(self: copy self)
    private mutating func item() throws(FilterSyntaxError) -> Filter {
        let attribute = try attributeDescription()
        switch peek() {
        case UInt8(ascii: ":"): return try extensible(attribute)
        case UInt8(ascii: "="):
            guard !attribute.isEmpty else { throw error("an attribute description") }
            next += 1
            return try equalityOrSubstrings(attribute)
        case UInt8(ascii: "~"), UInt8(ascii: ">"), UInt8(ascii: "<"):
            guard !attribute.isEmpty else { throw error("an attribute description") }
            let comparison = text[next]
            next += 1
            try expect(UInt8(ascii: "="), "'=' after '~', '>' or '<'")
            let value = try value()
            switch comparison {
            case UInt8(ascii: "~"): return .approximate(attribute, value)
            case UInt8(ascii: ">"): return .greaterOrEqual(attribute, value)
            default: return .lessOrEqual(attribute, value)
            }
        default: throw error(attribute.isEmpty ? "an attribute description" : "'=', '~=', '>=', '<=' or ':='")
        }
    }

    @_lifetime(self: copy self)
    private mutating func equalityOrSubstrings(_ attribute: String) throws(FilterSyntaxError) -> Filter {
        var pieces = [try value()]
        while peek() == UInt8(ascii: "*") {
            guard pieces.count <= Limits.substringParts else { throw error("an assertion with fewer parts") }
            next += 1
            pieces.append(try value())
        }
        guard let initial = pieces.first, let final = pieces.last, pieces.count > 1 else {
            return .equality(attribute, pieces[0])
        }
        if pieces.count == 2, initial.isEmpty, final.isEmpty { return .present(attribute) }
        let any = Array(pieces.dropFirst().dropLast())
        // "**" is no part: RFC 4515's any is 0*(assertionvalue ASTERISK), and RFC 4511's substrings have at least one octet.
        guard any.allSatisfy({ !$0.isEmpty }) else { throw error("something between two asterisks") }
        return .substrings(
            attribute,
            Filter.Substrings(
                initial: initial.isEmpty ? nil : initial, any: any, final: final.isEmpty ? nil : final))
    }

    /// `[attr] [":dn"] [":" matchingrule] ":=" value`; an attribute or a rule must be there.
    @_lifetime(self: copy self)
    private mutating func extensible(_ attribute: String) throws(FilterSyntaxError) -> Filter {
        var assertion = Filter.MatchingRuleAssertion(value: [])
        assertion.attribute = attribute.isEmpty ? nil : attribute
        try expect(UInt8(ascii: ":"), "':'")
        while peek() != UInt8(ascii: "=") {
            let name = try objectIdentifier()
            if name.lowercased() == "dn", !assertion.dnAttributes, assertion.rule == nil {
                assertion.dnAttributes = true
            } else if assertion.rule == nil, !name.isEmpty {
                assertion.rule = name
            } else {
                throw error("':=' after the matching rule")
            }
            try expect(UInt8(ascii: ":"), "':' before '='")
        }
        next += 1
        guard assertion.attribute != nil || assertion.rule != nil else {
            throw error("an attribute description or a matching rule before ':='")
        }
        assertion.value = try value()
        return .extensible(assertion)
    }

    // MARK: - Names and values

    /// `oid *(";" option)` (RFC 4512 §2.5); empty where none begins here.
    @_lifetime(self: copy self)
    private mutating func attributeDescription() throws(FilterSyntaxError) -> String {
        var name = try objectIdentifier()
        guard !name.isEmpty else { return name }
        while peek() == UInt8(ascii: ";") {
            next += 1
            let option = take(while: isKeyCharacter)
            guard !option.isEmpty else { throw error("an option after ';'") }
            name += ";" + option
        }
        return name
    }

    /// `descr / numericoid` (RFC 4512 §1.4); empty where none begins here.
    @_lifetime(self: copy self)
    private mutating func objectIdentifier() throws(FilterSyntaxError) -> String {
        guard let first = peek() else { return "" }
        if isLetter(first) { return take(while: isKeyCharacter) }
        guard isDigit(first) else { return "" }
        let start = next
        let oid = take { isDigit($0) || $0 == UInt8(ascii: ".") }
        let isNumericOID = oid.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { arc in
            !arc.isEmpty && (arc == "0" || !arc.hasPrefix("0"))
        }
        guard isNumericOID else { throw FilterSyntaxError(reason: "an object identifier", offset: start) }
        return oid
    }

    /// An assertion value up to `*`, `(`, `)`, NUL or the end, its `\XX` escapes undone.
    @_lifetime(self: copy self)
    private mutating func value() throws(FilterSyntaxError) -> [UInt8] {
        var value: [UInt8] = []
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "*"), UInt8(ascii: ")"): return value
            case UInt8(ascii: "("): throw error("'\\28' in place of an opening parenthesis in a value")
            case 0: throw error("'\\00' in place of a NUL in a value")
            case UInt8(ascii: "\\"):
                guard next + 2 < text.count, let high = hexDigit(text[next + 1]), let low = hexDigit(text[next + 2])
                else { throw error("two hexadecimal digits after a backslash") }
                value.append(high << 4 | low)
                next += 3
            default:
                value.append(byte)
                next += 1
            }
        }
        return value
    }

    // MARK: - Octets

    private func peek() -> UInt8? { next < text.count ? text[next] : nil }

    @_lifetime(self: copy self)
    private mutating func expect(_ byte: UInt8, _ what: StaticString) throws(FilterSyntaxError) {
        guard peek() == byte else { throw error(what) }
        next += 1
    }

    @_lifetime(self: copy self)
    private mutating func skipSpaces() {
        while let byte = peek(), byte == 0x20 || 0x09...0x0D ~= byte { next += 1 }
    }

    /// The longest run of ASCII octets from here on that `isMember` likes.
    @_lifetime(self: copy self)
    private mutating func take(while isMember: (UInt8) -> Bool) -> String {
        var taken = ""
        while let byte = peek(), isMember(byte) {
            taken.unicodeScalars.append(Unicode.Scalar(byte))
            next += 1
        }
        return taken
    }

    private func error(_ reason: StaticString) -> FilterSyntaxError {
        FilterSyntaxError(reason: reason, offset: next)
    }
}

private func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
}

private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

/// keychar (RFC 4512 §1.4).
private func isKeyCharacter(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") }

/// The value of a hexadecimal digit in either case; nil for any other octet.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
