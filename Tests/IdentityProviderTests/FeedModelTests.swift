import CommonInterface
import Schema
import Storage
import StorageTesting
import Synchronization
import RandomTesting
import Testing

@testable import IdentityProvider

/// Random people, policies, populations, prunings, faults and power cuts: whoever follows by whatever mechanism holds exactly what
/// the registry says and the policy lets it have.
@Suite struct FeedModelTests {
    @Test(arguments: 0..<12)
    func everyServiceProviderHoldsWhatItMaySee(number: Int) throws {
        var run = try FeedRun(seed: UInt64(number) &+ UInt64.random(in: 0...UInt64.max >> 8))
        do {
            for _ in 0..<250 { try run.step() }
        } catch {
            Issue.record("seed \(run.seed), after \(run.steps.suffix(12)): \(error)")
        }
    }
}

/// One random history.
struct FeedRun {
    let seed: UInt64
    var random: SeededRandom
    let feed: TestFeed
    var people: [String: IdentityRecord] = [:]
    let models: [ServiceProviderModel]
    var steps: [String] = []

    static let attributes = ["cn", "sn", "mail", "telephoneNumber", "campusThing"]
    static let providers = ["https://a.example.edu/sp", "https://b.example.edu/sp", "https://c.example.edu/sp"]

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        var settings = TestFeed.settings
        settings.checkpointChanges = 8
        settings.journal.segment = 600
        settings.journal.block = 200
        settings.journalLimit = 4000
        settings.fileLimit = 12_000
        settings.pushRecords = 3
        settings.maximumRemovedPercent = 100
        models = Self.providers.map { ServiceProviderModel(entity($0)) }
        feed = try TestFeed(
            Self.providers.map { ServiceProviderSettings(entityID: entity($0), attributes: nil) }, settings: settings)
        for model in models { try initialize(model) }
    }

    mutating func step() throws {
        let roll = Int.random(in: 0..<100, using: &random)
        switch roll {
        case 0..<38: try surviving("change") { (run) in try run.change() }
        case 38..<44: try surviving("load") { (run) in try run.load() }
        case 44..<52: try surviving("policy") { (run) in try run.changePolicy() }
        case 52..<66:
            try follow("changelog") { (run, model) in
                let isLost = Bool.random(using: &run.random)
                try model.changelog(run.feed, isLost: isLost)
            }
        case 66..<76: try follow("push") { (run, model) in try run.push(to: model) }
        case 76..<79: try follow("snapshot") { (run, model) in try model.snapshot(run.feed) }
        case 79..<81:
            try follow("reset") { (run, model) in
                _ = try run.feed.provider.reset(ResetRequest(entityID: model.entityID), from: model.entityID)
            }
        case 81..<83: try follow("initialize") { (run, model) in try run.initialize(model) }
        case 83..<90:
            try surviving("maintain") { (run) in
                run.feed.clock.advance(Int64.random(in: 0...40_000, using: &run.random))
                try run.feed.provider.maintain(forcingCheckpoint: Bool.random(using: &run.random))
            }
        case 90..<96:
            steps.append("crash")
            feed.files.clearFault()
            try feed.crash(survival())
        default: try checkEverybody()
        }
    }

    private mutating func survival() -> Survival {
        [.nothing, .everything, .some(seed: random.next())].randomElement(using: &random) ?? .nothing
    }

    /// Runs a change of ours; sometimes the file system fails in the middle of it, once or from then on.
    private mutating func surviving(_ name: String, _ body: (inout FeedRun) throws -> Void) throws {
        steps.append(name)
        let before = people
        guard Int.random(in: 0..<3, using: &random) == 0 else {
            try body(&self)
            return
        }
        let fault: Fault = [.error(5), .shortWrite, .crash].randomElement(using: &random) ?? .crash
        steps.append("\(fault)")
        feed.files.inject(fault, atCall: Int.random(in: 0..<25, using: &random))
        do {
            try body(&self)
        } catch is IdentityProviderError {
        } catch is Refusal {
        } catch is StorageError {}
        try recover(from: fault, before: before)
    }

    /// After a fault: everything, or nothing of it, was done.
    private mutating func recover(from fault: Fault, before: [String: IdentityRecord]) throws {
        feed.files.clearFault()
        if fault == .crash {
            try feed.crash(survival())
        } else {
            // The next call reads everything again; sometimes the machine stops before.
            if Bool.random(using: &random) { try feed.crash(survival()) } else { _ = try feed.provider.apply([]) }
        }
        let found = try Dictionary(
            uniqueKeysWithValues: Set(before.keys).union(people.keys).compactMap { uid in
                try feed.provider.person(Array(uid.utf8)).map { (uid, $0) }
            })
        #expect(found == before || found == people, "seed \(seed): half of a commit is there")
        people = found
        // A policy that came half into force comes into force again, as at a start.
        try feed.provider.register(feed.registered)
    }

    private mutating func follow(
        _ name: String, _ body: (inout FeedRun, ServiceProviderModel) throws -> Void
    ) throws {
        guard let model = models.randomElement(using: &random) else { return }
        let step = name + " " + String(model.entityID.text.dropFirst(8).prefix(1))
        // Whether an initialize that failed was done, its caller cannot know.
        guard name != "initialize" else {
            steps.append(step)
            return try body(&self, model)
        }
        try surviving(step) { (run) in try body(&run, model) }
    }

    private mutating func initialize(_ model: ServiceProviderModel) throws {
        let wanted = Self.attributes.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        let subject = Int.random(in: 0..<3, using: &random) == 0 ? "mail" : nil
        try model.initialize(feed, attributes: wanted.isEmpty ? ["cn"] : wanted, subject: subject)
    }

    private mutating func push(to model: ServiceProviderModel) throws {
        guard let position = model.position else { return }
        do {
            _ = try feed.provider.subscription(
                SubscriptionRequest(
                    entityID: model.entityID, action: .subscribe, listener: "https://sp/feed", transactionID: position),
                from: model.entityID)
        } catch let error as Refusal where error.code == .expiredTransactionID {
            return try model.snapshot(feed)
        }
        var generator = random
        try model.takePushes(feed) { Int.random(in: 0..<4, using: &generator) == 0 }
        random = generator
    }

    private mutating func change() throws {
        var changes: [PersonChange] = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let uid = "u\(Int.random(in: 0..<20, using: &random))"
            let record = Int.random(in: 0..<4, using: &random) == 0 ? nil : randomPerson(uid)
            people[uid] = record
            changes.append(PersonChange(subject: Array(uid.utf8), record: record))
        }
        try feed.provider.apply(changes)
    }

    private mutating func load() throws {
        for uid in (0..<20).map({ "u\($0)" }) where Int.random(in: 0..<4, using: &random) == 0 {
            people[uid] = Bool.random(using: &random) ? randomPerson(uid) : nil
        }
        try feed.provider.load(ListRegistry(people.values.shuffled(using: &random)))
    }

    private mutating func changePolicy() throws {
        guard let index = feed.registered.indices.randomElement(using: &random) else { return }
        let allowed = Self.attributes.filter { _ in Bool.random(using: &random) }
        feed.registered[index].attributes = Int.random(in: 0..<3, using: &random) == 0 ? nil : allowed
        feed.registered[index].population =
            [nil, nil, "(cn=*a*)", "(&(objectClass=*)(sn=x))", "(uid>=u1)", "(!(mail=a1@x))"]
            .randomElement(using: &random) ?? nil
        try feed.provider.register(feed.registered)
    }

    private mutating func randomPerson(_ uid: String) -> IdentityRecord {
        var attributes: [String: [String]] = [:]
        for name in Self.attributes where Bool.random(using: &random) {
            attributes[name] = (0..<Int.random(in: 1...2, using: &random)).map { _ in
                ["a", "b", "x", "Ab c", "ü"].randomElement(using: &random) ?? "a"
            }
        }
        // A name that is somebody's own, and changes now and then.
        attributes["mail"] =
            Int.random(in: 0..<6, using: &random) == 0 ? [] : ["\(uid)-\(Int.random(in: 0..<2, using: &random))@x"]
        attributes["eduPersonEntitlement"] = Self.providers.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        return person(uid, attributes)
    }

    /// Everybody catches up, and is compared with what the registry and the configuration say.
    private mutating func checkEverybody() throws {
        steps.append("check")
        for (index, model) in models.enumerated() {
            // A file may end before the last change for its size.
            for _ in 0..<100 {
                let before = model.position
                try model.changelog(feed)
                if model.position == before { break }
            }
            var state = ServiceProviderState(entityID: model.entityID)
            state.attributes = model.attributes
            state.subject = model.subject
            let settings = feed.registered[index]
            let rule = try feed.provider.core.withLock { $0.rule(for: state, settings) }
            let release = try Release(rule, schema: .builtIn)
            var expected: [SubjectName: [String: Set<[UInt8]>]] = [:]
            for view in people.values.compactMap({ release.view(of: $0) }) {
                expected[view.subject] = Dictionary(
                    uniqueKeysWithValues: view.present.map { ($0.name, Set($0.values)) })
            }
            #expect(model.people == expected, "seed \(seed): \(model.entityID) after \(steps.suffix(12))")
        }
    }
}
