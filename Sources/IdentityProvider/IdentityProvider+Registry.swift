import CommonInterface
import Storage
import Synchronization

extension IdentityProvider {
    /// Makes single people be what is given, in one step. Durable when this returns.
    @discardableResult
    public func apply(_ changes: [PersonChange]) throws(IdentityProviderError) -> RegistryChanges {
        let now = clock()
        defer { signal.announce() }
        return try writing.withLock { (_) throws(IdentityProviderError) in
            try storing { () throws(StorageError) in
                try core.withLock { (core) throws(StorageError) in try core.apply(changes, at: now) }
            }
        }
    }

    /// Reads the whole registry, and makes the people be what it says, in one step. Durable when this returns.
    ///
    /// - Parameter acceptsRemovals: whether more people may go than the settings allow at once.
    /// - Throws: `.brake` where they may not; the registry's errors. Nothing has changed then.
    @discardableResult
    public func load(
        _ registry: some IdentityRegistryAdapter, acceptsRemovals: Bool = false
    ) throws(IdentityProviderError) -> RegistryChanges {
        try reading.withLock { (_) throws(IdentityProviderError) in
            // A reading that fails takes no room afterwards.
            defer { try? files.remove(layout.incoming) }
            var incoming = try storing { () throws(StorageError) in try IncomingPeople(layout.incoming, files: files) }
            try registry.readAll { (record) throws(IdentityProviderError) in
                try storing { () throws(StorageError) in try incoming.add(record) }
            }
            let read = try incoming.sorted()
            defer { signal.announce() }
            return try writing.withLock { (_) throws(IdentityProviderError) in
                try RegistryLoad(self, read, acceptsRemovals: acceptsRemovals).run()
            }
        }
    }

    /// One person as the registry last said; nil for nobody.
    public func person(_ subject: [UInt8]) throws(IdentityProviderError) -> IdentityRecord? {
        let view = core.withLock { $0.people }
        return try storing { () throws(StorageError) in
            try view.record(of: subject).flatMap { IdentityRecord(encoded: $0.span) }
        }
    }

    /// Takes over what a changed configuration says of the service providers.
    ///
    /// - Parameter settings: what holds for all of them from now on, where that changed too. Who people are, and how large the
    ///   journal's files get, stays what it was.
    public func register(
        _ providers: [ServiceProviderSettings], settings: ProviderSettings? = nil
    ) throws(IdentityProviderError) {
        defer { signal.announce() }
        try writing.withLock { (_) throws(IdentityProviderError) in
            try storing { () throws(StorageError) in
                try core.withLock { (core) throws(StorageError) in
                    if let settings { core.adopt(settings) }
                    try core.register(providers)
                }
            }
        }
    }

    /// What is due now and then: the people's file, pruning the journal, files past their deadline.
    public func maintain(forcingCheckpoint: Bool = false) throws(IdentityProviderError) {
        try maintenance.withLock { (_) throws(IdentityProviderError) in
            let now = clock()
            try storing { () throws(StorageError) in
                let view = core.withLock { $0.isCheckpointDue(now: now) || forcingCheckpoint ? $0.people : nil }
                if let file = try view?.writeFile(layout: layout, files: files) {
                    try core.withLock { (core) throws(StorageError) in try core.adopt(file) }
                }
                try core.withLock { (core) throws(StorageError) in
                    try core.removeFiles(now: now)
                    try core.prune(now: now)
                }
                try core.withLock { $0.auditRetention(now: now) }.prune()
            }
        }
    }
}

extension ProviderCore {
    /// Holds a reading of the registry that would remove too many people at once: a file cut short, most likely.
    func brake(_ difference: RegistryDifference, of left: Int) throws(IdentityProviderError) {
        let before = left - difference.added + difference.removed
        guard difference.removed > settings.maximumRemovedAlways,
            difference.removed > before * settings.maximumRemovedPercent / 100
        else { return }
        throw IdentityProviderError(
            .brake,
            "the registry would remove \(difference.removed) of \(before) people, more than "
                + "\(settings.maximumRemovedPercent) %: nothing was changed; accept it if it is meant so")
    }
}
