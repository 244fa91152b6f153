/// An `X-` extension of a definition, such as `X-ORIGIN 'RFC 4519'` (RFC 4512 section 4.2).
public struct SchemaExtension: Sendable, Equatable {
    /// The keyword with its "X-".
    public let name: String
    /// Its strings, in order.
    public let values: [String]

    /// An extension with these values.
    public init(name: String, values: [String]) {
        self.name = name
        self.values = values
    }
}

/// The parts that all definitions of RFC 4512 section 4.1 begin and end with.
struct DefinitionFrame {
    var names: [String] = []
    var description = ""
    var isObsolete = false
    var extensions: [SchemaExtension] = []

    /// Takes a keyword that any definition may have; false if it is another's.
    mutating func take(_ keyword: String, from scanner: inout DefinitionScanner) throws(SchemaError) -> Bool {
        switch keyword {
        case "NAME": names = try scanner.descriptors()
        case "DESC": description = try scanner.quotedString(for: "DESC")
        case "OBSOLETE": isObsolete = true
        default:
            guard keyword.hasPrefix("X-") else { return false }
            extensions.append(SchemaExtension(name: keyword, values: try scanner.quotedStrings(for: keyword)))
        }
        return true
    }
}

extension DefinitionScanner {
    /// Reads `( OID keyword... )`: the OID, then each keyword by `take`, up to the closing parenthesis.
    mutating func definition(
        _ what: String, take: (String, inout DefinitionScanner) throws(SchemaError) -> Bool
    ) throws(SchemaError) -> String {
        try expectOpen()
        let oid = try numericOID(for: "the OID of the \(what)")
        while true {
            switch try next() {
            case .close:
                guard try next() == .end else { throw error("expected nothing after the closing \")\"") }
                return oid
            case .word(let written):
                let keyword = written.uppercased()
                guard try take(keyword, &self) else { throw error("\"\(written)\" is no keyword of the \(what)") }
            case .end: throw error("expected \")\" at the end of the \(what)")
            default: throw error("expected a keyword of the \(what)")
            }
        }
    }
}
