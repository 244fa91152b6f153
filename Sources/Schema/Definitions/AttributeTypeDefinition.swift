/// How an attribute type is used (RFC 4512 section 4.1.2); everything but `userApplications` is operational.
public enum AttributeUsage: String, Sendable {
    /// An attribute of the people or things that entries describe.
    case userApplications
    /// An operational attribute of an entry, shared by all servers.
    case directoryOperation
    /// An operational attribute that a distributed directory needs.
    case distributedOperation
    /// An operational attribute of one server.
    case dSAOperation
}

/// An `AttributeTypeDescription` (RFC 4512 section 4.1.2) as it is written: names are not resolved.
public struct AttributeTypeDefinition: Sendable, Equatable {
    /// The numeric OID.
    public var oid: String
    /// The short names; the first is the one that answers use.
    public var names: [String] = []
    /// DESC, or empty.
    public var description = ""
    /// OBSOLETE.
    public var isObsolete = false
    /// SUP, a name or OID.
    public var superior: String?
    /// EQUALITY, a name or OID.
    public var equality: String?
    /// ORDERING, a name or OID.
    public var ordering: String?
    /// SUBSTR, a name or OID.
    public var substrings: String?
    /// SYNTAX, an OID.
    public var syntax: String?
    /// The number in braces after SYNTAX: a suggested minimum upper bound, never enforced.
    public var lengthBound: Int?
    /// SINGLE-VALUE.
    public var isSingleValued = false
    /// COLLECTIVE.
    public var isCollective = false
    /// NO-USER-MODIFICATION.
    public var noUserModification = false
    /// USAGE.
    public var usage = AttributeUsage.userApplications
    /// The `X-` extensions.
    public var extensions: [SchemaExtension] = []

    /// A definition with an OID and names, and nothing else yet.
    public init(oid: String, names: [String]) {
        self.oid = oid
        self.names = names
    }

    init(from scanner: inout DefinitionScanner) throws(SchemaError) {
        var frame = DefinitionFrame()
        self.init(oid: "", names: [])
        var parts = self
        oid = try scanner.definition("attribute type") {
            (keyword, scanner) throws(SchemaError) in
            if try frame.take(keyword, from: &scanner) { return true }
            return try parts.take(keyword, from: &scanner)
        }
        let oid = oid
        self = parts
        self.oid = oid
        names = frame.names
        description = frame.description
        isObsolete = frame.isObsolete
        extensions = frame.extensions
    }

    private mutating func take(
        _ keyword: String, from scanner: inout DefinitionScanner
    ) throws(SchemaError) -> Bool {
        switch keyword {
        case "SUP": superior = try scanner.name(for: keyword)
        case "EQUALITY": equality = try scanner.name(for: keyword)
        case "ORDERING": ordering = try scanner.name(for: keyword)
        case "SUBSTR": substrings = try scanner.name(for: keyword)
        case "SYNTAX": try takeSyntax(from: &scanner)
        case "SINGLE-VALUE": isSingleValued = true
        case "COLLECTIVE": isCollective = true
        case "NO-USER-MODIFICATION": noUserModification = true
        case "USAGE":
            let written = try scanner.name(for: keyword)
            guard let known = Self.usages[written.lowercased()] else {
                throw scanner.error("\"\(written)\" is no USAGE of RFC 4512 section 4.1.2")
            }
            usage = known
        default: return false
        }
        return true
    }

    /// `noidlen`: an OID, perhaps with a length in braces.
    private mutating func takeSyntax(from scanner: inout DefinitionScanner) throws(SchemaError) {
        let written = try scanner.name(for: "SYNTAX")
        var oid = written[...]
        if let brace = written.firstIndex(of: "{") {
            guard written.hasSuffix("}"), let length = Int(written[written.index(after: brace)...].dropLast())
            else { throw scanner.error("expected a length in braces after the OID of SYNTAX") }
            lengthBound = length
            oid = written[..<brace]
        }
        guard let known = scanner.expand(String(oid)) else {
            throw scanner.error("expected a numeric OID or a defined objectidentifier, not \"\(oid)\", as SYNTAX")
        }
        syntax = known
    }

    private static let usages: [String: AttributeUsage] = [
        "userapplications": .userApplications, "directoryoperation": .directoryOperation,
        "distributedoperation": .distributedOperation, "dsaoperation": .dSAOperation,
    ]

    /// The definition's text, as the `attributeTypes` attribute publishes it.
    public var text: String {
        var writer = DefinitionWriter(oid: oid)
        writer.names(names)
        writer.quoted("DESC", description)
        writer.flag("OBSOLETE", isObsolete)
        writer.word("SUP", superior)
        writer.word("EQUALITY", equality)
        writer.word("ORDERING", ordering)
        writer.word("SUBSTR", substrings)
        writer.word("SYNTAX", syntax.map { oid in lengthBound.map { "\(oid){\($0)}" } ?? oid })
        writer.flag("SINGLE-VALUE", isSingleValued)
        writer.flag("COLLECTIVE", isCollective)
        writer.flag("NO-USER-MODIFICATION", noUserModification)
        writer.word("USAGE", usage == .userApplications ? nil : usage.rawValue)
        writer.extensions(extensions)
        return writer.finished()
    }
}
