import CommonInterface
import LDIF
import StorageTesting
import Testing

@testable import IdentityProvider

/// Where a listener says that it is, and what is pushed then.
@Suite struct PushTests {
    private static let sp = entity("https://sp.example.edu/shibboleth")
    private static let all = ServiceProviderSettings(entityID: sp, attributes: nil, population: "(uid=*)")

    /// Five people, of whom each was a transaction, pushed to a listener that has none of them.
    private func subscribed() throws -> TestFeed {
        let feed = try TestFeed([Self.all])
        _ = try feed.provider.initialize(
            InitializeRequest(entityID: Self.sp, mechanisms: Mechanism.allCases, attributes: ["cn"]), from: Self.sp)
        _ = try feed.provider.subscription(
            SubscriptionRequest(
                entityID: Self.sp, action: .subscribe, listener: "https://sp.example.edu/feed",
                transactionID: TransactionID(0)), from: Self.sp)
        for number in 1...5 { try change(feed, number) }
        return feed
    }

    private func change(_ feed: TestFeed, _ number: Int) throws {
        let record = person("u\(number)", ["cn": ["\(number)"]])
        try feed.provider.apply([PersonChange(subject: record.subject, record: record)])
    }

    private func pushed(_ feed: TestFeed) throws -> [UInt64] {
        guard let push = try feed.provider.nextPush(to: Self.sp) else { return [] }
        var reader = ChangelogReader(file: "push", input: LDIFBytes(push.push.body), after: .zero, isChained: false)
        var ids: [UInt64] = []
        while let change = try reader.next() { ids.append(change.id.value) }
        return ids
    }

    private func answer(_ feed: TestFeed, at id: UInt64) throws {
        let push = try #require(try feed.provider.nextPush(to: Self.sp))
        try feed.provider.delivered(TransactionID(id), of: push)
    }

    @Test func whatIsDurableThereIsNotPushedAgain() throws {
        let feed = try subscribed()
        #expect(try pushed(feed) == [1, 2, 3, 4, 5])
        try answer(feed, at: 2)
        #expect(try pushed(feed) == [3, 4, 5])
        try answer(feed, at: 5)
        #expect(try pushed(feed) == [])
    }

    @Test func aPositionIsWrittenOncePushesPauseAndAtLeastEachSecond() throws {
        let feed = try subscribed()
        try answer(feed, at: 4)
        try feed.open()
        #expect(try pushed(feed) == [1, 2, 3, 4, 5], "what was not written is pushed again")
        try answer(feed, at: 2)
        feed.clock.advance(1)
        try answer(feed, at: 3)
        try answer(feed, at: 4)
        try feed.open()
        #expect(try pushed(feed) == [4, 5])
        try answer(feed, at: 5)
        #expect(try pushed(feed) == [])
        try feed.open()
        #expect(try pushed(feed) == [])
    }

    @Test func aListenerThatLostWhatItHadIsPushedItAgain() throws {
        let feed = try subscribed()
        try answer(feed, at: 5)
        try change(feed, 6)
        try answer(feed, at: 3)
        #expect(try pushed(feed) == [4, 5, 6])
        try feed.open()
        #expect(try pushed(feed) == [4, 5, 6], "it is durable")
    }

    @Test func aListenerThatIsFurtherIsBelieved() throws {
        let feed = try subscribed()
        let push = try #require(try feed.provider.nextPush(to: Self.sp))
        try change(feed, 6)
        try change(feed, 7)
        try feed.provider.delivered(TransactionID(6), of: push)
        #expect(try pushed(feed) == [7])
    }

    @Test func aListenerOfAnotherJournalIsPushedNothingAnyMore() throws {
        let feed = try subscribed()
        try answer(feed, at: 6)
        #expect(try feed.provider.nextPush(to: Self.sp) == nil)
        #expect(try feed.provider.subscribers.isEmpty)
    }

    @Test func anAnswerToAnEndedSubscriptionChangesNothing() throws {
        let feed = try subscribed()
        let push = try #require(try feed.provider.nextPush(to: Self.sp))
        _ = try feed.provider.subscription(
            SubscriptionRequest(
                entityID: Self.sp, action: .subscribe, listener: "https://sp.example.edu/other",
                transactionID: TransactionID(1)), from: Self.sp)
        try feed.provider.delivered(TransactionID(5), of: push)
        #expect(try pushed(feed) == [2, 3, 4, 5])
    }

    @Test func everyTransactionAndCallIsAnnounced() throws {
        let feed = try subscribed()
        let provider = try feed.provider
        var seen = provider.signal.events
        try change(feed, 8)
        #expect(provider.signal.events != seen)
        seen = provider.signal.events
        // Returns at once, for that has happened before.
        provider.signal.wait(past: seen &- 1, milliseconds: 60_000)
        _ = try? provider.subscription(
            SubscriptionRequest(entityID: Self.sp, action: .unsubscribe, listener: nil, transactionID: nil),
            from: Self.sp)
        #expect(provider.signal.events != seen && provider.callCount(of: Self.sp) == 3)
    }
}

/// What has gone of a changelog's file.
@Suite struct RetrievalProgressTests {
    private static let one = entity("https://one.example.edu/sp")
    private static let other = entity("https://other.example.edu/sp")

    private func file(_ mechanism: Mechanism = .changelog, token: String = "a") -> PreparedFile {
        PreparedFile(
            mechanism: mechanism, token: token, name: "n", transactionID: 1, deadline: 9, size: 100, digest: "",
            records: 1)
    }

    @Test func partsMakeAWholeOnlyWithoutAHole() {
        let progress = RetrievalProgress()
        #expect(!progress.note(60..<100, of: file(), to: Self.one))
        #expect(!progress.note(0..<50, of: file(), to: Self.one))
        #expect(!progress.note(60..<100, of: file(), to: Self.one), "ten octets were never sent")
        #expect(progress.note(0..<100, of: file(token: "b"), to: Self.other))
        #expect(!progress.note(40..<70, of: file(), to: Self.one))
        #expect(progress.note(70..<100, of: file(), to: Self.one))
    }

    @Test func aSnapshotIsNeverThrough() {
        let progress = RetrievalProgress()
        #expect(!progress.note(0..<100, of: file(.snapshot), to: Self.one))
    }

    @Test func anotherFileBeginsAnew() {
        let progress = RetrievalProgress()
        #expect(!progress.note(0..<90, of: file(token: "a"), to: Self.one))
        #expect(!progress.note(90..<100, of: file(token: "b"), to: Self.one))
        #expect(progress.note(0..<100, of: file(token: "b"), to: Self.one))
    }
}
