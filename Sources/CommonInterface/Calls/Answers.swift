/// The answer to `initialize`.
public struct InitializeAnswer: Codable, Sendable, Equatable {
    /// The mechanisms granted.
    public var mechanisms: [Mechanism]
    /// Of the attributes asked for, those that policy holds back, as they were written. They are remembered, and flow
    /// once policy changes.
    public var withheld: [String]
    /// The starting point: nothing before it can be asked for.
    public var transactionID: TransactionID

    /// An answer.
    public init(mechanisms: [Mechanism], withheld: [String], transactionID: TransactionID) {
        self.mechanisms = mechanisms
        self.withheld = withheld
        self.transactionID = transactionID
    }
}

/// The answer to `snapshot` and `changelog`: a file to fetch.
public struct PreparedAnswer: Codable, Sendable, Equatable {
    /// Where the service provider stands once it has applied the file: for a changelog at least the last change in it, and
    /// later where what came after does not concern the service provider.
    public var transactionID: TransactionID
    /// The URL to fetch the file from.
    public var retrieval: String
    /// When the file will be deleted (RFC 3339).
    public var deadline: String
    /// How many records the file has, so that a short one shows.
    public var records: Int?

    /// An answer.
    public init(transactionID: TransactionID, retrieval: String, deadline: String, records: Int?) {
        self.transactionID = transactionID
        self.retrieval = retrieval
        self.deadline = deadline
        self.records = records
    }
}

/// The answer to `subscription`, and a listener's answer to a push.
public struct PositionAnswer: Codable, Sendable, Equatable {
    /// The transaction after which changes will be pushed; of a push: the last one that is durable at the listener.
    public var transactionID: TransactionID

    /// An answer.
    public init(transactionID: TransactionID) { self.transactionID = transactionID }
}

/// The answer to `reset`.
public struct EmptyAnswer: Codable, Sendable, Equatable {
    /// An answer.
    public init() {}
}
