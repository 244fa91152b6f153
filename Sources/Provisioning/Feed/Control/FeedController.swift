import AttributeIndex
public import CommonInterface
public import EventLog
import Foundation
public import Storage
import Synchronization

/// Follows every identity provider of the configuration, each on a thread of its own, and puts what they deliver into the target.
///
/// A source that fails, is slow or sends nonsense holds up nobody but itself. Nothing is applied in two ways at once, and nothing
/// is acknowledged that is not durable in the target.
public final class FeedController: FeedControl {
    /// Makes what an identity provider is called by; called at the start, and with each reload.
    public typealias SourceMaker = @Sendable (IdentityProviderSettings) throws -> any IdentitySource

    private let surroundings: SourceFollower.Surroundings
    private let makeSource: SourceMaker
    private let startsThreads: Bool
    /// In the order of the configuration.
    private let followers = Mutex<[SourceFollower]>([])
    /// One configuration is adopted at a time.
    private let adoption = Mutex(())

    /// A controller that follows nobody yet.
    ///
    /// - Parameters:
    ///   - own: who we are to identity providers.
    ///   - directory: the data directory, below which `feed` and `register` are made.
    ///   - startsThreads: false where a test takes the steps.
    /// - Throws: where those cannot be made or read.
    public init(
        own: EntityID, target: any TargetResourceAdapter, events: any ChangeEventRecorder, log: EventLog,
        directory: String, files: any FileSystem = DiskFileSystem(), clock: FeedClock = .system,
        startsThreads: Bool = true, makeSource: @escaping SourceMaker
    ) throws(StorageError) {
        surroundings = SourceFollower.Surroundings(
            own: own, target: target, events: events, log: log,
            files: try FeedFiles(directory: directory, files: files), clock: clock)
        self.makeSource = makeSource
        self.startsThreads = startsThreads
    }

    // MARK: - The configuration

    /// Follows these identity providers from now on: new ones are begun with, changed ones are told what is wanted and asked for
    /// everybody, missing ones are left alone, their people served as before.
    ///
    /// - Throws: what `makeSource` throws, or a storage error; nothing has changed then.
    public func adopt(_ settings: [IdentityProviderSettings]) throws {
        try adoption.withLock { _ in
            let known = Dictionary(followers.withLock { $0 }.map { ($0.entityID, $0) }) { first, _ in first }
            var next: [(follower: SourceFollower, change: (() -> Void))] = []
            for settings in settings {
                let source = try makeSource(settings)
                if let follower = known[settings.entityID] {
                    next.append((follower, { follower.adopt(settings, source) }))
                } else {
                    let follower = try SourceFollower(settings, source, surroundings)
                    next.append((follower, { [startsThreads] in if startsThreads { Self.start(follower) } }))
                }
            }
            let kept = Set(next.map(\.follower.entityID))
            followers.withLock { $0 = next.map(\.follower) }
            for follower in known.values where !kept.contains(follower.entityID) { leave(follower) }
            for (_, change) in next { change() }
        }
    }

    private static func start(_ follower: SourceFollower) {
        let thread = Thread {
            ControlPlanePriority.lower()
            follower.follow()
        }
        thread.name = "source"
        thread.start()
    }

    /// Ends with a source that is configured no more. That it pushes nothing any more is asked for once, by a thread that may wait.
    private func leave(_ follower: SourceFollower) {
        follower.stop()
        surroundings.log.log(.info, "source-left", ["source": follower.entityID.text])
        guard startsThreads else { return follower.unsubscribe() }
        Thread.detachNewThread { follower.unsubscribe() }
    }

    // MARK: - What the listener and administrators ask for

    /// Takes a push of a source, on a thread that may wait.
    public func receive(_ body: [UInt8], from source: EntityID) -> PushAnswer {
        guard let follower = follower(of: source) else {
            return .refused(Refusal(.forbidden, "\(source) is not registered here"))
        }
        return follower.receive(body)
    }

    /// See `FeedControl`.
    public var statuses: [SourceStatus] {
        let followed = followers.withLock { $0 }
        let configured = Set(followed.map(\.id.description))
        let left = surroundings.target.states.filter { !configured.contains($0.id.description) }
        return followed.map(\.status) + left.compactMap(SourceStatus.init(configuredNoMore:))
    }

    /// See `FeedControl`.
    public func resync(_ source: EntityID, _ request: ResyncRequest) throws(ResyncRefusal) {
        guard let follower = follower(of: source) else {
            throw ResyncRefusal("\(source) is no identity provider of the configuration")
        }
        try follower.take(request)
    }

    /// Ends. When this returns, what was being applied is, and nothing else will be; calls under way end with the process.
    public func stop() {
        adoption.withLock { _ in
            for follower in followers.withLock({ $0 }) { follower.stop() }
        }
    }

    /// Whoever follows a source.
    func follower(of source: EntityID) -> SourceFollower? {
        followers.withLock { $0.first { $0.entityID == source } }
    }
}
