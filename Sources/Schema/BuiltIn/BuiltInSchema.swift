extension Schema {
    /// The schema that is there without any file: what the field's standards define.
    ///
    /// A mistake in it is a mistake in this program, found by the first test that runs; hence the trap.
    public static let builtIn: Schema = {
        do {
            var definitions = SchemaDefinitions()
            for (origin, text) in BuiltInDefinitions.all {
                try definitions.add(parsing: Array(text.utf8), file: origin, origin: origin)
            }
            var builder = SchemaBuilder(extending: nil)
            return try builder.build(adding: definitions)
        } catch {
            preconditionFailure("the built-in schema: \(error)")
        }
    }()
}

/// The texts of the built-in definitions, a file for each standard. The subschema names the standard as `X-ORIGIN`.
enum BuiltInDefinitions {
    static let all: [(origin: String, text: String)] = [
        ("RFC 4512", rfc4512), ("RFC 4519", rfc4519), ("RFC 4523", rfc4523), ("RFC 4524", rfc4524),
        ("RFC 2798", rfc2798), ("RFC 2307bis", rfc2307bis), ("eduPerson 202208", eduPerson),
        ("SCHAC 1.6.0", schac), ("UCTrust", ucTrust), ("operational", operational), ("OpenLDAP", monitoring),
        ("applications", applications),
    ]
}
