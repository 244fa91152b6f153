import CommonInterface
import EventLog
import LDIF
import Schema
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import IdentityProvider

/// An identity provider on a simulated disk, with a clock that stands until it is moved.
final class TestFeed {
    static let directory = "/feed"

    final class Clock: Sendable {
        let seconds = Mutex<Int64>(1_795_000_000)
        var now: Int64 { seconds.withLock { $0 } }
        func advance(_ by: Int64) { seconds.withLock { $0 += by } }
    }

    let clock = Clock()
    var files: SimulatedFileSystem
    var settings: ProviderSettings
    var registered: [ServiceProviderSettings]
    private var opened: IdentityProvider?

    init(
        _ registered: [ServiceProviderSettings], settings: ProviderSettings = TestFeed.settings,
        files: SimulatedFileSystem = SimulatedFileSystem()
    ) throws {
        self.registered = registered
        self.settings = settings
        self.files = files
        try open()
    }

    static var settings: ProviderSettings {
        var settings = ProviderSettings()
        settings.subject = "uid"
        settings.subjects = ["mail"]
        settings.membership = "eduPersonEntitlement"
        settings.baseURL = "https://idp.example.edu"
        return settings
    }

    var provider: IdentityProvider {
        get throws { try #require(opened) }
    }

    func open() throws {
        opened = nil
        let clock = clock
        opened = try IdentityProvider(
            directory: Self.directory, files: files, schema: .builtIn, settings: settings, providers: registered,
            log: .silent, clock: { clock.now })
    }

    func close() { opened = nil }

    /// The power goes, and comes back.
    func crash(_ survival: Survival) throws {
        opened = nil
        files = files.afterCrash(survival)
        try open()
    }

    /// A file that a call answered with.
    func contents(_ answer: PreparedAnswer, _ entityID: EntityID) throws -> [UInt8] {
        let token = try #require(answer.retrieval.split(separator: "/").last.map(String.init))
        let retrieved = try provider.retrieve(token, from: entityID)
        var octets: [UInt8] = []
        try retrieved.contents.read(retrieved.file.size, at: 0, into: &octets)
        #expect(octets.count == retrieved.file.size)
        return octets
    }
}

func entity(_ text: String) -> EntityID {
    guard let entityID = EntityID(text) else { preconditionFailure("\(text) is no entityID") }
    return entityID
}

/// A person of the tests' registry.
func person(_ uid: String, _ attributes: [String: [String]]) -> IdentityRecord {
    IdentityRecord(
        subject: Array(uid.utf8),
        attributes: [IdentityAttribute("uid", text: uid)]
            + attributes.map { IdentityAttribute($0.key, $0.value.map { Array($0.utf8) }) })
}

/// A registry in memory.
final class ListRegistry: IdentityRegistryAdapter {
    var people: [IdentityRecord]

    init(_ people: [IdentityRecord]) { self.people = people }

    func waitForChange(milliseconds: Int32) -> Bool { true }

    func readAll(_ body: (IdentityRecord) throws(IdentityProviderError) -> Void) throws(IdentityProviderError) {
        for person in people { try body(person) }
    }

    func fetch(_ subject: [UInt8]) -> IdentityRecord? { people.first { $0.subject == subject } }
}
