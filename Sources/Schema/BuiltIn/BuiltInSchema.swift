extension Schema {
    /// The schema that is there without any file: what the field's standards define.
    ///
    /// A mistake in it is a mistake in this program, found by the first test that runs; hence the trap.
    public static let builtIn: Schema = {
        do {
            var definitions = SchemaDefinitions()
            for (name, text) in BuiltInDefinitions.all { try definitions.add(parsing: Array(text.utf8), file: name) }
            var builder = SchemaBuilder(extending: nil)
            return try builder.build(adding: definitions)
        } catch {
            fatalError("the built-in schema: \(error)")
        }
    }()
}

/// The texts of the built-in definitions, a file for each standard.
enum BuiltInDefinitions {
    static let all: [(name: String, text: String)] = [
        ("RFC 4512", rfc4512)
    ]
}
