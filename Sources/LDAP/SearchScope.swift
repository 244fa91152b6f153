/// How far below its base a search looks (RFC 4511 §4.5.1.2).
@frozen
public enum SearchScope: Int64, Sendable, CaseIterable {
    /// The base entry alone.
    case base = 0
    /// The base entry's children.
    case one = 1
    /// The base entry and all below it.
    case sub = 2
    /// All below the base entry, without it (draft-sermersheim-ldap-subordinate-scope; OpenLDAP's `-s children`).
    case subordinate = 3
}

/// Where aliases are followed in a search (RFC 4511 §4.5.1.3).
@frozen
public enum DerefAliases: Int64, Sendable, CaseIterable {
    /// Nowhere.
    case never = 0
    /// Below the base, not in finding it.
    case inSearching = 1
    /// In finding the base, not below it.
    case findingBaseObject = 2
    /// In both.
    case always = 3

    /// Whether an alias below the base is followed.
    @inlinable
    public var dereferencesInSearching: Bool { self == .inSearching || self == .always }

    /// Whether an alias on the way to the base is followed.
    @inlinable
    public var dereferencesBase: Bool { self == .findingBaseObject || self == .always }
}
