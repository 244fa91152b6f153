/// One change of a changelog or a push, relative to the service provider that reads it.
public struct IdentityChange: Hashable, Sendable {
    /// What happened to the person, as that service provider sees it.
    public enum Kind: Hashable, Sendable {
        /// Came into its population: these attributes, all with values.
        case add([IdentityAttribute])
        /// Has these attributes now: one for each that the service provider asked for, without values where there are none.
        case modify([IdentityAttribute])
        /// Left its population.
        case delete
    }

    /// The transaction.
    public var id: TransactionID
    /// The one delivered before it to this service provider; nil in changelogs of LDAP servers, which have none.
    public var previous: TransactionID?
    /// When it happened, in seconds since 1970, where known.
    public var time: Int64?
    /// Whom it happened to.
    public var subject: SubjectName
    /// What happened.
    public var kind: Kind

    /// A change.
    public init(id: TransactionID, previous: TransactionID?, time: Int64?, subject: SubjectName, kind: Kind) {
        self.id = id
        self.previous = previous
        self.time = time
        self.subject = subject
        self.kind = kind
    }
}
