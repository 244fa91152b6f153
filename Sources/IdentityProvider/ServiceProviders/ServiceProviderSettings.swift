public import CommonInterface
public import Schema

/// What the configuration says of one service provider.
public struct ServiceProviderSettings: Equatable, Sendable {
    /// Who it is.
    public var entityID: EntityID
    /// Its public keys.
    public var keys: [KeyPin]
    /// The attributes it may have; nil for all.
    public var attributes: [String]?
    /// Whom it may see, as an LDAP filter; nil for those whose membership attribute names it.
    public var population: String?
    /// The mechanisms it is offered.
    public var mechanisms: [Mechanism]

    /// Settings.
    public init(
        entityID: EntityID, keys: [KeyPin] = [], attributes: [String]?, population: String? = nil,
        mechanisms: [Mechanism] = Mechanism.allCases
    ) {
        self.entityID = entityID
        self.keys = keys
        self.attributes = attributes
        self.population = population
        self.mechanisms = mechanisms
    }

    /// Checks that rules can be made of them.
    ///
    /// - Throws: what is wrong with the filter, or with the name of an attribute.
    public func check(schema: Schema) throws(ReleaseError) {
        if let population { _ = try RecordFilter(population, schema: schema) }
        for name in attributes ?? [] where !AttributeNames.isDescription(AttributeNames.canonical(name, in: schema)) {
            throw ReleaseError("\(name) is no name or OID of an attribute")
        }
    }
}

/// What holds for all service providers.
public struct ProviderSettings: Sendable {
    /// The registry's subject attribute, by which people are named unless a service provider asks for another.
    public var subject = "eduPersonUniqueId"
    /// Other attributes that a service provider may have people named by.
    public var subjects: [String] = []
    /// The multi-valued attribute of each person that names the service providers it belongs to.
    public var membership = "eduPersonEntitlement"
    /// Where retrieval URLs begin, without a slash at the end.
    public var baseURL = "https://localhost"
    /// Seconds that a prepared file is kept.
    public var fileLifetime: Int64 = 86_400
    /// Octets of the largest prepared file. A changelog that would be larger ends before, and goes on with the next call; a
    /// snapshot that would be larger is refused.
    public var fileLimit = 4 << 30
    /// Octets and records of the largest push.
    public var pushOctets = 4 << 20
    /// See `pushOctets`.
    public var pushRecords = 1000
    /// Seconds after which a call that has not ended stands no longer in the way of another.
    public var lockLifetime: Int64 = 900
    /// Seconds that the journal is kept.
    public var journalLifetime: Int64 = 30 * 86_400
    /// Octets that the journal may take.
    public var journalLimit = 16 << 30
    /// Seconds that the audit log is kept.
    public var auditLifetime: Int64 = 365 * 86_400
    /// Octets that the audit log may take.
    public var auditLimit = 4 << 30
    /// Changed people in memory from which on they are written into a file.
    public var checkpointChanges = 20_000
    /// Octets of changed people in memory from which on they are written into a file.
    public var checkpointOctets = 64 << 20
    /// Part of the people, in percent, that one reading of the registry may remove; and how many in any case.
    public var maximumRemovedPercent = 10
    /// See `maximumRemovedPercent`.
    public var maximumRemovedAlways = 20
    /// Sizes of the journal's files.
    public var journal = FileJournal.Sizes()

    /// The usual settings.
    public init() {}
}
