import CommonInterface
import EventLog
import Storage
import StorageTesting
import Synchronization
import Testing

@testable import Provisioning

/// A controller of one source, both fakes, on a simulated disk; the test takes its steps.
final class FeedFixture {
    static let idp = entity("https://idp.example.edu/idp")
    static let own = entity("https://sp.example.edu/sp")
    static let directory = "/data"

    let clock = FakeClock()
    let events = EventList()
    var files = SimulatedFileSystem()
    var provider: FakeProvider
    var target: FakeTarget
    var settings: IdentityProviderSettings
    private var opened: FeedController?

    static func entity(_ text: String) -> EntityID {
        guard let entityID = EntityID(text) else { preconditionFailure("\(text) is no entityID") }
        return entityID
    }

    init(_ update: IdentityProviderSettings.Update, people: Int = 3) throws {
        settings = IdentityProviderSettings(
            entityID: Self.idp, endpoint: "https://idp.example.edu", keys: [], update: update, interval: 900,
            attributes: ["cn"], mapping: PersonMapping())
        try files.makeDirectory(Self.directory)
        try files.synchronizeDirectory("/")
        provider = FakeProvider(Self.idp, files, directory: Self.directory)
        target = FakeTarget(files)
        for number in 0..<people { provider.set("person\(number)", "one") }
        try start()
    }

    var controller: FeedController {
        get throws { try #require(opened) }
    }

    var follower: SourceFollower {
        get throws { try #require(try controller.follower(of: Self.idp)) }
    }

    var status: SourceStatus {
        get throws { try #require(try controller.statuses.first) }
    }

    func start() throws {
        let provider = provider
        opened = try FeedController(
            own: Self.own, target: target, events: events, log: .silent, directory: Self.directory, files: files,
            clock: clock.feed, startsThreads: false, makeSource: { _ in provider })
        try controller.adopt([settings])
    }

    /// The process ends, as it does without power, and is started again.
    func crash(_ survival: Survival) throws {
        opened = nil
        files = files.afterCrash(survival)
        provider = provider.onto(files)
        let next = FakeTarget(files)
        let known = target.state.withLock { $0 }
        next.state.withLock { $0 = known }
        target = next
        try start()
    }

    /// Takes the steps that are due now.
    ///
    /// - Returns: milliseconds until more are; nil where that is when something happens.
    @discardableResult
    func run() throws -> Int64? {
        for _ in 0..<100 {
            guard let wait = try follower.step() else { return nil }
            if wait > 0 { return wait }
        }
        Issue.record("it does not come to rest")
        return nil
    }

    /// Lets the time pass until something is due, and takes the steps.
    func runAgain() throws {
        if let wait = try run() { clock.advance(milliseconds: wait) }
        try run()
    }

    /// Delivers what there is to push, until nothing is left or the answer is not one that leads on.
    func push() throws -> [PushAnswer] {
        var answers: [PushAnswer] = []
        while let body = provider.nextPush() {
            let answer = try controller.receive(body, from: Self.idp)
            answers.append(answer)
            guard case .durable(let position) = answer else { return answers }
            guard provider.acknowledge(position) else { return answers }
        }
        return answers
    }
}
