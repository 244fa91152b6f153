import CommonInterface
import EventLog
import LDIF
import Schema
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import IdentityProvider

/// What each call answers, by the rules that the seed documents lay down.
@Suite struct CallTests {
    let sp = entity("https://sp.example.edu/shibboleth")
    let other = entity("https://other.example.edu/shibboleth")

    private func feed(
        _ attributes: [String]? = nil, mechanisms: [Mechanism] = Mechanism.allCases,
        _ change: (inout ProviderSettings) -> Void = { _ in }
    ) throws -> TestFeed {
        var settings = TestFeed.settings
        change(&settings)
        let feed = try TestFeed(
            [
                ServiceProviderSettings(entityID: sp, attributes: attributes, mechanisms: mechanisms),
                ServiceProviderSettings(entityID: other, attributes: nil),
            ], settings: settings)
        try feed.provider.apply((0..<3).map { member("u\($0)") })
        return feed
    }

    private func member(_ uid: String, _ cn: String = "C") -> PersonChange {
        PersonChange(
            subject: Array(uid.utf8),
            record: person(uid, ["cn": [cn], "mail": [uid + "@x"], "eduPersonEntitlement": [sp.text, other.text]]))
    }

    private func initialize(
        _ feed: TestFeed, _ attributes: [String] = ["cn", "mail"], _ mechanisms: [Mechanism] = Mechanism.allCases,
        subject: String? = nil
    ) throws -> InitializeAnswer {
        try feed.provider.initialize(
            InitializeRequest(entityID: sp, mechanisms: mechanisms, attributes: attributes, subject: subject),
            from: sp)
    }

    private func changelog(_ feed: TestFeed, after id: TransactionID) throws -> PreparedAnswer {
        try feed.provider.changelog(ChangelogRequest(entityID: sp, transactionID: id), from: sp)
    }

    private func snapshot(_ feed: TestFeed) throws -> PreparedAnswer {
        try feed.provider.snapshot(SnapshotRequest(entityID: sp), from: sp)
    }

    private func expect(_ code: ResponseCode, _ body: () throws -> Void) {
        #expect(throws: Refusal(code, ""), performing: body)
    }

    @Test func aKeyOfAnotherEntityIDIsForbidden() throws {
        let feed = try feed()
        _ = try initialize(feed)
        expect(.forbidden) {
            _ = try feed.provider.snapshot(SnapshotRequest(entityID: sp), from: other)
        }
        expect(.forbidden) {
            _ = try feed.provider.reset(ResetRequest(entityID: entity("x:stranger")), from: entity("x:stranger"))
        }
    }

    @Test func nothingIsAllowedBeforeInitialize() throws {
        let feed = try feed()
        expect(.methodNotAllowed) { _ = try snapshot(feed) }
        expect(.methodNotAllowed) { _ = try changelog(feed, after: .zero) }
        expect(.methodNotAllowed) { _ = try feed.provider.reset(ResetRequest(entityID: sp), from: sp) }
    }

    @Test func mechanismsThatAreNotOfferedAreNotGranted() throws {
        let feed = try feed(mechanisms: [.snapshot])
        #expect(try initialize(feed).mechanisms == [.snapshot])
        expect(.methodNotAllowed) { _ = try changelog(feed, after: .zero) }
        expect(.methodNotAllowed) { _ = try initialize(feed, ["cn"], [.changelog]) }
        // Remembered in full: it works as soon as it is offered.
        feed.registered[0].mechanisms = Mechanism.allCases
        try feed.provider.register(feed.registered)
        let answer = try initialize(feed)
        #expect(try changelog(feed, after: answer.transactionID).records == 0)
    }

    @Test func withheldAttributesAreReportedAndFlowOnceThePolicyChanges() throws {
        let feed = try feed(["cn"])
        let answer = try initialize(feed, ["cn", "urn:oid:0.9.2342.19200300.100.1.3", "campusThing"])
        #expect(answer.withheld == ["urn:oid:0.9.2342.19200300.100.1.3", "campusThing"])
        let before = try snapshot(feed)
        #expect(!String(decoding: try feed.contents(before, sp), as: UTF8.self).contains("mail"))
        feed.registered[0].attributes = ["cn", "mail"]
        try feed.provider.register(feed.registered)
        let after = try changelog(feed, after: before.transactionID)
        #expect(after.records == 3)
        var reader = ChangelogReader(
            file: "c", input: LDIFBytes(try feed.contents(after, sp)), after: before.transactionID)
        let change = try #require(try reader.next())
        #expect(
            change.kind
                == .modify([
                    IdentityAttribute("cn", text: "C"), IdentityAttribute("mail", text: "u0@x"),
                    IdentityAttribute("campusThing", []),
                ]))
    }

    @Test func anEmptyListOfAttributesTakesEverythingBack() throws {
        let feed = try feed()
        _ = try initialize(feed)
        #expect(try initialize(feed, [], []).mechanisms.isEmpty)
        expect(.methodNotAllowed) { _ = try snapshot(feed) }
    }

    @Test func initializeIsTheStartingPointInTime() throws {
        let feed = try feed()
        let first = try initialize(feed)
        try feed.provider.apply([member("u9")])
        let second = try initialize(feed)
        #expect(second.transactionID > first.transactionID)
        expect(.expiredTransactionID) { _ = try changelog(feed, after: first.transactionID) }
        #expect(try changelog(feed, after: second.transactionID).records == 0)
        expect(.expiredTransactionID) { _ = try changelog(feed, after: TransactionID(1000)) }
    }

    @Test func changesCountAsRetrievedOnceTheNextCallNamesALaterOne() throws {
        let feed = try feed()
        let start = try initialize(feed).transactionID
        try feed.provider.apply([member("u1", "D")])
        let first = try changelog(feed, after: start)
        let contents = try feed.contents(first, sp)
        // The service provider crashes after the fetch, and asks again: the same changes.
        try feed.provider.retrieved(try retrieved(feed, first))
        #expect(try feed.contents(changelog(feed, after: start), sp) == contents)
        _ = try changelog(feed, after: first.transactionID)
        expect(.expiredTransactionID) { _ = try changelog(feed, after: start) }
        try feed.crash(.nothing)
        expect(.expiredTransactionID) { _ = try changelog(feed, after: start) }
    }

    private func retrieved(_ feed: TestFeed, _ answer: PreparedAnswer) throws -> PreparedFile {
        let token = try #require(answer.retrieval.split(separator: "/").last.map(String.init))
        return try feed.provider.retrieve(token, from: sp).file
    }

    @Test func resetDeletesFilesAndMakesTheChangelogRetrieved() throws {
        let feed = try feed()
        let start = try initialize(feed).transactionID
        try feed.provider.apply([member("u1", "D")])
        let (snapshot, changelog) = (try snapshot(feed), try changelog(feed, after: start))
        _ = try feed.provider.reset(ResetRequest(entityID: sp), from: sp)
        expect(.notFound) { _ = try feed.contents(snapshot, sp) }
        expect(.notFound) { _ = try feed.contents(changelog, sp) }
        expect(.expiredTransactionID) { _ = try self.changelog(feed, after: start) }
        #expect(try self.changelog(feed, after: changelog.transactionID).records == 0)
    }

    @Test func aFileIsItsServiceProvidersUntilItsDeadline() throws {
        let feed = try feed()
        _ = try initialize(feed)
        let answer = try snapshot(feed)
        expect(.notFound) { _ = try feed.contents(answer, other) }
        for token in ["", "..", "../../journal/manifest", String(repeating: "0", count: 32)] {
            expect(.notFound) { _ = try feed.provider.retrieve(token, from: sp) }
        }
        _ = try feed.contents(answer, sp)
        try feed.crash(.nothing)
        _ = try feed.contents(answer, sp)
        try feed.provider.retrieved(try retrieved(feed, answer))
        _ = try feed.contents(answer, sp)
        #expect(answer.deadline == CivilTime.rfc3339(seconds: feed.clock.now + feed.settings.fileLifetime))
        feed.clock.advance(feed.settings.fileLifetime)
        expect(.notFound) { _ = try feed.contents(answer, sp) }
        try feed.provider.maintain()
        #expect(feed.files.paths.allSatisfy { !$0.contains("/prepared/") })
    }

    @Test func aSnapshotTakesThePlaceOfTheOneBefore() throws {
        let feed = try feed()
        _ = try initialize(feed)
        let first = try snapshot(feed)
        _ = try snapshot(feed)
        expect(.notFound) { _ = try feed.contents(first, sp) }
        #expect(feed.files.paths.count { $0.contains("/prepared/") } == 1)
    }

    @Test func aCallInProgressLocksOutOthersUntilItsLockExpires() throws {
        let feed = try feed()
        _ = try initialize(feed)
        let request = SnapshotRequest(entityID: sp)
        let now = feed.clock.now
        let work = try feed.provider.core.withLock { (core) throws(Refusal) in
            try core.beginSnapshot(request, from: sp, now: now)
        }
        expect(.resourceLocked) { _ = try snapshot(feed) }
        expect(.resourceLocked) { _ = try initialize(feed) }
        _ = try feed.provider.initialize(
            InitializeRequest(entityID: other, mechanisms: [.snapshot], attributes: ["cn"]), from: other)
        feed.clock.advance(feed.settings.lockLifetime)
        _ = try snapshot(feed)
        // The late one must not overwrite what came after it.
        expect(.resourceLocked) {
            let done = try work.run(files: feed.files)
            _ = try feed.provider.core.withLock { (core) throws(Refusal) in
                try core.finish(work, done.content, transactionID: done.transactionID, now: now)
            }
        }
    }

    @Test func prunedTransactionsHaveExpired() throws {
        let feed = try feed { settings in
            settings.journal.segment = 300
            settings.journal.block = 1
            settings.journalLimit = 600
        }
        let start = try initialize(feed).transactionID
        for number in 0..<20 { try feed.provider.apply([member("u1", "D\(number)")]) }
        try feed.provider.maintain(forcingCheckpoint: true)
        expect(.expiredTransactionID) { _ = try changelog(feed, after: start) }
        let answer = try snapshot(feed)
        try feed.provider.apply([member("u1", "E")])
        #expect(try changelog(feed, after: answer.transactionID).records == 1)
        let listener = SubscriptionRequest(
            entityID: sp, action: .subscribe, listener: "https://sp/feed", transactionID: start)
        expect(.expiredTransactionID) { _ = try feed.provider.subscription(listener, from: sp) }
    }

    @Test func aChangelogThatWouldBeTooLargeGoesOnWithTheNextCall() throws {
        let feed = try feed { $0.fileLimit = 1000 }
        let model = ServiceProviderModel(sp)
        try model.initialize(feed, attributes: ["cn"])
        try model.snapshot(feed)
        for number in 0..<40 { try feed.provider.apply([member("n\(number)")]) }
        var calls = 0
        repeat {
            try model.changelog(feed)
            calls += 1
        } while model.people.count < 43 && calls < 100
        #expect(calls > 5 && calls < 100)
        expect(.internalServerError) { _ = try snapshot(feed) }
    }

    @Test func aListenerIsAnHTTPSURL() throws {
        let feed = try feed()
        let start = try initialize(feed).transactionID
        for listener in [nil, "http://sp/", "file:///etc/passwd"] {
            let request = SubscriptionRequest(
                entityID: sp, action: .subscribe, listener: listener, transactionID: start)
            expect(.badRequest) { _ = try feed.provider.subscription(request, from: sp) }
        }
        let request = SubscriptionRequest(entityID: sp, action: .subscribe, listener: "https://sp/")
        expect(.badRequest) { _ = try feed.provider.subscription(request, from: sp) }
    }

    @Test func peopleMayBeNamedByAnotherAttribute() throws {
        let feed = try feed()
        expect(.methodNotAllowed) { _ = try initialize(feed, ["cn"], subject: "sn") }
        let start = try initialize(feed, ["cn"], subject: "mail").transactionID
        try feed.provider.apply([
            PersonChange(
                subject: Array("u1".utf8),
                record: person("u1", ["cn": ["C"], "mail": ["new@x"], "eduPersonEntitlement": [sp.text]]))
        ])
        let answer = try changelog(feed, after: start)
        var reader = ChangelogReader(file: "c", input: LDIFBytes(try feed.contents(answer, sp)), after: start)
        let changes = [try #require(try reader.next()), try #require(try reader.next())]
        #expect(changes.map(\.subject.description) == ["mail=u1@x,ou=People", "mail=new@x,ou=People"])
        #expect(changes.map(\.kind) == [.delete, .add([IdentityAttribute("cn", text: "C")])])
    }

    @Test func theAuditLogSaysWhatWentToWhomAndNoValues() throws {
        let feed = try feed()
        let start = try initialize(feed).transactionID
        _ = try snapshot(feed)
        try feed.provider.apply([member("u1", "Secret")])
        _ = try changelog(feed, after: start)
        let path = try #require(feed.files.paths.first { $0.contains("/audit/") })
        let text = String(decoding: try feed.files.contents(of: path, limit: 1 << 20), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains(#""attributes":["cn","mail"],"how":"snapshot","provider":"https://sp.example.edu"#))
        #expect(lines[0].contains(#""subjects":["u0","u1","u2"]"#))
        #expect(lines[1].contains(#""how":"changelog""#) && lines[1].contains(#""subjects":["u1"]"#))
        #expect(!text.contains("Secret") && !text.contains("u1@x"))
    }

    @Test func aDirectoryIsUsedByOneProcess() throws {
        let feed = try feed()
        #expect(throws: StorageError(.locked, path: "", "")) {
            _ = try IdentityProvider(
                directory: TestFeed.directory, files: feed.files, schema: .builtIn, settings: feed.settings,
                providers: [], log: .silent, clock: { 0 })
        }
    }
}
