public import AttributeIndex
public import CommonInterface

/// Somewhere that people are put where applications read them. Each kind is a folder of its own beside `DirectoryTarget`.
///
/// What is returned from is durable, together with the source's new position; what throws has changed nothing, but that of a
/// changelog a part from its beginning may be applied, with the position that belongs to it.
public protocol TargetResourceAdapter: AnyObject, Sendable {
    /// What is durable of a source; nil before its first snapshot.
    func state(of source: EntityID) -> SourceState?
    /// What is durable of every source, also of those that are configured no more.
    var states: [SourceState] { get }
    /// How many people of a source have a record that cannot be served.
    func refusedCount(of source: EntityID) -> Int
    /// Applies changes in order, each exactly once.
    /// - Throws: `.records` where the delivery is not what it should be, a gap among them; `.index` and storage's errors.
    func apply(_ delivery: ChangeDelivery) throws(DeliveryError) -> DeliveryOutcome
    /// Makes a source's people those of the snapshot: who is as before is not touched.
    func replace(with delivery: SnapshotDelivery) throws(DeliveryError) -> DeliveryOutcome
}

extension TargetResourceAdapter {
    /// For targets that do not know.
    public var states: [SourceState] { [] }
    /// For targets that refuse nobody.
    public func refusedCount(of source: EntityID) -> Int { 0 }
}

/// Changes that a source has delivered: a changelog, or a push.
public struct ChangeDelivery: Sendable {
    /// Where the records are.
    public enum Content: Sendable {
        case file(String)
        case octets([UInt8])
    }

    /// Whose they are.
    public var settings: IdentityProviderSettings
    /// Entries of draft-good-ldap-changelog.
    public var content: Content
    /// The position that they follow: the target's own.
    public var after: TransactionID
    /// The position that they lead to, where that is later than the last of them.
    public var position: TransactionID?
    /// Whether somebody has agreed to the removals.
    public var mayRemoveAny = false

    /// Changes that lead to `position`.
    public init(
        _ settings: IdentityProviderSettings, _ content: Content, after: TransactionID, to position: TransactionID?
    ) {
        self.settings = settings
        self.content = content
        self.after = after
        self.position = position
    }
}

/// Everybody whom a source has delivered.
public struct SnapshotDelivery: Sendable {
    /// Whose people they are.
    public var settings: IdentityProviderSettings
    /// What was fetched.
    public var file: FetchedFile
    /// Whether somebody has agreed to the removals.
    public var mayRemoveAny = false
    /// Told every so often of how many records were read.
    public var progress: (@Sendable (Int) -> Void)?

    /// A snapshot.
    public init(_ settings: IdentityProviderSettings, _ file: FetchedFile) {
        self.settings = settings
        self.file = file
    }
}

/// What became of a delivery.
public enum DeliveryOutcome: Sendable, Equatable {
    /// It is durable and served.
    case applied(DeliveryCounts)
    /// It would remove too many people, and has changed nothing.
    case held(removals: Int, of: Int)
}

/// What a delivery has come to, counted in people.
public struct DeliveryCounts: Sendable, Equatable, Codable {
    /// New ones.
    public var added = 0
    /// Changed ones, with a new name or without.
    public var modified = 0
    /// Gone ones.
    public var removed = 0
    /// Those who are as before.
    public var unchanged = 0
    /// Those whose record cannot be served (see `ChangeEvent.Kind.refused`): what was there of them before stays.
    public var refused = 0

    /// None.
    public init() {}
}

/// Why a delivery was not applied.
public enum DeliveryError: Error, Sendable, CustomStringConvertible {
    /// The records are not what they should be.
    case records(RecordError)
    /// There are fewer or more records than the source says.
    case incomplete(String)
    /// The index or the disk failed; the same delivery may be applied later.
    case store(StoreError)
    /// The data is right, and our schema or suffix makes nothing of it; nothing will but another configuration.
    case configuration(String)

    /// A sentence for people.
    public var description: String {
        switch self {
        case .records(let error): error.description
        case .incomplete(let reason), .configuration(let reason): reason
        case .store(let error): error.description
        }
    }
}
