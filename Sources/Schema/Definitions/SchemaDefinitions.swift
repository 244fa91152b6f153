/// Definitions that have been parsed but not yet resolved against a schema, each with where it stands.
public struct SchemaDefinitions: Sendable {
    struct Located<Definition: Sendable>: Sendable {
        let definition: Definition
        let file: String
        let line: Int

        func error(_ code: SchemaError.Code, _ reason: String) -> SchemaError {
            SchemaError(code, file: file, line: line, reason)
        }
    }

    var attributeTypes: [Located<AttributeTypeDefinition>] = []
    var objectClasses: [Located<ObjectClassDefinition>] = []
    var syntaxes: [Located<SyntaxDefinition>] = []
    /// What `objectidentifier` directives defined, by lower-cased name. Later files may use what earlier ones define.
    var macros: [String: String] = [:]

    /// Definitions that are made, not read.
    public init(
        attributeTypes: [AttributeTypeDefinition] = [], objectClasses: [ObjectClassDefinition] = [],
        syntaxes: [SyntaxDefinition] = []
    ) {
        self.attributeTypes = attributeTypes.map { Located(definition: $0, file: "", line: 0) }
        self.objectClasses = objectClasses.map { Located(definition: $0, file: "", line: 0) }
        self.syntaxes = syntaxes.map { Located(definition: $0, file: "", line: 0) }
    }

    /// Reads the text of one schema file in OpenLDAP's syntax.
    ///
    /// - Parameters:
    ///   - text: the whole file.
    ///   - file: its name, for errors.
    public init(parsing text: [UInt8], file: String) throws(SchemaError) {
        self.init()
        try add(parsing: text, file: file)
    }

    /// Reads the text of one more schema file; `objectidentifier`s of files before it hold in it.
    public mutating func add(parsing text: [UInt8], file: String) throws(SchemaError) {
        try add(parsing: text, file: file, origin: nil)
    }

    /// As above, and each definition gets an `X-ORIGIN` if one is given.
    mutating func add(parsing text: [UInt8], file: String, origin: String?) throws(SchemaError) {
        let extensions = origin.map { [SchemaExtension(name: "X-ORIGIN", values: [$0])] } ?? []
        var reader = SchemaFileReader(text, file: file)
        while let directive = try reader.next() { try add(directive, of: reader, extensions) }
    }

    private mutating func add(
        _ directive: SchemaFileReader.Directive, of reader: SchemaFileReader, _ extensions: [SchemaExtension]
    ) throws(SchemaError) {
        var scanner = reader.scanner(of: directive, macros: macros)
        switch directive.keyword {
        case "attributetype", "attributetypes":
            var definition = try AttributeTypeDefinition(from: &scanner)
            definition.extensions += extensions
            attributeTypes.append(Located(definition: definition, file: reader.file, line: directive.line))
        case "objectclass", "objectclasses":
            var definition = try ObjectClassDefinition(from: &scanner)
            definition.extensions += extensions
            objectClasses.append(Located(definition: definition, file: reader.file, line: directive.line))
        case "ldapsyntax", "ldapsyntaxes":
            let definition = try SyntaxDefinition(from: &scanner)
            syntaxes.append(Located(definition: definition, file: reader.file, line: directive.line))
        case "objectidentifier":
            let name = try scanner.name(for: "objectidentifier")
            let oid = try scanner.numericOID(for: "the value of objectidentifier \"\(name)\"")
            guard try scanner.next() == .end else { throw scanner.error("expected one name and one OID") }
            macros[name.lowercased()] = oid
        default:
            throw scanner.error(
                "\"\(directive.keyword)\" is no directive of a schema file; expected attributetype, objectclass, "
                    + "objectidentifier or ldapsyntax")
        }
    }
}
