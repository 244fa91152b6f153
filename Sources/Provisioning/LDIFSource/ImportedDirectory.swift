public import AttributeIndex
public import Schema

/// What an import made of its files: a whole directory, not yet stored anywhere.
public struct ImportedDirectory: ~Copyable {
    private var builder: SegmentBuilder
    /// The schema with the names that only the files use.
    public let schema: Schema
    /// The name that all entries are at or below.
    public let suffix: DistinguishedName
    /// The files as they were when they were read.
    public let files: [ImportedFile]
    /// What was found worth telling.
    public let warnings: [ImportWarning]
    /// Entries, made ones included.
    public let entryCount: Int

    init(
        builder: consuming SegmentBuilder, schema: Schema, suffix: DistinguishedName, files: [ImportedFile],
        warnings: [ImportWarning]
    ) {
        entryCount = builder.entryCount
        self.builder = builder
        self.schema = schema
        self.suffix = suffix
        self.files = files
        self.warnings = warnings
    }

    /// Makes the directory's segment in memory.
    public consuming func finish() throws(SegmentError) -> SegmentImage {
        try builder.finish()
    }

    /// Puts the directory in the place of all that LDIF files gave before.
    /// - Parameter imported: when, in seconds since 1970.
    @discardableResult
    public consuming func store(in store: IndexStore, imported: Int64) throws(StoreError) -> Publication {
        let metadata = ImportMetadata(suffix: suffix.text, imported: imported, files: files)
        return try store.replaceAll(with: builder, metadata: metadata)
    }
}
