public import AttributeIndex
import LDIF
public import Schema

/// What a file of change records comes to: all of it is stored, or nothing.
public struct ChangeSet: Sendable {
    /// The entries as they are to be, and the names that are to go: for `IndexStore.apply`.
    public let changes: [EntryChange]
    /// The schema with the names that only the changes use.
    public let schema: Schema
    /// What was found worth telling.
    public let warnings: [ImportWarning]
    /// How many records there were of each kind.
    public let counts: ChangeCounts
}

/// How many change records there were of each kind.
public struct ChangeCounts: Sendable, Equatable {
    /// `changetype: add`.
    public internal(set) var added = 0
    /// `changetype: modify`.
    public internal(set) var modified = 0
    /// `changetype: modrdn` and `moddn`.
    public internal(set) var renamed = 0
    /// `changetype: delete`.
    public internal(set) var deleted = 0

    /// None.
    public init() {}

    /// How many there were in all.
    public var all: Int { added + modified + renamed + deleted }

    mutating func add(_ other: ChangeCounts) {
        added += other.added
        modified += other.modified
        renamed += other.renamed
        deleted += other.deleted
    }
}

/// Works out what the change records of LDIF files (RFC 2849) make of a generation, as a server would one after another.
///
/// Nothing is stored here: one record that cannot be done refuses the files whole.
public struct LDIFApply {
    private let paths: [String]
    private let generation: Generation
    private let base: Schema
    private let suffix: String
    private let options: ImportOptions
    private let sources: [SourceState]

    /// Changes from these files.
    /// - Parameters:
    ///   - base: the configured schema, without what records added to it.
    ///   - suffix: the name that all entries are at or below.
    ///   - sources: the identity providers whose entries are not to be changed.
    public init(
        files: [String], generation: Generation, base: Schema, suffix: String, options: ImportOptions = ImportOptions(),
        sources: [SourceState] = []
    ) {
        self.sources = sources
        paths = files
        self.generation = generation
        self.base = base
        self.suffix = suffix
        self.options = options
    }

    /// Reads the files.
    /// - Throws: the first record that cannot be done, with its file and line.
    public func run() throws(ProvisioningError) -> ChangeSet {
        var warnings = freshWarnings
        do {
            return try pass(generation.schema, &warnings)
        } catch  where error.code == .unknownName {
            var unknown = UnknownNames(schema: generation.schema)
            for path in paths {
                var reader = try open(path)
                try unknown.read(&reader)
            }
            warnings = freshWarnings
            try unknown.report(to: &warnings)
            guard !unknown.isEmpty else { throw error }
            return try pass(unknown.extendedSchema, &warnings)
        }
    }

    private var freshWarnings: ImportWarnings {
        ImportWarnings(isStrict: options.isStrict, refusesDuplicates: true)
    }

    private func pass(_ schema: Schema, _ warnings: inout ImportWarnings) throws(ProvisioningError) -> ChangeSet {
        var session = try ChangeSession(
            generation: generation, schema: schema, base: base, suffix: suffix, stamp: options.stamp,
            sources: sources)
        let total = try LDIFFile.statuses(paths).reduce(0) { $0 + $1.size }
        var finished = 0
        var records = 0
        for path in paths {
            var reader = try open(path)
            while try next(&reader) {
                try session.apply(reader, warnings: &warnings)
                records += 1
                if records % LDIFImport.progressInterval == 0 {
                    options.progress?(
                        ImportProgress(entries: records, bytesRead: finished + reader.bytesRead, bytesTotal: total))
                }
            }
            finished += reader.bytesRead
        }
        options.progress?(ImportProgress(entries: records, bytesRead: finished, bytesTotal: total))
        return ChangeSet(
            changes: try session.changes(), schema: schema, warnings: warnings.all, counts: session.counts)
    }

    private func open(_ path: String) throws(ProvisioningError) -> LDIFReader {
        try LDIFReader.opening(path, limits: options.limits)
    }

    private func next(_ reader: inout LDIFReader) throws(ProvisioningError) -> Bool {
        guard try reader.nextRecord() else { return false }
        try Self.checkIsChange(reader)
        return true
    }

    static func checkIsChange(_ reader: borrowing LDIFReader) throws(ProvisioningError) {
        guard reader.kind != .content else {
            throw ProvisioningError(
                .wrongRecord, at: RecordPlace(file: reader.file, line: reader.line),
                "expected 'changetype:' after 'dn:'; files of entries are for 'peopled import'")
        }
    }
}
