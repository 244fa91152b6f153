import AttributeIndex
public import CommonInterface

/// How a source is doing: what `peopled status` and cn=Monitor show.
public struct SourceStatus: Sendable, Equatable, Codable {
    /// What it is being done with.
    public enum Phase: String, Sendable, Codable, CaseIterable {
        /// Nothing came yet.
        case starting
        /// A snapshot is fetched or applied.
        case snapshot
        /// It is followed as configured.
        case following
        /// A call failed and is tried again at `nextAttempt`.
        case retrying
        /// Calls failed again and again: nothing is tried until `nextAttempt`, and then one call.
        case suspended
        /// A delivery waits for `peopled resync IDP --accept` or `--discard`.
        case held
        /// It will not go on without somebody's doing: `failure` says what.
        case failed
    }

    /// Who it is.
    public var entityID: String
    /// What it is being done with.
    public var phase: Phase
    /// How it is followed: snapshot, changelog or subscription.
    public var update: String
    /// The last transaction that is served; nil before the first snapshot.
    public var position: String?
    /// People served.
    public var people: Int
    /// People whose record cannot be served.
    public var refused: Int
    /// When it was last known that nothing was missing, in seconds since 1970; nil: never.
    public var lastSuccess: Int64?
    /// Seconds since then.
    public var lag: Int64?
    /// When its last snapshot was applied, in seconds since 1970.
    public var lastSnapshot: Int64?
    /// When something is tried next, in seconds since 1970.
    public var nextAttempt: Int64?
    /// Failures since the last success, one after another.
    public var failures: Int
    /// The last of them, for people.
    public var failure: String?
    /// What is held: so many removals of so many people.
    public var heldRemovals: Int?
    /// Attributes that the provider's policy holds back.
    public var withheld: [String]

    /// A source of which nothing is known yet.
    public init(_ entityID: EntityID, _ phase: Phase, update: IdentityProviderSettings.Update) {
        self.entityID = entityID.text
        self.phase = phase
        self.update = update.rawValue
        people = 0
        refused = 0
        failures = 0
        withheld = []
    }
}

extension SourceStatus {
    /// A source whose people are served, and that the configuration does not name any more; nil where it is none of ours.
    init?(configuredNoMore state: SourceState) {
        guard let entityID = EntityID(state.name) else { return nil }
        self.init(entityID, .failed, update: .snapshot)
        update = ""
        position = TransactionID(state.position).description
        people = state.people
        lastSnapshot = state.snapshotTime > 0 ? state.snapshotTime : nil
        failure = "it is configured no more; its people are served as they were"
    }
}

/// What an administrator may want of a source.
public enum ResyncRequest: String, Sendable, Codable {
    /// A snapshot, now.
    case snapshot
    /// What is held is right: apply it.
    case accept
    /// What is held is wrong: forget it, and go on from where we were.
    case discard
}
