import CommonInterface
import Schema
import Storage

/// A service provider that has called: its durable state, and what follows from it.
struct ServiceProvider: Sendable {
    /// A call in progress: it stands in the way of others until it ends, or for so long.
    struct Lock: Sendable {
        let ticket: UInt64
        let expires: Int64
    }

    private(set) var state: ServiceProviderState
    private(set) var history: ReleaseHistory
    var lock: Lock?
    /// When a position was last written, in seconds since 1970, where a later one is in memory alone.
    private(set) var unsavedSince: Int64?

    /// - Throws: `.damaged` where a rule of the state is none.
    init(_ state: ServiceProviderState, schema: Schema, path: String) throws(StorageError) {
        self.state = state
        do throws(ReleaseError) {
            history = try ReleaseHistory(of: state.entityID, state.epochs, schema: schema)
        } catch {
            throw .damaged(path, at: 0, section: "rules", error.description)
        }
    }

    /// Notes how far its listener is, in memory: after a crash it is pushed again what it has, and says so.
    mutating func note(delivered id: UInt64, now: Int64) {
        state.subscription?.delivered = id
        unsavedSince = unsavedSince ?? now
    }
}

extension ProviderCore {
    /// Makes a service provider's state durable and then valid.
    mutating func store(_ state: ServiceProviderState) throws(StorageError) {
        var state = state
        state.forgetEpochs(pruned: journal.pruned)
        let path = layout.path(of: state.entityID)
        guard let octets = state.octets else {
            throw StorageError(.outOfBounds, path: path, "the state of \(state.entityID) cannot be written")
        }
        var provider = try ServiceProvider(state, schema: schema, path: path)
        provider.lock = providers[state.entityID]?.lock
        try files.replace(path, with: octets.span)
        providers[state.entityID] = provider
    }
}
