/// An attribute type with options (RFC 4512 section 2.5), such as `cn;lang-fr`.
public struct AttributeDescription: Hashable, Sendable {
    /// The attribute type.
    public let type: AttributeTypeID
    /// The options, lower-cased and sorted, each once. `binary` is one of them (RFC 4522).
    public let options: [String]

    /// The description of a type without options.
    public init(type: AttributeTypeID) {
        self.type = type
        options = []
    }

    /// Reads a description, where the type may be a name or an OID and case is disregarded.
    ///
    /// Nil for an unknown type, malformed text, and options that a server has to know but nobody does: language tags
    /// (RFC 3866), `binary` where the syntax asks for it, and private `x-` options are known. Types whose values travel
    /// in BER only always have `binary`, whether it was written or not (RFC 4523 section 2).
    public init?(parsing text: Span<UInt8>, schema: Schema) {
        var end = 0
        while end < text.count, text[end] != ASCII.semicolon { end += 1 }
        guard let type = schema.attributeType(text.extracting(0..<end)) else { return nil }
        self.type = type.id
        let requiresBinary = type.syntax.requiresBinaryTransfer
        if end == text.count, !requiresBinary {
            options = []
            return
        }
        guard let written = Self.options(in: text, from: end) else { return nil }
        var options = Set(written)
        if requiresBinary { options.insert("binary") }
        // Operational attributes have no options (RFC 4512 section 3.4), and only BER values are binary ones.
        guard options.isEmpty || !type.isOperational, requiresBinary || !options.contains("binary") else { return nil }
        self.options = options.sorted()
    }

    /// Reads a description from a string.
    public init?(parsing text: String, schema: Schema) {
        let octets = Array(text.utf8)
        self.init(parsing: octets.span, schema: schema)
    }

    /// The options from an offset, at which a semicolon stands, to the end; nil if one is malformed or unknown.
    private static func options(in text: Span<UInt8>, from start: Int) -> [String]? {
        var options: [String] = []
        var position = start
        while position < text.count {
            var option = ""
            position += 1
            while position < text.count, text[position] != ASCII.semicolon {
                guard ASCII.isKeyCharacter(text[position]) else { return nil }
                option.unicodeScalars.append(Unicode.Scalar(ASCII.lowercased(text[position])))
                position += 1
            }
            guard option == "binary" || option.hasPrefix("lang-") || option.hasPrefix("x-") else { return nil }
            options.append(option)
        }
        return options
    }

    /// The description with the schema's spelling of the type, as answers name it.
    public func name(in schema: Schema) -> String {
        let name = schema.attributeType(type).name
        return options.isEmpty ? name : name + ";" + options.joined(separator: ";")
    }

    /// Whether values under this description belong to a request for `other` (RFC 4512 section 2.5.3): the type is the
    /// other's or a subtype of it, and all the other's options are here. An option of the other's that ends in a hyphen
    /// is a range of language tags (RFC 3866 section 2.2).
    public func isSubtype(of other: AttributeDescription, in schema: Schema) -> Bool {
        guard type == other.type || schema.attributeType(type).isSubtype(of: schema.attributeType(other.type)) else {
            return false
        }
        return other.options.allSatisfy { wanted in
            guard wanted.hasSuffix("-") else { return options.contains(wanted) }
            return options.contains { $0.hasPrefix(wanted) || $0 + "-" == wanted }
        }
    }

    /// Whether an option is a range of language tags, which requests may have and stored attributes may not.
    public var isRange: Bool { options.contains { $0.hasSuffix("-") } }
}
