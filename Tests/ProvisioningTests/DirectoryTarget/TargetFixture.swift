import AttributeIndex
import CommonInterface
import EventLog
import LDIF
import Schema
import Storage
import StorageTesting
import Synchronization

@testable import Provisioning

/// A directory that people are delivered to.
final class TargetFixture {
    static let suffix = "dc=x"
    let folder: TemporaryDirectory
    let events = EventCollector()
    var store: IndexStore
    var target: DirectoryTarget
    var settings: IdentityProviderSettings
    private let threads: Int
    private let entriesOfFile: Int
    private let runLength: Int

    init(threads: Int = 2, entriesOfFile: Int = 100_000, runLength: Int = 10_000) throws {
        folder = try TemporaryDirectory()
        self.threads = threads
        self.entriesOfFile = entriesOfFile
        self.runLength = runLength
        settings = Self.settings("https://idp.example")
        store = try IndexStore.open(directory: folder.path, schema: .builtIn, access: .write)
        try DirectoryTarget.makeEmptyDirectory(in: store, schema: .builtIn, suffix: Self.suffix)
        target = Self.target(store, events, DiskFileSystem(), threads, entriesOfFile, runLength)
    }

    static func target(
        _ store: IndexStore, _ events: EventCollector, _ files: any FileSystem, _ threads: Int = 2,
        _ entriesOfFile: Int = 100_000, _ runLength: Int = 10_000
    ) -> DirectoryTarget {
        DirectoryTarget(
            store: store, schema: .builtIn, suffix: suffix, events: events, files: files, log: .silent,
            entriesOfFile: entriesOfFile, runLength: runLength, threads: threads)
    }

    static func settings(_ entityID: String) -> IdentityProviderSettings {
        guard let entityID = EntityID(entityID) else { preconditionFailure("no entityID: \(entityID)") }
        var mapping = PersonMapping()
        mapping.rdn = "uid"
        return IdentityProviderSettings(
            entityID: entityID, endpoint: "https://idp.example/feed", keys: [],
            update: .changelog, interval: 60, attributes: [], mapping: mapping)
    }

    var source: EntityID { settings.entityID }

    /// As after a restart.
    func restart() throws {
        let path = folder.path
        // The lock goes with the last reference.
        target = Self.target(
            try IndexStore.open(directory: path, schema: .builtIn, access: .read), events, DiskFileSystem())
        store = target.store
        store = try IndexStore.open(directory: path, schema: .builtIn, access: .write)
        target = Self.target(store, events, DiskFileSystem(), threads, entriesOfFile, runLength)
    }

    @discardableResult
    func snapshot(
        _ people: [TestPerson], at position: UInt64 = 1, accepting: Bool = false, records: Int? = nil
    ) throws(DeliveryError) -> DeliveryOutcome {
        var writer = SnapshotWriter()
        for person in people { writer.write(SnapshotRecord(subject: person.subject, attributes: person.attributes)) }
        return try snapshot(octets: writer.output, at: position, accepting: accepting, records: records)
    }

    @discardableResult
    func snapshot(
        octets: [UInt8], at position: UInt64 = 1, accepting: Bool = false, records: Int? = nil
    ) throws(DeliveryError) -> DeliveryOutcome {
        let path = folder.path + "/snapshot.ldif"
        do { try DiskFileSystem().replace(path, with: octets.span) } catch { throw .incomplete("\(error)") }
        var delivery = SnapshotDelivery(
            settings, FetchedFile(path: path, position: TransactionID(position), records: records))
        delivery.mayRemoveAny = accepting
        return try target.replace(with: delivery)
    }

    /// Delivers changes that begin after the target's position.
    @discardableResult
    func changes(_ changes: [TestChange], asFile: Bool = false, accepting: Bool = false) throws(DeliveryError)
        -> DeliveryOutcome
    {
        let after = TransactionID(target.state(of: source)?.position ?? 0)
        let octets = TestChange.octets(changes, after: after)
        var content = ChangeDelivery.Content.octets(octets)
        if asFile {
            let path = folder.path + "/changelog.ldif"
            do { try DiskFileSystem().replace(path, with: octets.span) } catch { throw .incomplete("\(error)") }
            content = .file(path)
        }
        var delivery = ChangeDelivery(settings, content, after: after, to: nil)
        delivery.mayRemoveAny = accepting
        return try target.apply(delivery)
    }

    /// An entry's values of an attribute, sorted; nil where there is no such entry.
    func values(_ dn: String, _ attribute: String) throws -> [String]? {
        try store.currentGeneration().values(dn + "," + Self.suffix, attribute)?.sorted()
    }

    /// The names of the people, sorted.
    var names: [String] {
        get throws {
            let generation = store.currentGeneration()
            var names: [String] = []
            try generation.forEachEntry(of: SourceID(source)) { (place, _, _) throws(SegmentError) in
                let segment = generation.segments[place.segment]
                let text = String(decoding: try segment.dn(place.entry).copied, as: UTF8.self)
                names.append(String(text.split(separator: ",")[0]))
            }
            return names.sorted()
        }
    }

    /// Everything that says when an entry was made and changed.
    func stamps(_ dn: String) throws -> [String] {
        try ["entryUUID", "createTimestamp", "modifyTimestamp", "entryCSN"].flatMap { try values(dn, $0) ?? ["-"] }
    }
}

/// A person as an identity provider gives one.
struct TestPerson: Hashable {
    var subject: SubjectName
    var attributes: [IdentityAttribute]

    /// A person known by eduPersonUniqueId.
    init(_ id: String, uid: String? = nil, _ attributes: IdentityAttribute...) {
        subject = SubjectName(attribute: "eduPersonUniqueId", value: Array(id.utf8))
        self.attributes = [
            IdentityAttribute("uid", text: uid ?? id), IdentityAttribute("cn", text: "Name " + id),
            IdentityAttribute("sn", text: id),
        ]
        self.attributes += attributes
    }
}

/// A change as an identity provider gives one; transactions are numbered as they come.
enum TestChange: Hashable {
    case add(TestPerson)
    case modify(TestPerson)
    case delete(String)

    static func octets(_ changes: [TestChange], after: TransactionID) -> [UInt8] {
        var writer = ChangelogWriter()
        var position = after
        for change in changes {
            let (subject, kind): (SubjectName, IdentityChange.Kind) =
                switch change {
                case .add(let person): (person.subject, .add(person.attributes))
                case .modify(let person): (person.subject, .modify(person.attributes))
                case .delete(let id): (TestPerson(id).subject, .delete)
                }
            writer.write(
                IdentityChange(id: position.next, previous: position, time: 1_800_000_000, subject: subject, kind: kind)
            )
            position = position.next
        }
        return writer.output
    }
}

/// Keeps all events.
final class EventCollector: ChangeEventRecorder {
    private let events = Mutex<[ChangeEvent]>([])

    func record(_ new: [ChangeEvent]) { events.withLock { $0 += new } }

    var all: [ChangeEvent] { events.withLock { $0 } }

    /// Takes what is there.
    func take() -> [ChangeEvent] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }

    var refusals: [String] { all.filter { $0.kind == .refused }.compactMap(\.reason) }
}
