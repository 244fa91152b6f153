/// What a requester may do with an entry or with an attribute of it. Each level includes those before it, as in OpenLDAP.
public enum AccessLevel: UInt8, Sendable, Comparable, CaseIterable {
    /// It is as if it were not there.
    case nothing
    /// The requester may learn that it is there: a refusal is insufficientAccessRights, and an entry's name is given as the
    /// closest one.
    case disclose
    /// Its values may be compared.
    case compare
    /// Filters may ask for its values; an entry may be the base of a search.
    case search
    /// It is returned.
    case read

    /// As in the configuration.
    public var name: String {
        switch self {
        case .nothing: "nothing"
        case .disclose: "disclose"
        case .compare: "compare"
        case .search: "search"
        case .read: "read"
        }
    }

    /// By what they include.
    public static func < (left: AccessLevel, right: AccessLevel) -> Bool { left.rawValue < right.rawValue }
}
