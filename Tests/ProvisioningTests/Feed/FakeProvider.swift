import CommonInterface
import Provisioning
import Storage
import Synchronization

/// An identity provider in memory: a journal, one subscriber, and calls that fail when a test wants it.
final class FakeProvider: IdentitySource {
    struct State {
        var people: [[UInt8]: [IdentityAttribute]] = [:]
        var journal: [IdentityChange] = []
        var last = TransactionID(100)
        var pruned = TransactionID.zero
        var start: TransactionID?
        var delivered: TransactionID?
        var calls: [String] = []
        var failures: [SourceFailure] = []
        /// What answers are made of instead.
        var edit: (@Sendable (inout FetchedFile, inout [UInt8]) -> Void)?
        var number = 0
    }

    let entityID: EntityID
    let files: any FileSystem
    let directory: String
    let state = Mutex(State())

    init(_ entityID: EntityID, _ files: any FileSystem, directory: String) {
        self.entityID = entityID
        self.files = files
        self.directory = directory
    }

    /// The same provider, after we were started again on what a crash has left.
    func onto(_ files: any FileSystem) -> FakeProvider {
        let next = FakeProvider(entityID, files, directory: directory)
        let known = state.withLock { $0 }
        next.state.withLock { $0 = known }
        return next
    }

    var people: [[UInt8]: [IdentityAttribute]] { state.withLock { $0.people } }
    var last: TransactionID { state.withLock { $0.last } }
    var isSubscribed: Bool { state.withLock { $0.delivered != nil } }

    /// The calls since this was last asked.
    func takeCalls() -> [String] {
        state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }

    func fail(_ failures: SourceFailure...) { state.withLock { $0.failures = failures } }

    func edit(_ edit: (@Sendable (inout FetchedFile, inout [UInt8]) -> Void)?) { state.withLock { $0.edit = edit } }

    // MARK: - The registry

    func set(_ name: String, _ value: String?) {
        state.withLock { state in
            let subject = SubjectName(attribute: "uid", value: Array(name.utf8))
            let previous = state.journal.last?.id ?? state.start ?? .zero
            state.last = state.last.next
            let attributes = value.map { [IdentityAttribute("uid", text: name), IdentityAttribute("cn", text: $0)] }
            state.people[subject.value] = attributes
            state.journal.append(
                IdentityChange(
                    id: state.last, previous: previous, time: 1_800_000_000, subject: subject,
                    kind: attributes.map { .modify($0) } ?? .delete))
        }
    }

    func prune() {
        state.withLock { state in
            state.pruned = state.last
            if let delivered = state.delivered, delivered < state.pruned { state.delivered = nil }
        }
    }

    /// Forgets everything about us.
    func forget() {
        state.withLock { state in
            state.start = nil
            state.delivered = nil
        }
    }

    // MARK: - Pushes

    /// The next push; nil where there is none.
    func nextPush(records: Int = 3) -> [UInt8]? {
        state.withLock { state in
            guard let delivered = state.delivered, let changes = Self.after(delivered, state), !changes.isEmpty else {
                return nil
            }
            return Self.changelog(Array(changes.prefix(records)))
        }
    }

    /// False where that leads nowhere.
    @discardableResult
    func acknowledge(_ position: TransactionID) -> Bool {
        state.withLock { state in
            guard let delivered = state.delivered, position > delivered else { return false }
            state.delivered = position
            return true
        }
    }

    static func changelog(_ changes: [IdentityChange]) -> [UInt8] {
        var writer = ChangelogWriter()
        for change in changes { writer.write(change) }
        return writer.output
    }

    /// The changes after a position, chained to it; nil where they are not known any more.
    private static func after(_ position: TransactionID, _ state: State) -> [IdentityChange]? {
        guard let start = state.start, position >= start, position >= state.pruned, position <= state.last else {
            return nil
        }
        var changes = state.journal.filter { $0.id > position }
        if !changes.isEmpty { changes[0].previous = position }
        return changes
    }

    // MARK: - Calls

    private func begin(_ call: String) throws(SourceFailure) {
        let failure = state.withLock { state in
            state.calls.append(call)
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
    }

    private func begun(_ call: String) throws(SourceFailure) {
        try begin(call)
        guard state.withLock({ $0.start != nil }) else { throw SourceFailure(.uninitialized, "initialize first") }
    }

    func initialize() throws(SourceFailure) -> [String] {
        try begin("initialize")
        state.withLock { state in
            state.start = state.last
            state.delivered = nil
        }
        return ["telephoneNumber"]
    }

    func snapshot() throws(SourceFailure) -> FetchedFile {
        try begun("snapshot")
        let (people, last) = state.withLock { ($0.people, $0.last) }
        var writer = SnapshotWriter()
        for (subject, attributes) in people.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            writer.write(
                SnapshotRecord(subject: SubjectName(attribute: "uid", value: subject), attributes: attributes))
        }
        return try file(writer.output, last, people.count)
    }

    func changelog(after position: TransactionID) throws(SourceFailure) -> FetchedFile {
        try begun("changelog \(position)")
        let (changes, last) = state.withLock { (Self.after(position, $0), $0.last) }
        guard let changes else { throw SourceFailure(.expired, "transaction \(position) is gone") }
        return try file(Self.changelog(changes), max(last, position), changes.count)
    }

    func subscribe(after position: TransactionID) throws(SourceFailure) {
        try begun("subscribe \(position)")
        guard state.withLock({ Self.after(position, $0) }) != nil else {
            throw SourceFailure(.expired, "transaction \(position) is gone")
        }
        state.withLock { $0.delivered = position }
    }

    func unsubscribe() throws(SourceFailure) {
        try begun("unsubscribe")
        state.withLock { $0.delivered = nil }
    }

    private func file(_ octets: [UInt8], _ position: TransactionID, _ records: Int) throws(SourceFailure) -> FetchedFile
    {
        let (number, edit) = state.withLock { state in
            state.number += 1
            return (state.number, state.edit)
        }
        var octets = octets
        var file = FetchedFile(path: "\(directory)/feed/\(number).ldif", position: position, records: records)
        edit?(&file, &octets)
        do throws(StorageError) {
            try files.open(file.path, .create).write(octets.span, at: 0)
        } catch { throw SourceFailure(.local, error.description) }
        return file
    }
}
