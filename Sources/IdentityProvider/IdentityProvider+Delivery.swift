public import CommonInterface
public import Storage
import Synchronization

/// A file to be sent: opened, so that it can be sent whole even where it is replaced meanwhile.
public struct RetrievedFile: Sendable {
    /// What it is.
    public let file: PreparedFile
    /// Where it is.
    public let path: String
    /// Its contents.
    public let contents: any File
}

/// A push under way.
public struct PendingPush: Sendable {
    /// What to send, and where.
    public let push: Push
    let work: PushWork
}

extension IdentityProvider {
    /// The file of a retrieval URL, by the URL's last part.
    ///
    /// - Throws: `notFound` for another's file and after the deadline.
    public func retrieve(_ token: String, from caller: EntityID) throws(Refusal) -> RetrievedFile {
        let now = clock()
        return try core.withLock { (core) throws(Refusal) in
            let found = try core.file(token, from: caller, now: now)
            return try core.answering { () throws(StorageError) in
                RetrievedFile(
                    file: found.file, path: found.path, contents: try core.files.open(found.path, .read))
            }
        }
    }

    /// Ends a retrieval that was sent to its last octet: a changelog is then deleted, a snapshot stays until its deadline.
    public func retrieved(_ file: PreparedFile) {
        let now = clock()
        core.withLock { core in
            // A file that stays costs room until its deadline, nothing else.
            try? core.removeFiles(now: now, fetched: file.token)
        }
    }

    /// The service providers that changes are pushed to.
    public var subscribers: [EntityID] {
        core.withLock { core in
            core.providers.values.filter { $0.state.subscription != nil }.map(\.state.entityID).sorted()
        }
    }

    /// The next push to a service provider; nil where there is nothing to push. Nothing is skipped: until `delivered` says that
    /// it arrived, the next push begins with the same changes.
    public func nextPush(to entityID: EntityID) throws(IdentityProviderError) -> PendingPush? {
        let now = clock()
        let work = try storing { () throws(StorageError) in
            try core.withLock { (core) throws(StorageError) in try core.beginPush(to: entityID, now: now) }
        }
        guard let work else { return nil }
        let done: (push: Push?, reached: UInt64)
        do throws(PreparationFailure) { done = try work.run() } catch {
            switch error {
            case .storage(let error): throw IdentityProviderError(error)
            case .damaged, .limit: throw IdentityProviderError(.storage, "a record of the journal cannot be read")
            }
        }
        if let push = done.push { return PendingPush(push: push, work: work) }
        // Nothing of this concerns the service provider: it is spared the next time.
        try storing { () throws(StorageError) in
            try core.withLock { (core) throws(StorageError) in try core.delivered(done.reached, of: work) }
        }
        return nil
    }

    /// Remembers where a listener says that it is: behind a push, within it, before it, or further than we knew.
    public func delivered(_ id: TransactionID, of push: PendingPush) throws(IdentityProviderError) {
        try storing { () throws(StorageError) in
            try core.withLock { (core) throws(StorageError) in try core.delivered(id.value, of: push.work) }
        }
    }

    /// How often a service provider has called: who calls is there, and may be pushed to again.
    func callCount(of entityID: EntityID) -> UInt64 { calls.withLock { $0[entityID] ?? 0 } }

    func noteCall(of entityID: EntityID) {
        calls.withLock { $0[entityID, default: 0] &+= 1 }
        signal.announce()
    }

    /// How pushing goes to those to whom it is tried.
    public var pushReports: [EntityID: PushReport] { pushes.withLock { $0 } }

    /// Notes how pushing to a service provider goes; nil where nothing is tried any more.
    func report(_ report: PushReport?, of entityID: EntityID) { pushes.withLock { $0[entityID] = report } }
}
