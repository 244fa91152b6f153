public import AttributeIndex
public import CommonInterface
public import EventLog
import Glibc
public import Schema
public import Storage
import Synchronization

/// Puts people into the directory that is served: the LDAP target of a service provider's agent.
///
/// A person of a source is an entry below ou=People, whose entryUUID is made of who they are, and whose name is an attribute
/// of theirs that may change. A delivery is worked out as a whole, so that people may take each other's names, and counts
/// together with the source's new position, in one publication.
public final class DirectoryTarget: TargetResourceAdapter {
    let store: IndexStore
    let base: Schema
    let suffix: String
    let events: any ChangeEventRecorder
    let files: any FileSystem
    let log: EventLog
    /// Entries of a delivery's file: what it takes to build one is what a snapshot takes.
    let entriesOfFile: Int
    /// Changes of one commit.
    let runLength: Int
    /// Threads that read a snapshot.
    let threads: Int
    /// The refused records of each source, as far as they were read; held while a delivery is applied: one after another, as
    /// people of several sources may want one name.
    private let registers = Mutex<[SourceID: RefusedRecords]>([:])
    private let refusedCounts = Mutex<[SourceID: Int]>([:])

    /// A target.
    /// - Parameters:
    ///   - store: open for writing, with the entries of an empty directory at least.
    ///   - base: the configured schema, without what records added to it.
    ///   - suffix: the name that all entries are at or below.
    ///   - files: where refused records are kept, below the store's directory.
    public convenience init(
        store: IndexStore, schema base: Schema, suffix: String, events: any ChangeEventRecorder,
        files: any FileSystem = DiskFileSystem(), log: EventLog
    ) {
        self.init(
            store: store, schema: base, suffix: suffix, events: events, files: files, log: log, entriesOfFile: 100_000,
            runLength: 10_000, threads: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    /// A target that splits its work otherwise: for tests.
    init(
        store: IndexStore, schema base: Schema, suffix: String, events: any ChangeEventRecorder,
        files: any FileSystem, log: EventLog, entriesOfFile: Int, runLength: Int, threads: Int
    ) {
        self.entriesOfFile = entriesOfFile
        self.runLength = runLength
        self.threads = threads
        self.store = store
        self.base = base
        self.suffix = suffix
        self.events = events
        self.files = files
        self.log = log
    }

    /// What is durable of a source.
    public func state(of source: EntityID) -> SourceState? {
        let id = SourceID(source)
        return store.sourceStates.first { $0.id == id }
    }

    /// What is durable of every source.
    public var states: [SourceState] { store.sourceStates }

    /// How many people of a source have a record that cannot be served.
    public func refusedCount(of source: EntityID) -> Int {
        let id = SourceID(source)
        if let known = refusedCounts.withLock({ $0[id] }) { return known }
        let file = RefusedFile(id, directory: store.directory, files: files)
        let records = try? file.read(with: state(of: source)) { subject in
            PersonIdentity(id, key: subject.octets).number
        }
        let count = records?.count ?? 0
        // Whoever has delivered meanwhile knows better.
        return refusedCounts.withLock { counts in
            counts[id] = counts[id] ?? count
            return counts[id] ?? count
        }
    }

    /// Applies changes in order, each exactly once; what was applied before is passed over.
    public func apply(_ delivery: ChangeDelivery) throws(DeliveryError) -> DeliveryOutcome {
        try exclusively(delivery.settings) { (records) throws(DeliveryError) in
            try applyChanges(delivery, &records)
        }
    }

    /// Makes a source's people those of the snapshot: who is as before is not touched.
    public func replace(with delivery: SnapshotDelivery) throws(DeliveryError) -> DeliveryOutcome {
        try exclusively(delivery.settings) { (records) throws(DeliveryError) in
            try applySnapshot(delivery, &records)
        }
    }

    /// Applies a delivery, with the source's refused records as they were read or left; nil before they are read.
    private func exclusively(
        _ settings: IdentityProviderSettings,
        _ body: (inout RefusedRecords?) throws(DeliveryError) -> DeliveryOutcome
    ) throws(DeliveryError) -> DeliveryOutcome {
        let id = SourceID(settings.entityID)
        return try registers.withLock { (registers) throws(DeliveryError) in
            // After a failure nobody knows what the file holds until it is read again.
            var records = registers.removeValue(forKey: id)
            refusedCounts.withLock { $0[id] = nil }
            let outcome = try body(&records)
            registers[id] = records
            let count = records?.count ?? 0
            refusedCounts.withLock { $0[id] = count }
            return outcome
        }
    }
}

extension DirectoryTarget {
    /// ou=People, as the directory spells it.
    func people(_ generation: Generation) throws(DeliveryError) -> DistinguishedName {
        let name: DistinguishedName
        do throws(DNError) { name = try EmptyDirectory.people(below: suffix, generation.schema) } catch {
            throw .configuration("suffix: \(error)")
        }
        guard let text = try text(of: name, generation),
            let spelled = try? DistinguishedName(parsing: text.span, schema: generation.schema)
        else { throw .configuration("expected the entry \(name.text) to be there: people are put below it") }
        return spelled
    }

    private func text(of name: DistinguishedName, _ generation: Generation) throws(DeliveryError) -> [UInt8]? {
        do throws(SegmentError) {
            guard let place = try generation.find(name.key.span) else { return nil }
            let segment = generation.segments[place.segment]
            return try segment.dn(place.entry).copied
        } catch {
            throw DeliveryError(error)
        }
    }

    /// What the source's people look like, in a schema.
    func form(
        _ settings: IdentityProviderSettings, _ generation: Generation, _ schema: Schema
    ) throws(DeliveryError) -> PersonForm {
        try PersonForm(settings, schema: schema, base: base, people: people(generation))
    }

    /// The source's refused records.
    func refusedRecords(_ form: PersonForm, _ state: SourceState?) throws(DeliveryError) -> RefusedRecords {
        do throws(StorageError) {
            return try file(form.source).read(with: state) { subject in
                guard case .success(let identity)? = try? form.identity(subject) else { return nil }
                return identity.number
            }
        } catch {
            guard error.code == .damaged || error.code == .outOfBounds else { throw DeliveryError(error) }
            throw .incomplete("\(error.description); a snapshot brings all records again")
        }
    }

    func file(_ source: SourceID) -> RefusedFile { RefusedFile(source, directory: store.directory, files: files) }

    /// Tells of names that the schema did not know.
    func report(_ names: UndeclaredNames, of source: EntityID) {
        guard !names.isEmpty else { return }
        log.log(
            .warning, "undeclared-names",
            ["source": source.text, "names": names.all.prefix(100).joined(separator: " ")])
    }
}

extension DeliveryError {
    /// The index could not be read or built.
    init(_ error: SegmentError) {
        self = .store(StoreError(error.isDamage ? .damaged : .refused, error.description))
    }

    /// The file layer failed.
    init(_ error: StorageError) {
        let code: StoreError.Code =
            switch error.code {
            case .locked: .locked
            case .damaged, .outOfBounds: .damaged
            case .system: error.isFull ? .full : .files
            }
        self = .store(StoreError(code, error.description))
    }
}
