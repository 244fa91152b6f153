import CommonInterface
import EventLog
import Schema
import Storage

/// All that the identity provider's agent knows, and the one place that changes it: used by one caller at a time.
///
/// Two stores are durable, and in this order: the journal, whose commit makes a transaction be, and a file for each service
/// provider. Everything else is derived: the people from their file and the journal after it, prepared files from both.
/// When a write fails, nothing is trusted any more: the next call reads all of it again.
struct ProviderCore {
    let layout: DataLayout
    let files: any FileSystem
    let schema: Schema
    var settings: ProviderSettings
    let log: EventLog
    /// Seconds since 1970.
    let clock: @Sendable () -> Int64

    private(set) var journal: any JournalStore
    var people = PeopleView(file: nil)
    var providers: [EntityID: ServiceProvider] = [:]
    /// What the configuration says, also of providers that have not called yet.
    var registered: [EntityID: ServiceProviderSettings] = [:]
    /// Whether a write failed, so that memory may not say what the disk does.
    var isDoubtful = false
    private var nextTicket: UInt64 = 1

    /// Opens a data directory, or begins one.
    init(
        directory: String, files: any FileSystem, schema: Schema, settings: ProviderSettings, log: EventLog,
        clock: @escaping @Sendable () -> Int64
    ) throws(StorageError) {
        layout = DataLayout(directory)
        self.files = files
        self.schema = schema
        self.settings = settings
        self.log = log
        self.clock = clock
        try files.makeDirectory(directory)
        try files.synchronizeDirectory(files.directory(of: directory))
        for path in [layout.people, layout.providers, layout.prepared] { try files.makeDirectory(path) }
        try files.synchronizeDirectory(directory)
        // A reading that was cut off may take all the room there is.
        try? files.remove(layout.incoming)
        journal = try FileJournal(directory: layout.journal, files: files, sizes: settings.journal)
        try readState()
    }

    /// Reads everything again after a failure; does nothing when there was none.
    mutating func settle() throws(StorageError) {
        guard isDoubtful else { return }
        try journal.recover()
        try readState()
        isDoubtful = false
        log.log(.warning, "state-reread", ["transaction": journal.last])
        // A policy that was on its way into force when the write failed was dropped.
        try applyPolicies()
    }

    /// Runs a change of the durable state. If it fails, what memory says is doubtful.
    mutating func changing<Result>(
        _ body: (inout ProviderCore) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try settle()
        do throws(StorageError) {
            return try body(&self)
        } catch {
            isDoubtful = true
            throw error
        }
    }

    mutating func ticket() -> UInt64 {
        defer { nextTicket += 1 }
        return nextTicket
    }

    private mutating func readState() throws(StorageError) {
        try readPeople()
        try readProviders()
        try removePreparedStrangers()
    }

    /// The people: the newest file that the journal reaches, and the transactions after it.
    private mutating func readPeople() throws(StorageError) {
        let last = journal.last
        var newest: UInt64?
        var strangers: [String] = []
        for name in try files.list(layout.people) {
            guard let asOf = DataLayout.transaction(ofPeople: name), asOf <= last else {
                strangers.append(name)
                continue
            }
            if let known = newest { strangers.append(DataLayout.name(ofPeople: min(known, asOf))) }
            newest = max(newest ?? 0, asOf)
        }
        // One that runs ahead of the journal is of transactions that were never committed: it must not come back once others
        // have their numbers.
        for name in strangers { try files.remove(layout.people + "/" + name) }
        try files.synchronizeDirectory(layout.people)
        var view = PeopleView(file: nil)
        if let newest { view = PeopleView(file: try PeopleFile(layout.path(ofPeople: newest), files: files)) }
        guard view.asOf >= journal.pruned else {
            throw .damaged(
                layout.people, at: 0, section: "people",
                "the file as of transaction \(journal.pruned) or later is missing")
        }
        let kind = JournalEntry.Kind.change
        try journal.committed().read(after: view.asOf) { (entry) throws(StorageError) in
            if entry.kind == kind { view.set(entry.subject, to: entry.after, id: entry.id) }
            return true
        }
        view.advance(to: last)
        people = view
    }

    private mutating func readProviders() throws(StorageError) {
        var found: [EntityID: ServiceProvider] = [:]
        let names = try files.list(layout.providers)
        for name in names where !name.hasSuffix(".state") { try files.remove(layout.providers + "/" + name) }
        for name in names where name.hasSuffix(".state") {
            let path = layout.providers + "/" + name
            let octets = try files.contents(of: path, limit: ServiceProviderState.maximumLength)
            guard var state = ServiceProviderState(octets), layout.path(of: state.entityID) == path else {
                throw .damaged(
                    path, at: 0, section: "service provider",
                    "it is not as it was written; remove it, and the "
                        + "service provider has to initialize again")
            }
            // A rule that was to hold from transactions on that were never committed does not hold.
            let isAhead = state.epochs.count > 1 && (state.epochs.last?.from ?? 0) > journal.last
            if isAhead { state.epochs.removeLast() }
            guard state.start <= journal.last, state.confirmed <= journal.last else {
                throw .damaged(
                    layout.journal, at: 0, section: "journal",
                    "it ends with transaction \(journal.last), and "
                        + "\(state.entityID) knows later ones: it was put back from a copy")
            }
            // Also settles a state that was renamed but perhaps not synchronized.
            if let octets = state.octets { try files.replace(path, with: octets.span) }
            found[state.entityID] = try ServiceProvider(state, schema: schema, path: path)
        }
        try files.synchronizeDirectory(layout.providers)
        for entityID in found.keys { found[entityID]?.lock = providers[entityID]?.lock }
        providers = found
    }

    private func removePreparedStrangers() throws(StorageError) {
        let known = Set(providers.values.flatMap { $0.state.files.map(\.name) })
        let strangers = try files.list(layout.prepared).filter { !known.contains($0) }
        for name in strangers { try? files.remove(layout.prepared + "/" + name) }
    }
}
