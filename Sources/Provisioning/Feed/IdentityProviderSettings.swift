public import AttributeIndex
public import CommonInterface
import Schema

/// What the configuration says of one identity provider (an entry of `identityProviders`), checked.
public struct IdentityProviderSettings: Sendable, Equatable {
    /// How its changes come after the first snapshot.
    public enum Update: String, Sendable, CaseIterable {
        /// Another snapshot, every so often.
        case snapshot
        /// Asked for, every so often.
        case changelog
        /// Pushed to our listener.
        case subscription
    }

    /// Who it is.
    public var entityID: EntityID
    /// Where its calls are: an https URL, to which `v1/snapshot` and the others are added.
    public var endpoint: String
    /// The keys it may present, as a client and as a server; several while it changes from one to the next.
    public var keys: [KeyPin]
    /// How it is followed.
    public var update: Update
    /// Seconds between two changelogs or snapshots; for a subscription, between two looks whether it still stands.
    public var interval: Int
    /// The attributes wanted, names or OIDs, beside those that `mapping` needs.
    public var attributes: [String]
    /// What becomes of its people.
    public var mapping: PersonMapping
    /// When a delivery removes so many people that somebody has to look at it first.
    public var brake = RemovalBrake()

    /// Settings, with the default brake.
    public init(
        entityID: EntityID, endpoint: String, keys: [KeyPin], update: Update, interval: Int, attributes: [String],
        mapping: PersonMapping
    ) {
        self.entityID = entityID
        self.endpoint = endpoint
        self.keys = keys
        self.update = update
        self.interval = interval
        self.attributes = attributes
        self.mapping = mapping
    }
}

/// What entries of people look like, for the people of one identity provider.
public struct PersonMapping: Sendable, Equatable {
    /// The attribute that says who somebody is, for good; by the provider's choice where nil.
    public var subject: String?
    /// The attribute whose value names the entry below ou=People. The first value counts, in order of the values' octets.
    public var rdn = "uid"
    /// The classes of every person. `extensibleObject` is added to those who have attributes that these do not allow.
    public var objectClasses = ["top", "person", "organizationalPerson", "inetOrgPerson", "eduPerson"]
    /// Domains that the provider may speak for: values of scoped attributes (eduPersonPrincipalName, eduPersonUniqueId,
    /// eduPersonScopedAffiliation) that end in another are dropped. Empty: any.
    public var scopes: [String] = []

    /// The defaults.
    public init() {}
}

/// When a delivery is held until somebody says that it is right. Both must be exceeded.
public struct RemovalBrake: Sendable, Equatable {
    /// Percent of the source's people that may go at once.
    public var percent = 10
    /// People that may go at once, however many there are.
    public var people = 20

    /// The defaults.
    public init() {}

    /// Whether so many removals of so many people have to be looked at.
    public func holds(removals: Int, of people: Int) -> Bool {
        guard removals > self.people else { return false }
        let (scaled, overflows) = removals.multipliedReportingOverflow(by: 100)
        return overflows || scaled / max(1, percent) > people || scaled > people &* percent
    }
}

extension SourceID {
    /// The source of an identity provider: a UUID of version 5 in the namespace of URLs (RFC 4122 section 4.3).
    public init(_ entityID: EntityID) {
        self = SourceID(uuid: UUIDv5(namespace: UUIDv5.url, name: Array(entityID.text.utf8)))
    }
}
