public import Addresses

/// One access rule, as it was written: names and filters are text, which means something with a schema only.
///
/// The first rule that covers an entry and an attribute decides: a requester has the highest level that the rule names it
/// for, and nothing where it is not named. Where no rule covers them, nobody may do anything. A rule that `continues`
/// decides for those alone whom it names.
public struct AccessRule: Sendable, Hashable {
    /// Where the entries are.
    public enum Region: Sendable, Hashable {
        case everything
        /// The entry with this name.
        case entry(String)
        /// The entry with this name, and all below it.
        case subtree(String)
        /// The entries directly below the one with this name.
        case children(String)
    }

    /// Whom a rule gives a level.
    public struct Grant: Sendable, Hashable {
        /// What they may do.
        public var level: AccessLevel
        /// Each of them.
        public var subjects: [AccessSubject]

        /// A grant; nobody has it where `subjects` is empty.
        public init(_ level: AccessLevel, to subjects: [AccessSubject]) {
            self.level = level
            self.subjects = subjects
        }
    }

    /// Where the entries are.
    public var region: Region
    /// What the entries are like (RFC 4515), whoever asks; nil for any.
    public var filter: String?
    /// Names of attributes, which stand for their subtypes too; `entry`, `*`, `+` and `@class`. Nil for the entry and all its
    /// attributes. Secret ones are only meant where they are named.
    public var attributes: [String]?
    /// Who may do what; empty for a rule about binding alone.
    public var grants: [Grant]
    /// Who may bind as such an entry, by where they are; nil for a rule that says nothing of binding.
    public var bind: [AccessSubject]?
    /// Whether rules behind it decide for those whom it does not name.
    public var continues: Bool

    /// A rule.
    public init(
        _ region: Region = .everything, filter: String? = nil, attributes: [String]? = nil, grants: [Grant] = [],
        bind: [AccessSubject]? = nil, continues: Bool = false
    ) {
        self.region = region
        self.filter = filter
        self.attributes = attributes
        self.grants = grants
        self.bind = bind
        self.continues = continues
    }
}

/// Whom a rule names: who somebody is, and over what connection. All of it must hold.
public struct AccessSubject: Sendable, Hashable {
    /// Who somebody is.
    public enum Who: Sendable, Hashable {
        case everybody
        /// Nobody in particular.
        case anonymous
        /// Whoever has bound.
        case authenticated
        /// Whom the entry stands for.
        case itself
        /// Who has bound with this name.
        case entry(String)
        /// Who has bound with this name, or one below it.
        case subtree(String)
        /// Who has bound with a name directly below this one.
        case children(String)
        /// A member of the group with this name.
        case group(String)
    }

    /// Who somebody is.
    public var who: Who
    /// The networks that one of which the client is in; empty for any, which a Unix socket is too.
    public var addresses: [IPPrefix]
    /// The numbers of the listeners that the client came to; nil for any.
    public var listeners: [Int]?
    /// The least security strength factor of the connection.
    public var strength: Int

    /// A subject.
    public init(
        _ who: Who, addresses: [IPPrefix] = [], listeners: [Int]? = nil, strength: Int = 0
    ) {
        self.who = who
        self.addresses = addresses
        self.listeners = listeners
        self.strength = strength
    }

    /// Whether clients that have not bound may be meant.
    public var includesAnonymous: Bool { who == .everybody || who == .anonymous }

    /// Whether a requester came over a connection that is meant.
    func fits(_ requester: Requester) -> Bool {
        guard requester.strength >= strength else { return false }
        if let listeners, !listeners.contains(requester.listener) { return false }
        if addresses.isEmpty { return true }
        guard let address = requester.address else { return false }
        return addresses.contains { $0.contains(address) }
    }
}

/// What a site says of access: its rules, and which attributes are secret beside those that always are.
public struct AccessSettings: Sendable, Hashable {
    /// The rules in their order; nil for none at all: everybody reads everything that is not secret.
    public var rules: [AccessRule]?
    /// Names of attributes that nobody sees but those whom a rule names them for.
    public var secretAttributes: [String]

    /// No rules, and no secrets but those that always are.
    public init(rules: [AccessRule]? = nil, secretAttributes: [String] = []) {
        self.rules = rules
        self.secretAttributes = secretAttributes
    }
}
