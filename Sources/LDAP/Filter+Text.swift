extension Filter {
    /// Reads the string representation of a filter (RFC 4515), `(&)` and `(|)` included (RFC 4526).
    ///
    /// - Throws: what was expected and where; also for more than `Limits` allows of depth, components, parts or octets.
    public init(parsing text: String) throws(FilterSyntaxError) {
        let utf8 = text.utf8.span
        var parser = FilterParser(utf8)
        self = try parser.parse()
    }
}

extension Filter: CustomStringConvertible {
    /// The string representation (RFC 4515), without recursion. Values are escaped as little as the RFC allows, and control
    /// characters always, so that the text is fit for a log.
    public var description: String {
        var text = ""
        var steps = [Step.write(self)]
        while let step = steps.popLast() {
            switch step {
            case .end: text += ")"
            case .write(.and(let filters)): Filter.begin("(&", filters, &steps, &text)
            case .write(.or(let filters)): Filter.begin("(|", filters, &steps, &text)
            case .write(.not(let filter)): Filter.begin("(!", [filter], &steps, &text)
            case .write(let item): text += "(\(item.itemText))"
            }
        }
        return text
    }

    /// A step of printing: a component still to be printed, or the end of one that was begun.
    private enum Step {
        case write(Filter)
        case end
    }

    private static func begin(_ opening: String, _ filters: [Filter], _ steps: inout [Step], _ text: inout String) {
        text += opening
        steps.append(.end)
        for filter in filters.reversed() { steps.append(.write(filter)) }
    }

    private var itemText: String {
        switch self {
        case .equality(let attribute, let value): attribute + "=" + Filter.escape(value)
        case .greaterOrEqual(let attribute, let value): attribute + ">=" + Filter.escape(value)
        case .lessOrEqual(let attribute, let value): attribute + "<=" + Filter.escape(value)
        case .approximate(let attribute, let value): attribute + "~=" + Filter.escape(value)
        case .present(let attribute): attribute + "=*"
        case .substrings(let attribute, let parts): attribute + "=" + parts.text
        case .extensible(let assertion): assertion.text
        case .and, .or, .not: ""
        }
    }

    /// The text of an assertion value (RFC 4515 §3): NUL, `(`, `)`, `*`, `\` and control characters as `\xx`; in a value
    /// that is not UTF-8, all octets from 80 up too.
    public static func escape(_ value: [UInt8]) -> String {
        let isUTF8 = (try? UTF8Span(validating: value.span)) != nil
        var escaped: [UInt8] = []
        escaped.reserveCapacity(value.count)
        for byte in value {
            switch byte {
            case 0..<0x20, 0x7F, UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "\\"):
                escaped.append(escaping: byte)
            case 0x80...: isUTF8 ? escaped.append(byte) : escaped.append(escaping: byte)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate mutating func append(escaping byte: UInt8) {
        append(UInt8(ascii: "\\"))
        for nibble in [byte >> 4, byte & 0x0F] {
            append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }
}

extension Filter.Substrings {
    fileprivate var text: String {
        let pieces = [initial ?? []] + any + [final ?? []]
        return pieces.map(Filter.escape).joined(separator: "*")
    }
}

extension Filter.MatchingRuleAssertion {
    fileprivate var text: String {
        (attribute ?? "") + (dnAttributes ? ":dn" : "") + (rule.map { ":" + $0 } ?? "") + ":=" + Filter.escape(value)
    }
}
