/// An LDAP syntax description (RFC 4512 section 4.1.5).
public struct SyntaxDefinition: Sendable, Equatable {
    /// The numeric OID.
    public var oid: String
    /// DESC, or empty.
    public var description = ""
    /// The `X-` extensions. `X-SUBST` names the syntax whose check is used, as in OpenLDAP's files.
    public var extensions: [SchemaExtension] = []

    /// A definition with an OID and a description.
    public init(oid: String, description: String, extensions: [SchemaExtension] = []) {
        self.oid = oid
        self.description = description
        self.extensions = extensions
    }

    init(from scanner: inout DefinitionScanner) throws(SchemaError) {
        var frame = DefinitionFrame()
        oid = try scanner.definition("LDAP syntax") { (keyword, scanner) throws(SchemaError) in
            guard keyword != "NAME" else { return false }
            return try frame.take(keyword, from: &scanner)
        }
        description = frame.description
        extensions = frame.extensions
    }

    /// The definition's text, as the `ldapSyntaxes` attribute publishes it.
    public var text: String {
        var writer = DefinitionWriter(oid: oid)
        writer.quoted("DESC", description)
        writer.extensions(extensions)
        return writer.finished()
    }
}
