import AttributeIndex
public import LDIF
public import Schema

/// How an import goes about its work.
public struct ImportOptions: Sendable {
    /// Whether what is only warned of otherwise is refused: MUST and MAY, unknown names, values given twice.
    public var isStrict = false
    /// The name that all entries have to be at or below; nil takes the shortest name of the files.
    public var suffix: String?
    /// What a file may cost.
    public var limits = LDIFLimits()
    /// What entries that do not say get as their times.
    public var stamp = ChangeStamp.now()
    /// Told of the work every so often.
    public var progress: (@Sendable (ImportProgress) -> Void)?

    /// The default: warnings are no errors, and the suffix is found.
    public init() {}
}

/// How far an import has come.
public struct ImportProgress: Sendable, Equatable {
    /// Entries so far.
    public let entries: Int
    /// Octets read so far, of all files.
    public let bytesRead: Int
    /// Octets of all files.
    public let bytesTotal: Int
}

/// Makes a directory of LDIF content records (RFC 2849): parsed, validated, completed, and handed to the index's builder.
///
/// Several files are one directory; their order does not matter. The files are read once, on all cores, in constant memory
/// beside what the builder keeps; a second time where they use names that the schema lacks, whose nature is only known then.
public struct LDIFImport: Sendable {
    let paths: [String]
    private let schema: Schema
    let options: ImportOptions

    /// Entries between two calls of `ImportOptions.progress`.
    static let progressInterval = 1000

    /// An import of these files.
    public init(files: [String], schema: Schema, options: ImportOptions = ImportOptions()) {
        paths = files
        self.schema = schema
        self.options = options
    }

    /// Reads the files.
    /// - Throws: the first mistake, with its file and line.
    public func run() throws(ProvisioningError) -> ImportedDirectory {
        var warnings = ImportWarnings(isStrict: options.isStrict)
        do {
            return try pass(schema, &warnings)
        } catch  where error.code == .unknownName {
            // Either everything that the files use gets known now, or the second pass fails in the same place.
            let unknown = try unknownNames()
            warnings = ImportWarnings(isStrict: options.isStrict)
            try unknown.report(to: &warnings)
            guard !unknown.isEmpty else { throw error }
            return try pass(unknown.extendedSchema, &warnings)
        }
    }

    private func unknownNames() throws(ProvisioningError) -> UnknownNames {
        var unknown = UnknownNames(schema: schema)
        for path in paths {
            var reader = try open(path)
            try unknown.read(&reader)
        }
        return unknown
    }

    /// Reads all files with a schema that is thought to know their names.
    private func pass(
        _ schema: Schema, _ warnings: inout ImportWarnings
    ) throws(ProvisioningError) -> ImportedDirectory {
        var tree = ImportTree(suffix: try configuredSuffix(schema))
        let files = try LDIFFile.statuses(paths)
        let work = ImportWork(self, files, schema: schema, known: self.schema, tree: tree, warnings: warnings)
        var builder = try read(work, schema)
        for outcome in work.outcomes {
            tree.add(outcome.tree)
            warnings.add(outcome.warnings)
        }
        guard let suffix = tree.suffix else {
            throw ProvisioningError(.noEntries, "expected at least one entry in \(paths.joined(separator: ", "))")
        }
        if !tree.isWhole(suffix) { throw try firstOutside(suffix, schema) }
        builder.inputPosition = .max
        try addMissing(to: &builder, tree, suffix, schema, &warnings)
        return ImportedDirectory(
            builder: builder, schema: schema, suffix: suffix, files: files, warnings: warnings.all)
    }

    /// Reads and checks the files' entries on all cores.
    private func read(_ work: ImportWork, _ schema: Schema) throws(ProvisioningError) -> SegmentBuilder {
        var builder = SegmentBuilder(schema: schema)
        do throws(SegmentError) { try work.run(&builder) } catch {
            throw ProvisioningError(.index, error.description)
        }
        // Parts of the files were read side by side: which mistake stands first is found by reading on one's own.
        if work.mistake != nil || work.hasDuplicate { throw try firstMistake(work.mistake, schema) }
        return builder
    }

    private func configuredSuffix(_ schema: Schema) throws(ProvisioningError) -> DistinguishedName? {
        guard let suffix = options.suffix else { return nil }
        do {
            return try DistinguishedName(parsing: suffix, schema: schema)
        } catch {
            throw ProvisioningError(.invalidName, "suffix: \(error)")
        }
    }

    func open(_ path: String) throws(ProvisioningError) -> LDIFReader {
        try LDIFReader.opening(path, limits: options.limits)
    }

    func next(_ reader: inout LDIFReader) throws(ProvisioningError) -> Bool {
        guard try reader.nextRecord() else { return false }
        guard reader.kind == .content else {
            throw ProvisioningError(
                .wrongRecord, at: RecordPlace(file: reader.file, line: reader.line),
                "expected an entry, not a change; change records are for 'peopled apply'")
        }
        return true
    }
}
