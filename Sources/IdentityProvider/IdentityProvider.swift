public import CommonInterface
public import EventLog
public import Schema
public import Storage
import Synchronization

/// The identity provider's agent without its network: calls of service providers, changes of the registry, pushes, each a plain
/// function that any thread may call.
///
/// One lock guards the state. What takes long is done outside of it, on values that later changes do not reach: preparing files,
/// writing the people's file, comparing a reading of the registry. A data directory is used by one process at a time.
public final class IdentityProvider: Sendable {
    let core: Mutex<ProviderCore>
    let files: any FileSystem
    let layout: DataLayout
    let clock: @Sendable () -> Int64
    /// One checkpoint, and one reading of the registry, at a time.
    let maintenance = Mutex(())
    let reading = Mutex(())
    /// What makes transactions, one at a time: a large reading of the registry does so without holding the lock throughout.
    let writing = Mutex(())
    /// Announces transactions, subscriptions and calls of service providers, to those who push.
    public let signal = ChangeSignal()
    /// How often each service provider has called, and how pushing to it goes.
    let calls = Mutex<[EntityID: UInt64]>([:])
    let pushes = Mutex<[EntityID: PushReport]>([:])
    private let directoryLock: DirectoryLock

    /// Opens a data directory, or begins one, and applies what changed in the configuration since.
    ///
    /// - Parameters:
    ///   - clock: seconds since 1970.
    /// - Throws: `.locked` where another process uses the directory; `.damaged`, with what to do, where a file is not as it was
    ///   written.
    public init(
        directory: String, files: any FileSystem = DiskFileSystem(), schema: Schema, settings: ProviderSettings,
        providers: [ServiceProviderSettings], log: EventLog, clock: @escaping @Sendable () -> Int64
    ) throws(StorageError) {
        layout = DataLayout(directory)
        self.files = files
        self.clock = clock
        try files.makeDirectory(directory)
        directoryLock = try files.lock(layout.lock)
        var core = try ProviderCore(
            directory: directory, files: files, schema: schema, settings: settings, log: log, clock: clock)
        try core.register(providers)
        self.core = Mutex(core)
    }

    // MARK: Calls

    /// See `InitializeRequest`.
    public func initialize(
        _ request: InitializeRequest, from caller: EntityID
    ) throws(Refusal) -> InitializeAnswer {
        let now = clock()
        defer { noteCall(of: caller) }
        return try core.withLock { (core) throws(Refusal) in try core.initialize(request, from: caller, now: now) }
    }

    /// See `SnapshotRequest`.
    public func snapshot(_ request: SnapshotRequest, from caller: EntityID) throws(Refusal) -> PreparedAnswer {
        let now = clock()
        return try prepare(
            try core.withLock { (core) throws(Refusal) in
                try core.beginSnapshot(request, from: caller, now: now)
            })
    }

    /// See `ChangelogRequest`.
    public func changelog(_ request: ChangelogRequest, from caller: EntityID) throws(Refusal) -> PreparedAnswer {
        let now = clock()
        return try prepare(
            try core.withLock { (core) throws(Refusal) in
                try core.beginChangelog(request, from: caller, now: now)
            })
    }

    /// Does a preparation's work outside of the lock.
    private func prepare(_ work: Preparation) throws(Refusal) -> PreparedAnswer {
        let done: (content: PreparedContent, transactionID: UInt64)
        do throws(PreparationFailure) { done = try work.run(files: files) } catch {
            throw core.withLock { $0.abandon(work, error) }
        }
        let now = clock()
        return try core.withLock { (core) throws(Refusal) in
            try core.finish(work, done.content, transactionID: done.transactionID, now: now)
        }
    }

    /// See `SubscriptionRequest`.
    public func subscription(
        _ request: SubscriptionRequest, from caller: EntityID
    ) throws(Refusal) -> PositionAnswer {
        let now = clock()
        defer { noteCall(of: caller) }
        return try core.withLock { (core) throws(Refusal) in try core.subscription(request, from: caller, now: now) }
    }

    /// See `ResetRequest`.
    public func reset(_ request: ResetRequest, from caller: EntityID) throws(Refusal) -> EmptyAnswer {
        let now = clock()
        return try core.withLock { (core) throws(Refusal) in try core.reset(request, from: caller, now: now) }
    }
}
