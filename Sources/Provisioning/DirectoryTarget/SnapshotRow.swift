import AttributeIndex
import CommonInterface

/// What is remembered of a snapshot's record until all of them are read: 48 octets, as there may be a million.
struct SnapshotRow: Sendable {
    enum Kind: UInt8, Sendable {
        /// The record cannot be served.
        case refused
        /// The entry is as it should be.
        case unchanged
        /// The entry changes, and keeps its name.
        case changed
        /// The entry changes and gets another name.
        case moved
        /// The person is new.
        case added
    }

    let person: UInt128
    /// Chunk and place in it: the order of the file.
    let order: UInt64
    /// A hash of the wanted DIT key.
    let name: Int
    /// The person's entry; none below zero.
    let segment: Int32
    let entry: EntryID
    let kind: Kind
    /// Whether it waits for the end of the snapshot to be stored.
    let isDeferred: Bool

    var former: EntryPlace? { segment < 0 ? nil : EntryPlace(segment: Int(segment), entry: entry) }
}

/// A record that is kept whole: it is refused, or waits for others to free its name.
struct KeptRecord: Sendable {
    let person: PersonChange
    let refusal: PersonRefusal?
    /// Who has the wanted name.
    let holder: PeopleIndex.Holder
    let former: String?
}

/// What the reading of a snapshot has found.
struct SnapshotFindings: Sendable {
    /// Events of single people that are told of a snapshot; where there are more, it is only told how many.
    static let eventLimit = 10_000

    var rows: [SnapshotRow] = []
    /// By their order.
    var kept: [UInt64: KeptRecord] = [:]
    /// By the order of the record.
    var events: [UInt64: ChangeEvent] = [:]
    var hasTooManyEvents = false
    var outOfScope = OutOfScopeValues()
    /// Records whose subject is none.
    var nameless: [ChangeEvent] = []
    var records = 0

    mutating func add(_ other: SnapshotFindings) {
        rows += other.rows
        kept.merge(other.kept) { known, _ in known }
        outOfScope.add(other.outOfScope)
        nameless += other.nameless
        records += other.records
        hasTooManyEvents = hasTooManyEvents || events.count + other.events.count > Self.eventLimit
        if hasTooManyEvents { events = [:] } else { events.merge(other.events) { known, _ in known } }
    }
}
