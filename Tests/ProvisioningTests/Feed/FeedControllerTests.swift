import CommonInterface
import Storage
import StorageTesting
import Testing

@testable import Provisioning

@Suite struct FeedControllerTests {
    // MARK: - The way it should go

    @Test(arguments: IdentityProviderSettings.Update.allCases)
    func beginsWithASnapshotAndGoesOnAsConfigured(update: IdentityProviderSettings.Update) throws {
        let feed = try FeedFixture(update)
        #expect(try feed.status.phase == .starting && feed.status.position == nil)
        try feed.run()
        var expected = ["initialize", "snapshot"]
        if update == .subscription { expected += ["changelog 103", "subscribe 103"] }
        #expect(feed.provider.takeCalls() == expected)
        #expect(feed.target.people == feed.provider.people && feed.target.position == TransactionID(103))
        let status = try feed.status
        #expect(status.phase == .following && status.position == "103" && status.people == 3)
        #expect(status.withheld == ["telephoneNumber"] && status.failures == 0 && status.failure == nil)
        #expect(status.lag == 0 && status.nextAttempt == feed.clock.feed.seconds() + 900)
        feed.provider.set("person1", "two")
        feed.clock.advance(milliseconds: 900_000)
        #expect(try feed.status.lag == 900)
        if update == .subscription { #expect(try feed.push() == [.durable(TransactionID(104))]) }
        try feed.run()
        #expect(feed.target.people == feed.provider.people && feed.target.position == TransactionID(104))
        #expect(try feed.status.lag == 0)
        #expect(feed.target.snapshots == (update == .snapshot ? 2 : 1))
        #expect(try feed.files.list("/data/feed").isEmpty, "what was fetched is removed")
    }

    @Test func aRestartGoesOnFromWhereWeWere() throws {
        let feed = try FeedFixture(.changelog)
        try feed.run()
        _ = feed.provider.takeCalls()
        feed.provider.set("person1", "two")
        try feed.crash(.nothing)
        #expect(try feed.status.withheld == ["telephoneNumber"])
        try feed.run()
        #expect(feed.provider.takeCalls() == ["changelog 103", "changelog 104"])
        #expect(feed.target.applied == [TransactionID(104)])
    }

    @Test(
        arguments: [
            { $0.attributes = ["cn", "mail"] }, { $0.mapping.rdn = "cn" }, { $0.mapping.scopes = ["example.edu"] },
            { $0.update = .subscription }, { $0.mapping.subject = "mail" },
        ] as [@Sendable (inout IdentityProviderSettings) -> Void])
    func whatIsWantedAnewIsAgreedAnew(change: @Sendable (inout IdentityProviderSettings) -> Void) throws {
        for restarts in [false, true] {
            let feed = try FeedFixture(.changelog)
            try feed.run()
            _ = feed.provider.takeCalls()
            change(&feed.settings)
            if restarts { try feed.crash(.everything) } else { try feed.controller.adopt([feed.settings]) }
            try feed.run()
            #expect(feed.provider.takeCalls().starts(with: ["initialize", "snapshot"]))
        }
    }

    @Test func whatDoesNotConcernTheSourceNeedsNoSnapshot() throws {
        let feed = try FeedFixture(.changelog)
        try feed.run()
        _ = feed.provider.takeCalls()
        feed.settings.interval = 60
        feed.settings.brake.people = 7
        try feed.controller.adopt([feed.settings])
        #expect(try feed.run() == 60_000)
        #expect(feed.provider.takeCalls() == ["changelog 103"])
    }

    @Test func aRemovedProviderIsLeftAlone() throws {
        let feed = try FeedFixture(.subscription)
        try feed.run()
        let follower = try feed.follower
        try feed.controller.adopt([])
        #expect(follower.isStopped && !feed.provider.isSubscribed)
        #expect(try feed.controller.statuses.isEmpty)
        let answer = try feed.controller.receive([], from: FeedFixture.idp)
        #expect(answer == .refused(Refusal(.forbidden, "")))
        #expect(throws: ResyncRefusal.self) { try feed.controller.resync(FeedFixture.idp, .snapshot) }
        feed.provider.set("person1", "two")
        _ = follower.step()
        #expect(feed.target.applied.isEmpty, "what was under way is not applied any more")
    }

    // MARK: - Failures

    /// 1, 5 and 30 seconds, each a fifth less where chance falls so; then now and then.
    @Test func failuresAreTriedAgainAndThenLeftInPeace() throws {
        let feed = try FeedFixture(.changelog)
        let failure = SourceFailure(.transient, "503 Service Unavailable")
        feed.provider.fail(failure, failure, failure, failure, failure)
        var waits: [Int64] = []
        for phase in [SourceStatus.Phase.retrying, .retrying, .retrying, .suspended, .suspended] {
            let wait = try #require(try feed.run())
            waits.append(wait)
            let status = try feed.status
            #expect(status.phase == phase && status.failures == waits.count)
            #expect(status.failure == "503 Service Unavailable")
            #expect(status.nextAttempt == feed.clock.feed.seconds() + (wait + 999) / 1000)
            feed.clock.advance(milliseconds: wait)
        }
        #expect(waits == [800, 4000, 24_000, 24_000, 48_000])
        #expect(feed.events.kinds == [.failed], "said once, when it was given up")
        try feed.run()
        #expect(try feed.status.phase == .following && feed.status.failures == 0 && feed.status.failure == nil)
    }

    @Test func aSourceSaysWhenToComeAgain() throws {
        let feed = try FeedFixture(.changelog)
        feed.provider.fail(SourceFailure(.transient, "429", retryAfter: 120))
        #expect(try feed.run() == 120_000)
    }

    @Test func whatWillNotPassByItselfIsShownAndTriedRarely() throws {
        let feed = try FeedFixture(.changelog)
        feed.provider.fail(SourceFailure(.permanent, "403 Forbidden"))
        #expect(try feed.run() == 300_000)
        #expect(try feed.status.phase == .failed && feed.status.failure == "403 Forbidden")
        #expect(feed.events.kinds == [.failed])
        // Somebody has done something about it, and does not want to wait.
        try feed.controller.resync(FeedFixture.idp, .snapshot)
        try feed.run()
        #expect(try feed.status.phase == .following)
    }

    @Test func anExpiredTransactionLeadsToASnapshotUnasked() throws {
        let feed = try FeedFixture(.changelog)
        try feed.run()
        feed.provider.set("person1", "two")
        feed.provider.prune()
        _ = feed.provider.takeCalls()
        try feed.runAgain()
        #expect(feed.provider.takeCalls() == ["changelog 103", "snapshot"])
        #expect(feed.target.people == feed.provider.people)
        #expect(feed.events.kinds == [.resync])
    }

    @Test func aSourceThatHasForgottenUsIsToldAgain() throws {
        let feed = try FeedFixture(.changelog)
        try feed.run()
        feed.provider.forget()
        feed.provider.set("person1", "two")
        _ = feed.provider.takeCalls()
        try feed.runAgain()
        #expect(feed.provider.takeCalls() == ["changelog 103", "initialize", "snapshot"])
        #expect(feed.target.people == feed.provider.people)
    }

    @Test func aSourceThatAlwaysForgetsIsNotAskedForSnapshotsAllTheTime() throws {
        let feed = try FeedFixture(.subscription)
        var snapshots = 0
        let begin = feed.clock.now
        while feed.clock.now - begin < 3_600_000 {
            let wait = try feed.follower.step() ?? 0
            for call in feed.provider.takeCalls() where call == "snapshot" { snapshots += 1 }
            feed.provider.prune()
            feed.provider.set("person1", "\(snapshots)")
            feed.provider.prune()
            feed.clock.advance(milliseconds: max(1, wait))
        }
        #expect((5...30).contains(snapshots), "\(snapshots) in an hour")
    }

    @Test func aChangelogThatDoesNotFitLeadsToASnapshot() throws {
        let lies: [@Sendable (inout FetchedFile, inout [UInt8]) -> Void] = [
            // A change is missing.
            {
                $1 = Array(
                    String(decoding: $1, as: UTF8.self).replacing(
                        "previousChangeNumber: 103", with: "previousChangeNumber: 99"
                    ).utf8)
            },
            { $1 = Array("dn: nonsense".utf8) },
            { $1 = Array($1.prefix(60)) },
        ]
        for lie in lies {
            let feed = try FeedFixture(.changelog)
            try feed.run()
            feed.provider.set("person1", "two")
            feed.provider.edit { file, octets in
                if String(decoding: octets, as: UTF8.self).contains("cn=changelog") { lie(&file, &octets) }
            }
            _ = feed.provider.takeCalls()
            try feed.runAgain()
            #expect(feed.provider.takeCalls() == ["changelog 103", "snapshot"])
            #expect(feed.target.people == feed.provider.people && feed.target.applied.isEmpty)
        }
    }

    @Test func aSnapshotThatGoesBackInTimeIsRefusedUnlessSomebodyAsks() throws {
        let feed = try FeedFixture(.snapshot)
        try feed.run()
        feed.provider.edit { file, _ in file.position = TransactionID(50) }
        try feed.runAgain()
        #expect(feed.target.position == TransactionID(103) && feed.target.snapshots == 1)
        #expect(try feed.status.phase == .failed && feed.status.failure?.contains("peopled resync") == true)
        try feed.controller.resync(FeedFixture.idp, .snapshot)
        try feed.run()
        #expect(feed.target.position == TransactionID(50) && feed.target.snapshots == 2)
    }

    @Test func aChangelogThatGoesBackInTimeIsRefused() throws {
        let feed = try FeedFixture(.changelog)
        try feed.run()
        feed.provider.edit { file, _ in file.position = TransactionID(50) }
        try feed.runAgain()
        #expect(try feed.status.phase == .failed)
        #expect(feed.target.position == TransactionID(103))
    }

    @Test func aTargetThatFailsIsTriedAgain() throws {
        let feed = try FeedFixture(.changelog)
        feed.target.fail([.store(StoreErrors.full)])
        #expect(try feed.run() == 800)
        #expect(try feed.status.phase == .retrying)
        try feed.runAgain()
        #expect(feed.target.people == feed.provider.people)
    }

    @Test func aSnapshotThatIsNotWholeIsNotAskedForAtOnceAgain() throws {
        let feed = try FeedFixture(.changelog)
        feed.provider.edit { file, _ in file.records = 7 }
        #expect(try feed.run() == 800)
        #expect(feed.target.position == nil)
        feed.provider.edit(nil)
        try feed.runAgain()
        #expect(feed.target.people == feed.provider.people)
    }

    @Test func aConfigurationThatMakesNothingOfItIsShown() throws {
        let feed = try FeedFixture(.changelog)
        feed.target.fail([.configuration("the suffix is not there")])
        #expect(try feed.run() == 300_000)
        #expect(try feed.status.phase == .failed && feed.status.failure == "the suffix is not there")
    }
}
