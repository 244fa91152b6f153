/// The name of an entry (RFC 4514): the text it was given as, and the key it is known by.
public struct DistinguishedName: Sendable, Hashable, CustomStringConvertible {
    /// The text as it was given.
    public let text: String
    /// The DIT key; two names are the same when their keys are.
    public let key: [UInt8]

    /// Reads a name.
    ///
    /// - Throws: what was expected and where.
    public init(parsing text: Span<UInt8>, schema: Schema) throws(DNError) {
        var key: [UInt8] = []
        try schema.appendDNKey(of: text, to: &key)
        self.key = key
        var octets: [UInt8] = []
        octets.append(copying: text)
        guard let string = String(validating: octets, as: UTF8.self) else {
            throw DNError(.malformed, at: 0, "UTF-8")
        }
        self.text = string
    }

    /// Reads a name from a string.
    public init(parsing text: String, schema: Schema) throws(DNError) {
        let octets = Array(text.utf8)
        try self.init(parsing: octets.span, schema: schema)
    }

    private init(text: String, key: [UInt8]) {
        self.text = text
        self.key = key
    }

    /// The empty name, above all suffixes.
    public static let empty = DistinguishedName(text: "", key: [])

    /// How many RDNs the name has.
    public var depth: Int { DITKey.depth(of: key.span) }

    /// The name one RDN shorter; nil for the empty name.
    public var parent: DistinguishedName? {
        let length = DITKey.parent(of: key.span)
        guard length >= 0 else { return nil }
        guard length > 0 else { return .empty }
        let octets = Array(text.utf8)
        var from = Self.rdnEnd(in: octets, from: 0) + 1
        while from < octets.count, octets[from] == ASCII.space { from += 1 }
        return DistinguishedName(text: String(decoding: octets[from...], as: UTF8.self), key: Array(key[..<length]))
    }

    /// The RDNs, the entry's own first.
    public var rdns: [RelativeDistinguishedName] {
        let octets = Array(text.utf8)
        guard !octets.isEmpty else { return [] }
        var rdns: [RelativeDistinguishedName] = []
        var from = 0
        while from <= octets.count {
            let end = Self.rdnEnd(in: octets, from: from)
            if let rdn = RelativeDistinguishedName(octets.span, range: from..<end) { rdns.append(rdn) }
            from = end + 1
        }
        return rdns
    }

    /// The RDNs of a name whose attributes the schema need not know; nil where the text is no name (RFC 4514 section 3).
    public static func rdns(of octets: [UInt8]) -> [RelativeDistinguishedName]? {
        var rdns: [RelativeDistinguishedName] = []
        var from = 0
        while !octets.isEmpty, from <= octets.count {
            let end = rdnEnd(in: octets, from: from)
            guard let rdn = RelativeDistinguishedName(octets.span, range: from..<end) else { return nil }
            rdns.append(rdn)
            from = end + 1
        }
        return rdns
    }

    /// Where the RDN that starts at `from` ends: at a comma that is not escaped, or with the text.
    private static func rdnEnd(in octets: [UInt8], from: Int) -> Int {
        var index = from
        while index < octets.count, octets[index] != ASCII.comma {
            index += octets[index] == ASCII.backslash ? 2 : 1
        }
        return min(index, octets.count)
    }

    /// The name in the form of RFC 4514 section 2: no spaces that are not part of values, special characters escaped.
    public var description: String { rdns.map(\.description).joined(separator: ",") }

    /// Names are equal when their keys are.
    public static func == (left: DistinguishedName, right: DistinguishedName) -> Bool { left.key == right.key }

    /// By key.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

/// One level of a name: one or more `type=value` (RFC 4512 section 2.3.1).
public struct RelativeDistinguishedName: Sendable, Hashable, CustomStringConvertible {
    /// One `type=value`.
    public struct Assertion: Sendable, Hashable {
        /// The type as it was written.
        public let type: String
        /// The value's octets, without escapes.
        public let value: [UInt8]

        /// A type and a value.
        public init(type: String, value: [UInt8]) {
            self.type = type
            self.value = value
        }
    }

    /// The parts in the order they were written.
    public let assertions: [Assertion]

    /// An RDN of these parts.
    public init(_ assertions: [Assertion]) { self.assertions = assertions }

    /// Reads an RDN; nil if it is not one.
    init?(_ text: Span<UInt8>, range: Range<Int>) {
        var scanner = AVAScanner(text, range: range)
        var assertions: [Assertion] = []
        do {
            while true {
                let ava = try scanner.next()
                var type: [UInt8] = []
                type.append(copying: text.extracting(ava.type))
                var value: [UInt8] = []
                if ava.isPlain {
                    value.append(copying: text.extracting(ava.value))
                } else {
                    value = try AVAScanner.unescaped(text, ava)
                }
                assertions.append(Assertion(type: String(decoding: type, as: UTF8.self), value: value))
                if scanner.isAtEnd { break }
                try scanner.skipPlus()
            }
        } catch {
            return nil
        }
        self.assertions = assertions
    }

    /// The RDN in the form of RFC 4514 section 2.
    public var description: String {
        assertions.map { $0.type + "=" + DNWriter.escaped($0.value) }.joined(separator: "+")
    }
}

/// Writes values as RFC 4514 section 2.4 says.
enum DNWriter {
    /// A value's octets with special characters escaped. Octets that are not UTF-8, and controls, become hexadecimal
    /// pairs.
    static func escaped(_ value: [UInt8]) -> String {
        let isText = String(validating: value, as: UTF8.self) != nil
        var octets: [UInt8] = []
        for (index, octet) in value.enumerated() {
            let isEdgeSpace = octet == ASCII.space && (index == 0 || index == value.count - 1)
            switch octet {
            case 0x22, ASCII.plus, ASCII.comma, ASCII.semicolon, 0x3C, 0x3E, ASCII.backslash:
                octets += [ASCII.backslash, octet]
            case ASCII.number where index == 0: octets += [ASCII.backslash, octet]
            case ASCII.space where isEdgeSpace: octets += [ASCII.backslash, octet]
            case 0x00..<0x20, 0x7F: octets += hexadecimal(octet)
            case 0x80...: octets += isText ? [octet] : hexadecimal(octet)
            default: octets.append(octet)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func hexadecimal(_ octet: UInt8) -> [UInt8] {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
        return [ASCII.backslash, digit(octet >> 4), digit(octet & 0x0F)]
    }
}
