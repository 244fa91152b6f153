/// `POST /v1/initialize`: what the service provider wants from now on. The latest call replaces the earlier one, and an
/// empty list of attributes takes everything back.
public struct InitializeRequest: Codable, Sendable, Equatable {
    /// Who asks.
    public var entityID: EntityID
    /// The mechanisms wanted, by name: unknown ones are not granted, and are no error.
    public var mechanisms: [String]
    /// The attributes wanted: names or OIDs, "urn:oid:" before them or not.
    public var attributes: [String]
    /// The attribute that names people in records; nil for the provider's choice.
    public var subject: String?

    /// A request.
    public init(entityID: EntityID, mechanisms: [Mechanism], attributes: [String], subject: String? = nil) {
        self.entityID = entityID
        self.mechanisms = mechanisms.map(\.rawValue)
        self.attributes = attributes
        self.subject = subject
    }
}

/// `POST /v1/snapshot`: prepare everybody.
public struct SnapshotRequest: Codable, Sendable, Equatable {
    /// Who asks.
    public var entityID: EntityID

    /// A request.
    public init(entityID: EntityID) { self.entityID = entityID }
}

/// `POST /v1/subscription`: push changes to a listener, or no longer.
public struct SubscriptionRequest: Codable, Sendable, Equatable {
    /// What is to begin or end.
    public enum Action: String, Codable, Sendable { case subscribe, unsubscribe }

    /// Who asks.
    public var entityID: EntityID
    /// What is to be done.
    public var action: Action
    /// Where changes are pushed to: an https URL. Needed to subscribe.
    public var listener: String?
    /// Changes after this one are pushed. Needed to subscribe.
    public var transactionID: TransactionID?

    /// A request.
    public init(
        entityID: EntityID, action: Action, listener: String? = nil, transactionID: TransactionID? = nil
    ) {
        self.entityID = entityID
        self.action = action
        self.listener = listener
        self.transactionID = transactionID
    }
}

/// `POST /v1/changelog`: prepare what changed after a transaction.
public struct ChangelogRequest: Codable, Sendable, Equatable {
    /// Who asks.
    public var entityID: EntityID
    /// The last transaction that the service provider has; what comes after is wanted.
    public var transactionID: TransactionID

    /// A request.
    public init(entityID: EntityID, transactionID: TransactionID) {
        self.entityID = entityID
        self.transactionID = transactionID
    }
}

/// `POST /v1/reset`: delete what is prepared; what a changelog held counts as retrieved.
public struct ResetRequest: Codable, Sendable, Equatable {
    /// Who asks.
    public var entityID: EntityID

    /// A request.
    public init(entityID: EntityID) { self.entityID = entityID }
}
