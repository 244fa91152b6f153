import AttributeIndex
import CommonInterface
import RandomTesting
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Provisioning

@Suite struct HeldDeliveryTests {
    /// Forty people, of whom thirty go.
    private func held(_ update: IdentityProviderSettings.Update, restarts: Bool) throws -> FeedFixture {
        let feed = try FeedFixture(update, people: 40)
        try feed.run()
        for number in 0..<30 { feed.provider.set("person\(number)", nil) }
        if update == .subscription {
            let body = try #require(feed.provider.nextPush(records: 100))
            let answer = try feed.controller.receive(body, from: FeedFixture.idp)
            #expect(answer == .refused(Refusal(.unavailable, "")))
        }
        try feed.runAgain()
        if restarts { try feed.crash(.nothing) }
        try feed.run()
        let status = try feed.status
        #expect(status.phase == .held && status.heldRemovals == 30 && status.nextAttempt == nil)
        #expect(feed.target.people.count == 40, "the old data goes on being served")
        _ = feed.provider.takeCalls()
        return feed
    }

    private func names(_ feed: FeedFixture) throws -> [String] { try feed.files.list("/data/register/held") }

    @Test(arguments: IdentityProviderSettings.Update.allCases, [false, true])
    func waitsForSomebodyAndIsApplied(update: IdentityProviderSettings.Update, restarts: Bool) throws {
        let feed = try held(update, restarts: restarts)
        #expect(try names(feed).count == 2)
        feed.provider.set("person35", "later")
        if update == .subscription {
            #expect(try feed.push() == [.refused(Refusal(.unavailable, ""))], "later changes wait")
        }
        feed.clock.advance(milliseconds: 10_000_000)
        #expect(try feed.run() == nil)
        #expect(feed.provider.takeCalls().isEmpty && feed.target.people.count == 40)
        try feed.controller.resync(FeedFixture.idp, .accept)
        try feed.run()
        try feed.runAgain()
        #expect(feed.target.people == feed.provider.people && feed.target.people.count == 10)
        #expect(try names(feed).isEmpty)
        #expect(feed.events.kinds.contains(.held) && feed.events.kinds.contains(.accepted))
        #expect(try feed.status.phase == .following && feed.status.heldRemovals == nil)
    }

    @Test(arguments: IdentityProviderSettings.Update.allCases, [false, true])
    func isForgottenWhereSomebodySaysSo(update: IdentityProviderSettings.Update, restarts: Bool) throws {
        let feed = try held(update, restarts: restarts)
        try feed.controller.resync(FeedFixture.idp, .discard)
        #expect(try feed.run() == 900_000, "it does not come right back")
        #expect(try names(feed).isEmpty)
        #expect(feed.target.people.count == 40 && feed.target.position == TransactionID(140))
        #expect(feed.events.kinds.last == .discarded)
        // The provider has seen its mistake.
        for number in 0..<30 { feed.provider.set("person\(number)", "again") }
        try feed.runAgain()
        #expect(feed.target.people == feed.provider.people && feed.target.people.count == 40)
    }

    @Test func aSnapshotThatSomebodyAsksForTakesItsPlace() throws {
        let feed = try held(.changelog, restarts: false)
        for number in 0..<30 { feed.provider.set("person\(number)", "again") }
        try feed.controller.resync(FeedFixture.idp, .snapshot)
        try feed.run()
        #expect(feed.target.people == feed.provider.people && feed.target.people.count == 40)
        #expect(try names(feed).isEmpty && feed.status.phase == .following)
    }

    @Test func whereNothingIsHeldThereIsNothingToDecide() throws {
        let feed = try FeedFixture(.changelog)
        try feed.run()
        for request in [ResyncRequest.accept, .discard] {
            #expect(throws: ResyncRefusal.self) { try feed.controller.resync(FeedFixture.idp, request) }
        }
    }

    @Test func aDamagedFileIsNotApplied() throws {
        let feed = try held(.changelog, restarts: false)
        let path = "/data/register/held/\(SourceID(FeedFixture.idp)).ldif"
        feed.files = try feed.files.damaged(path) { $0[$0.count / 2] ^= 1 }
        try feed.crash(.everything)
        try feed.controller.resync(FeedFixture.idp, .accept)
        try feed.run()
        #expect(feed.events.kinds.contains(.resync), "a snapshot instead")
        #expect(feed.target.people.count == 40)
        #expect(try feed.status.phase == .held, "which is held as well")
    }

    @Test func whatWasAppliedAlreadyIsNotHeldAfterACrash() throws {
        let feed = try held(.changelog, restarts: false)
        feed.target.state.withLock { $0.position = TransactionID(170) }
        try feed.crash(.everything)
        #expect(try names(feed).isEmpty && feed.status.phase == .following)
    }

    /// The power goes, or a call fails, at any call of the file system while a delivery becomes held.
    @Test(arguments: [Fault.crash, .error(5), .shortWrite])
    func isHeldWholeOrNotAtAll(fault: Fault) throws {
        var random = SeededRandom()
        var call = 0
        while true {
            let feed = try FeedFixture(.changelog, people: 40)
            try feed.run()
            for number in 0..<30 { feed.provider.set("person\(number)", nil) }
            feed.files.inject(fault, atCall: call)
            try feed.runAgain()
            guard feed.files.hasFaulted else { break }
            #expect(feed.target.people.count == 40 && feed.target.position == TransactionID(140))
            feed.files.clearFault()
            let seed = random.next()
            try feed.crash([.nothing, .everything, .some(seed: seed)].randomElement(using: &random) ?? .nothing)
            try feed.run()
            // Held from before, or asked for and held anew.
            #expect(try feed.status.phase == .held, "call \(call), seed \(random.seed)")
            try feed.controller.resync(FeedFixture.idp, .accept)
            try feed.run()
            #expect(feed.target.people == feed.provider.people, "call \(call), seed \(random.seed)")
            #expect(try names(feed).isEmpty && feed.files.list("/data/feed").isEmpty)
            call += 1
        }
        #expect(call > 10, "\(call) calls were made to fail")
    }
}
