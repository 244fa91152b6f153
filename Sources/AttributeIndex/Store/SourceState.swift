/// How far a source has come: kept in the manifest, so that people and position always move together.
public struct SourceState: Equatable, Sendable {
    /// The source.
    public var id: SourceID
    /// The source's own name for people who look: an entityID.
    public var name: String
    /// The last transaction that is applied.
    public var position: UInt64
    /// Entries of the source.
    public var people: Int
    /// When its last snapshot was applied, in seconds since 1970.
    public var snapshotTime: Int64

    /// A state.
    public init(id: SourceID, name: String, position: UInt64, people: Int, snapshotTime: Int64) {
        self.id = id
        self.name = name
        self.position = position
        self.people = people
        self.snapshotTime = snapshotTime
    }
}
