import Directory
public import LDAP

/// How the entry is found that a name in PLAIN or SCRAM stands for.
public struct NameSearch: Sendable {
    /// What stands for the name in the filter's values.
    public static let placeholder = "$name"

    /// The DN of the entry to start from; nil for ou=People under each suffix.
    public var base: String?
    /// How far to look.
    public var scope = SearchScope.sub
    /// Which entry is meant: a filter with `placeholder` in its values.
    public var filter = Filter.equality("uid", placeholder)

    /// By uid, under ou=People.
    public init() {}

    /// What to look up for `name`, which is put into the filter as a value: nothing in it can change the filter's meaning.
    func lookups(for name: String, suffixes: [String]) -> [EntryLookup] {
        let filter = filter.replacing(Self.placeholder, by: name)
        let bases = base.map { [$0] } ?? suffixes.map { "ou=People," + $0 }
        return bases.map { EntryLookup(base: $0, scope: scope, filter: filter) }
    }
}

extension Filter {
    /// The same filter with `name` where its values hold `placeholder`; the filter's form does not change.
    func replacing(_ placeholder: String, by name: String) -> Filter {
        func replace(_ value: [UInt8]) -> [UInt8] { value.replacing(Array(placeholder.utf8), with: Array(name.utf8)) }
        switch self {
        case .and(let parts): return .and(parts.map { $0.replacing(placeholder, by: name) })
        case .or(let parts): return .or(parts.map { $0.replacing(placeholder, by: name) })
        case .not(let part): return .not(part.replacing(placeholder, by: name))
        case .equality(let attribute, let value): return .equality(attribute, replace(value))
        case .greaterOrEqual(let attribute, let value): return .greaterOrEqual(attribute, replace(value))
        case .lessOrEqual(let attribute, let value): return .lessOrEqual(attribute, replace(value))
        case .approximate(let attribute, let value): return .approximate(attribute, replace(value))
        case .present: return self
        case .substrings(let attribute, var parts):
            parts.initial = parts.initial.map(replace)
            parts.any = parts.any.map(replace)
            parts.final = parts.final.map(replace)
            return .substrings(attribute, parts)
        case .extensible(var assertion):
            assertion.value = replace(assertion.value)
            return .extensible(assertion)
        }
    }

    /// Whether any value holds `placeholder`.
    public func mentions(_ placeholder: String) -> Bool { replacing(placeholder, by: "") != self }
}
