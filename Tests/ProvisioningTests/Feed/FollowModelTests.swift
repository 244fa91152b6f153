import CommonInterface
import Foundation
import RandomTesting
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Provisioning

/// Whatever happens, and in whatever order: in the end the people are the provider's, nothing lost and nothing applied twice.
@Suite struct FollowModelTests {
    /// Rounds for each way to follow; PEOPLED_TEST_ROUNDS has it go on for longer.
    private let rounds = ProcessInfo.processInfo.environment["PEOPLED_TEST_ROUNDS"].flatMap { Int($0) } ?? 4
    private var random: SeededRandom

    init() { random = SeededRandom() }

    @Test(arguments: IdentityProviderSettings.Update.allCases)
    mutating func inTheEndThePeopleAreTheProviders(update: IdentityProviderSettings.Update) throws {
        for round in 0..<rounds {
            let feed = try FeedFixture(update, people: 30)
            for _ in 0..<80 { try disturb(feed) }
            try settle(feed)
            let isSame = feed.target.people == feed.provider.people
            let status = try feed.status
            #expect(isSame, "\(status), round \(round), seed \(random.seed)")
            #expect(try feed.status.phase == .following, "round \(round), seed \(random.seed)")
            #expect(feed.target.applied == feed.target.applied.sorted(), "round \(round), seed \(random.seed)")
            #expect(Set(feed.target.applied).count == feed.target.applied.count, "round \(round), seed \(random.seed)")
            try feed.crash(.everything)
            #expect(try feed.files.list("/data/feed").isEmpty, "round \(round), seed \(random.seed)")
        }
    }

    private func chance(_ of: Int, using random: inout SeededRandom) -> Bool {
        Int.random(in: 0..<of, using: &random) == 0
    }

    private mutating func disturb(_ feed: FeedFixture) throws {
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<12: set(feed)
        case 12: for number in 0..<30 where !chance(4, using: &random) { feed.provider.set("person\(number)", nil) }
        case 13..<20: try push(feed)
        case 20: feed.provider.prune()
        case 21: feed.provider.forget()
        case 22: fail(feed)
        case 23: feed.target.fail([.store(StoreErrors.full)])
        case 24: lie(feed)
        case 25: feed.provider.edit(nil)
        case 26: try crash(feed)
        case 27:
            feed.files.inject(
                [.error(5), .shortWrite].randomElement(using: &random) ?? .shortWrite,
                atCall: Int.random(in: 0..<30, using: &random))
        case 28: try decide(feed)
        case 29: try adopt(feed)
        default:
            feed.clock.advance(milliseconds: Int64.random(in: 0..<2_000_000, using: &random))
            try feed.run()
        }
    }

    private mutating func set(_ feed: FeedFixture) {
        let name = "person\(Int.random(in: 0..<30, using: &random))"
        feed.provider.set(name, chance(5, using: &random) ? nil : "\(random.next())")
    }

    /// Pushes may be lost on their way, and acknowledgements on theirs.
    private mutating func push(_ feed: FeedFixture) throws {
        guard let body = feed.provider.nextPush(records: Int.random(in: 1...5, using: &random)) else { return }
        if chance(6, using: &random) { return }
        guard case .durable(let position) = try feed.controller.receive(body, from: FeedFixture.idp) else { return }
        #expect(position == feed.target.position, "acknowledged is what is durable; seed \(random.seed)")
        // A provider that takes what was lost for delivered.
        let claimed = chance(15, using: &random) ? feed.provider.last : position
        if !chance(6, using: &random) { feed.provider.acknowledge(claimed) }
    }

    private mutating func fail(_ feed: FeedFixture) {
        let kinds: [SourceFailure.Kind] = [
            .transient, .transient, .transient, .local, .expired, .uninitialized, .permanent,
        ]
        let failures = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            SourceFailure(kinds.randomElement(using: &random) ?? .transient, "a failure")
        }
        feed.provider.state.withLock { $0.failures = failures }
    }

    private mutating func lie(_ feed: FeedFixture) {
        let lies: [@Sendable (inout FetchedFile, inout [UInt8]) -> Void] = [
            { _, octets in octets = Array(octets.prefix(60)) }, { file, _ in file.position = TransactionID(1) },
            { file, _ in file.records = 77 }, { _, octets in octets = [] }, { file, octets in octets += octets },
        ]
        feed.provider.edit(lies.randomElement(using: &random))
    }

    private mutating func crash(_ feed: FeedFixture) throws {
        feed.files.clearFault()
        let seed = random.next()
        try feed.crash([.nothing, .everything, .some(seed: seed)].randomElement(using: &random) ?? .nothing)
    }

    private mutating func decide(_ feed: FeedFixture) throws {
        let request = [ResyncRequest.accept, .discard, .snapshot].randomElement(using: &random) ?? .accept
        // Refused where nothing is held.
        try? feed.controller.resync(FeedFixture.idp, request)
        try feed.run()
    }

    private mutating func adopt(_ feed: FeedFixture) throws {
        if chance(2, using: &random) { feed.settings.attributes.append("mail\(random.next() % 3)") }
        feed.files.clearFault()
        try feed.controller.adopt([feed.settings])
    }

    /// Nothing goes wrong any more, and somebody accepts what is held.
    private func settle(_ feed: FeedFixture) throws {
        feed.files.clearFault()
        feed.provider.edit(nil)
        feed.provider.fail()
        feed.target.fail([])
        for _ in 0..<50 {
            if try feed.status.phase == .held { try feed.controller.resync(FeedFixture.idp, .accept) }
            try feed.runAgain()
            _ = try feed.push()
            if feed.target.people == feed.provider.people, try feed.status.phase == .following { return }
        }
    }
}
