/// The kind of an object class (RFC 4512 section 2.4).
public enum ObjectClassKind: String, Sendable {
    /// Only there to be a superclass.
    case abstract = "ABSTRACT"
    /// What an entry is; it has exactly one chain of them.
    case structural = "STRUCTURAL"
    /// What may be added to an entry.
    case auxiliary = "AUXILIARY"
}

/// An `ObjectClassDescription` (RFC 4512 section 4.1.1) as it is written: names are not resolved.
public struct ObjectClassDefinition: Sendable, Equatable {
    /// The numeric OID.
    public var oid: String
    /// The short names; the first is the one that answers use.
    public var names: [String] = []
    /// DESC, or empty.
    public var description = ""
    /// OBSOLETE.
    public var isObsolete = false
    /// SUP, names or OIDs.
    public var superiors: [String] = []
    /// The kind; structural unless the text says otherwise.
    public var kind = ObjectClassKind.structural
    /// MUST, names or OIDs.
    public var must: [String] = []
    /// MAY, names or OIDs.
    public var may: [String] = []
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
        let oid = try scanner.definition("object class") { (keyword, scanner) throws(SchemaError) in
            if try frame.take(keyword, from: &scanner) { return true }
            switch keyword {
            case "SUP": parts.superiors = try scanner.names(for: keyword)
            case "MUST": parts.must = try scanner.names(for: keyword)
            case "MAY": parts.may = try scanner.names(for: keyword)
            default:
                guard let kind = ObjectClassKind(rawValue: keyword) else { return false }
                parts.kind = kind
            }
            return true
        }
        self = parts
        self.oid = oid
        names = frame.names
        description = frame.description
        isObsolete = frame.isObsolete
        extensions = frame.extensions
    }

    /// The definition's text, as the `objectClasses` attribute publishes it.
    public var text: String {
        var writer = DefinitionWriter(oid: oid)
        writer.names(names)
        writer.quoted("DESC", description)
        writer.flag("OBSOLETE", isObsolete)
        writer.list("SUP", superiors)
        writer.flag(kind.rawValue, true)
        writer.list("MUST", must)
        writer.list("MAY", may)
        writer.extensions(extensions)
        return writer.finished()
    }
}
