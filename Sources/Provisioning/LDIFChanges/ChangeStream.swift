public import AttributeIndex
public import LDIF
public import Schema

/// Makes the change records of a stream (RFC 2849) as they come, for as long as they come.
///
/// Records that come together are made durable together: one flush of the disk, one publication. A batch is what came within
/// `gatherTime` of its first record. A record that cannot be done ends the stream; all before it are made.
///
/// A process that stays pays once for what each run of `LDIFApply` pays again: the schema, the lock, the journal read again,
/// and the first look at every block of the index.
public final class ChangeStream {
    /// How long a record waits for others to go with it, in milliseconds.
    public static let gatherTime = 100
    /// Records after which a batch waits for no more.
    public static let maximumBatch = 10_000

    private let store: IndexStore
    private let base: Schema
    private let suffix: String
    private let options: ImportOptions
    private let committed: (ChangeCounts, Publication) -> Void

    private var schema: Schema
    private var session: ChangeSession
    private var warnings: ImportWarnings
    private var pending = 0
    /// When the batch's first record came, on the clock of `SyscallsClock.milliseconds`.
    private var batchStart: Int64 = 0
    private var failure: (any Error)?
    private var total = ChangeCounts()

    /// Changes for a store that is open for writing and holds an index.
    /// - Parameters:
    ///   - base: the configured schema, without what records added to it.
    ///   - suffix: the name that all entries are at or below.
    ///   - committed: told after each batch, when it is durable, how many records were made so far.
    public init(
        store: IndexStore, base: Schema, suffix: String, options: ImportOptions = ImportOptions(),
        committed: @escaping (ChangeCounts, Publication) -> Void
    ) throws(ProvisioningError) {
        self.store = store
        self.base = base
        self.suffix = suffix
        self.options = options
        self.committed = committed
        let generation = store.currentGeneration()
        schema = generation.schema
        session = try ChangeSession(
            generation: generation, schema: generation.schema, base: base, suffix: suffix, stamp: .now(),
            sources: store.sourceStates)
        warnings = ImportWarnings(isStrict: options.isStrict, refusesDuplicates: true)
    }

    /// What was found worth telling so far.
    public var allWarnings: [ImportWarning] { warnings.all }

    /// Makes the changes of `file`, called `name` in errors, until its end.
    /// - Throws: `ProvisioningError` for the first record that cannot be done; `StoreError` where a batch could not be stored.
    public func run(_ file: LDIFFile, name: String) throws {
        let input = PausingInput(file, patience: { self.remainingPatience() }, pause: { self.pause() })
        var reader = LDIFReader(file: name, input: input, limits: options.limits)
        do {
            while failure == nil, try next(&reader) {
                try take(reader)
                if pending >= Self.maximumBatch || remainingPatience() == 0 { try commit() }
            }
        } catch let error as ProvisioningError where error.code != .index {
            if failure == nil { try commit() }
            throw failure ?? error
        }
        if let failure { throw failure }
        try commit()
    }

    private func next(_ reader: inout LDIFReader) throws(ProvisioningError) -> Bool {
        guard try reader.nextRecord() else { return false }
        try LDIFApply.checkIsChange(reader)
        return true
    }

    private func take(_ reader: borrowing LDIFReader) throws {
        if pending == 0 { batchStart = SyscallsClock.milliseconds() }
        do {
            try session.apply(reader, warnings: &warnings)
        } catch  where error.code == .unknownName {
            try takeWithUnknownNames(reader, error)
        }
        pending += 1
    }

    /// The schema learns the names that only this record uses. What was made before is stored first: it is in the old schema.
    private func takeWithUnknownNames(_ reader: borrowing LDIFReader, _ error: ProvisioningError) throws {
        var unknown = UnknownNames(schema: schema)
        unknown.note(reader)
        guard !unknown.isEmpty else { throw error }
        try unknown.report(to: &warnings)
        try commit()
        schema = unknown.extendedSchema
        session = try ChangeSession(
            generation: store.currentGeneration(), schema: schema, base: base, suffix: suffix, stamp: .now(),
            sources: store.sourceStates)
        batchStart = SyscallsClock.milliseconds()
        try session.apply(reader, warnings: &warnings)
    }

    /// Milliseconds that the batch may still wait for more.
    private func remainingPatience() -> Int {
        guard pending > 0 else { return 0 }
        return max(0, Self.gatherTime - Int(SyscallsClock.milliseconds() - batchStart))
    }

    /// The stream has nothing for us now. A failure is thrown as soon as the reader is back.
    private func pause() {
        do { try commit() } catch { failure = error }
    }

    private func commit() throws {
        guard pending > 0 else { return }
        let publication = try store.apply(try session.changes(), schema: schema)
        pending = 0
        total.add(session.counts)
        let generation = store.currentGeneration()
        schema = generation.schema
        session = try ChangeSession(
            generation: generation, schema: schema, base: base, suffix: suffix, stamp: .now(),
            sources: store.sourceStates)
        committed(total, publication)
    }
}
