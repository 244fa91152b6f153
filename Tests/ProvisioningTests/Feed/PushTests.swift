import AttributeIndex
import CommonInterface
import Synchronization
import Testing

@testable import Provisioning

@Suite struct PushTests {
    private func followed() throws -> FeedFixture {
        let feed = try FeedFixture(.subscription)
        try feed.run()
        _ = feed.provider.takeCalls()
        return feed
    }

    private func receive(_ feed: FeedFixture, _ body: [UInt8]) throws -> PushAnswer {
        try feed.controller.receive(body, from: FeedFixture.idp)
    }

    @Test func isAppliedOnceHoweverOftenItComes() throws {
        let feed = try followed()
        for value in ["two", "three"] { feed.provider.set("person1", value) }
        let body = try #require(feed.provider.nextPush())
        for _ in 0..<3 { #expect(try receive(feed, body) == .durable(TransactionID(105))) }
        #expect(feed.target.applied == [TransactionID(104), TransactionID(105)])
        #expect(feed.provider.takeCalls().isEmpty, "nothing was missing")
        #expect(try feed.run() == 900_000)
    }

    @Test func aPushOfWhichAPartIsAppliedIsAnsweredWithThatPart() throws {
        let feed = try followed()
        feed.provider.set("person1", "two")
        let first = try #require(feed.provider.nextPush())
        feed.provider.set("person2", "three")
        let both = try #require(feed.provider.nextPush())
        #expect(try receive(feed, first) == .durable(TransactionID(104)))
        #expect(try receive(feed, both) == .durable(TransactionID(104)), "to be sent again from there")
        feed.provider.acknowledge(TransactionID(104))
        #expect(try feed.push() == [.durable(TransactionID(105))])
        #expect(feed.target.applied == [TransactionID(104), TransactionID(105)])
    }

    @Test func aGapIsAnsweredWithWhereWeStandAndCaughtUp() throws {
        let feed = try followed()
        for value in ["two", "three"] { feed.provider.set("person1", value) }
        feed.provider.acknowledge(TransactionID(104))
        let body = try #require(feed.provider.nextPush())
        #expect(try receive(feed, body) == .durable(TransactionID(103)))
        try feed.run()
        #expect(feed.provider.takeCalls() == ["changelog 103", "changelog 105", "subscribe 105"])
        #expect(feed.target.applied == [TransactionID(104), TransactionID(105)])
        #expect(try receive(feed, body) == .durable(TransactionID(105)))
        #expect(feed.target.snapshots == 1, "no snapshot was needed")
    }

    @Test func aLostPushIsFoundByLooking() throws {
        let feed = try followed()
        feed.provider.set("person1", "two")
        feed.clock.advance(milliseconds: 900_000)
        try feed.run()
        #expect(feed.provider.takeCalls() == ["changelog 103", "changelog 104", "subscribe 104"])
        #expect(feed.target.people == feed.provider.people)
        #expect(feed.provider.nextPush() == nil)
    }

    @Test func aLostSubscriptionStandsAgainAfterLooking() throws {
        let feed = try followed()
        feed.provider.set("person1", "two")
        feed.provider.prune()
        #expect(!feed.provider.isSubscribed)
        try feed.runAgain()
        #expect(feed.provider.takeCalls() == ["changelog 103", "snapshot", "changelog 104", "subscribe 104"])
        #expect(feed.target.people == feed.provider.people && feed.provider.isSubscribed)
        #expect(feed.events.kinds == [.resync])
    }

    @Test(arguments: [
        "dn: nonsense", "dn: changeNumber=104,cn=changelog\nobjectClass: changeLogEntry\nchangeNumber: 104\n",
    ])
    func whatIsNoPushIsRefusedAndLeadsToASnapshot(body: String) throws {
        let feed = try followed()
        #expect(try receive(feed, Array(body.utf8)) == .refused(Refusal(.badRequest, "")))
        #expect(try receive(feed, []) == .refused(Refusal(.unavailable, "")), "a snapshot comes first")
        try feed.run()
        #expect(feed.provider.takeCalls() == ["snapshot", "changelog 103", "subscribe 103"])
    }

    @Test func anEmptyPushIsNoHarm() throws {
        let feed = try followed()
        #expect(try receive(feed, []) == .durable(TransactionID(103)))
    }

    @Test func whatCannotBeStoredIsNotAcknowledged() throws {
        let feed = try followed()
        feed.provider.set("person1", "two")
        feed.target.fail([.store(StoreErrors.full)])
        let answer = try #require(try feed.push().first)
        guard case .refused(let refusal) = answer else { return #expect(Bool(false), "it was acknowledged") }
        #expect(refusal.code == .unavailable && refusal.retryAfter != nil)
        #expect(try feed.push() == [.durable(TransactionID(104))], "and is taken when it comes again")
        #expect(feed.target.applied == [TransactionID(104)])
    }

    @Test func whileSomethingIsAppliedOthersAreToldToComeAgain() throws {
        let feed = try followed()
        feed.provider.set("person1", "two")
        let body = try #require(feed.provider.nextPush())
        let controller = try feed.controller
        let meanwhile = Mutex<PushAnswer?>(nil)
        let box = MeanwhileBox()
        feed.target.state.withLock { state in
            state.meanwhile = {
                guard box.isFirst() else { return }
                let answer = controller.receive(body, from: FeedFixture.idp)
                box.answer.withLock { $0 = answer }
            }
        }
        #expect(try receive(feed, body) == .durable(TransactionID(104)))
        meanwhile.withLock { $0 = box.answer.withLock { $0 } }
        let answer = try #require(meanwhile.withLock { $0 })
        guard case .refused(let refusal) = answer else { return #expect(Bool(false), "it was taken") }
        #expect(refusal.code == .unavailable && refusal.retryAfter == 1)
        #expect(feed.target.applied == [TransactionID(104)])
    }

    private final class MeanwhileBox: Sendable {
        let answer = Mutex<PushAnswer?>(nil)
        private let count = Mutex(0)
        func isFirst() -> Bool {
            count.withLock { count in
                count += 1
                return count == 1
            }
        }
    }

    @Test(arguments: [IdentityProviderSettings.Update.snapshot, .changelog])
    func whoIsNotSubscribedToPushesInVain(update: IdentityProviderSettings.Update) throws {
        let feed = try FeedFixture(update)
        try feed.run()
        #expect(try receive(feed, []) == .refused(Refusal(.methodNotAllowed, "")))
        let stranger = FeedFixture.entity("https://stranger.example.edu")
        #expect(try feed.controller.receive([], from: stranger) == .refused(Refusal(.forbidden, "")))
    }

    @Test func pushesBeforeTheFirstSnapshotWait() throws {
        let feed = try FeedFixture(.subscription)
        #expect(try receive(feed, []) == .refused(Refusal(.unavailable, "")))
    }

    @Test func nothingIsAppliedAfterTheEnd() throws {
        let feed = try followed()
        feed.provider.set("person1", "two")
        let body = try #require(feed.provider.nextPush())
        try feed.controller.stop()
        #expect(try receive(feed, body) == .refused(Refusal(.methodNotAllowed, "")))
        #expect(feed.target.applied.isEmpty)
    }
}
