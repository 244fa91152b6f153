public import CommonInterface
public import Schema

/// The rules of a service provider in the order of the transactions from which on each held.
///
/// The journal keeps records as the registry knows them; what a transaction is to a service provider follows from the rule
/// that held then. So a transaction says the same however often it is asked for, also after the policy changed.
public struct ReleaseHistory: Sendable {
    /// A rule and the first transaction that it holds for.
    public struct Epoch: Codable, Equatable, Sendable {
        /// The first transaction.
        public var from: UInt64
        /// The rule.
        public var rule: ReleaseRule
    }

    private let provider: EntityID
    private let epochs: [(from: UInt64, release: Release)]

    /// Compiles a history.
    public init(of provider: EntityID, _ epochs: [Epoch], schema: Schema) throws(ReleaseError) {
        self.provider = provider
        var compiled: [(UInt64, Release)] = []
        for epoch in epochs { compiled.append((epoch.from, try Release(epoch.rule, schema: schema))) }
        self.epochs = compiled
    }

    /// The rule that holds now; nil before the first `initialize`.
    public var current: Release? { epochs.last?.release }

    /// What a transaction is to the service provider; nil where it does not concern it.
    public func change(of entry: JournalEntry) throws(DamagedEntry) -> RelativeChange? {
        guard let now = epochs.lastIndex(where: { $0.from <= entry.id }) else { return nil }
        let release = epochs[now].release
        switch entry.kind {
        case .change:
            let earlier = epochs.last { $0.from < entry.id }?.release
            let before = try earlier?.view(of: Self.decode(entry.before))
            return RelativeChange(from: before, to: try release.view(of: Self.decode(entry.after)))
        case .departure:
            let earlier = epochs.last { $0.from < entry.id }?.release
            guard let before = try earlier?.view(of: Self.decode(entry.before)),
                let after = try release.view(of: Self.decode(entry.after)), before.subject != after.subject
            else { return nil }
            return .delete(before.subject)
        case .rerelease(let provider):
            guard provider == self.provider, now > 0 else { return nil }
            let record = try Self.decode(entry.after)
            return RelativeChange(from: epochs[now - 1].release.view(of: record), to: release.view(of: record))
        }
    }

    private static func decode(_ record: [UInt8]?) throws(DamagedEntry) -> IdentityRecord? {
        guard let record else { return nil }
        guard let decoded = IdentityRecord(encoded: record.span) else { throw DamagedEntry() }
        return decoded
    }
}

/// An entry of the journal whose record cannot be read.
public struct DamagedEntry: Error, Sendable {}

/// What a transaction is to a service provider.
public enum RelativeChange: Equatable, Sendable {
    /// Came into its population.
    case add(ReleasedView)
    /// Is otherwise than before.
    case modify(ReleasedView)
    /// Left its population.
    case delete(SubjectName)

    /// The change from one view to another; nil where they are the same.
    public init?(from before: ReleasedView?, to after: ReleasedView?) {
        switch (before, after) {
        case (nil, nil): return nil
        case (let before?, nil): self = .delete(before.subject)
        case (let before?, let after?) where before == after: return nil
        case (let before?, let after?) where before.subject == after.subject: self = .modify(after)
        // A departure has taken the earlier name away, or nobody was there.
        case (_, let after?): self = .add(after)
        }
    }

    /// The change as it goes over the wire.
    public func change(id: UInt64, previous: UInt64, time: Int64) -> IdentityChange {
        let (subject, kind): (SubjectName, IdentityChange.Kind) =
            switch self {
            case .add(let view): (view.subject, .add(view.present))
            case .modify(let view): (view.subject, .modify(view.attributes))
            case .delete(let subject): (subject, .delete)
            }
        return IdentityChange(
            id: TransactionID(id), previous: TransactionID(previous), time: time, subject: subject, kind: kind)
    }
}
