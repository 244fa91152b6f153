import Addresses
import AttributeIndex
import LDAP
import Schema

/// A site's access rules, understood with a schema: names are keys, attributes are types, filters are requests to be
/// compiled. Immutable and shared by all.
///
/// From here a decision is made in three steps, each of which leaves less to the next:
/// 1. `AccessGrants`: which level each rule gives a requester (once for a requester and a state of the directory);
/// 2. `SessionAccess.mask(of:)`: which rules cover an entry (once for a part of the tree, unless a rule has a filter);
/// 3. `AccessMask`: the level of each attribute (once for each set of rules).
final class AccessPolicy: Sendable {
    /// A rule about what is read, searched and compared.
    struct Rule: Sendable {
        /// Its index in the configuration.
        let index: Int
        /// Index into `regions`.
        let region: Int
        /// Index into `filters`; -1 for none.
        let filter: Int
        /// By type, whether the rule is about it.
        let covers: [Bool]
        let coversEntry: Bool
        let grants: [(level: AccessLevel, subject: Subject)]
        let continues: Bool
    }

    /// A rule about binding.
    struct BindRule: Sendable {
        let index: Int
        let region: Int
        let filter: Int
        let subjects: [AccessSubject]
    }

    /// Where entries are, by key.
    struct Region: Hashable, Sendable {
        enum Kind { case entry, subtree, children }
        let kind: Kind
        let key: [UInt8]

        /// Whether the entry with a key is there.
        func contains(_ other: Span<UInt8>) -> Bool {
            switch kind {
            case .entry: return other.isSame(as: key.span)
            case .subtree: return DITKey.isWithin(other, subtreeOf: key.span)
            case .children:
                return DITKey.isWithin(other, subtreeOf: key.span)
                    && DITKey.depth(of: other) == DITKey.depth(of: key.span) + 1
            }
        }
    }

    /// Whom a rule names, with keys for names.
    struct Subject: Sendable {
        enum Who: Sendable {
            case everybody, anonymous, authenticated, itself
            case named(Region)
            case group([UInt8])
        }

        let who: Who
        let source: AccessSubject
    }

    let rules: [Rule]
    /// Nil where no rule says anything of binding, so that nobody is kept from it.
    let bindRules: [BindRule]?
    let regions: [Region]
    /// By region, the rules about it.
    let rulesOfRegion: [RuleSet]
    /// The rules that have a filter, and the same with the filter's number.
    let filteredRules: RuleSet
    let filtersOfRules: [(rule: Int, filter: Int)]
    /// The filters as search requests, with which they are compiled where they are needed.
    let filters: [[UInt8]]
    let typeCount: Int

    /// The types that some rule is about.
    var coveredTypes: Set<AttributeTypeID> {
        Set(
            (0..<typeCount).filter { type in rules.contains { $0.covers[type] } }
                .map { AttributeTypeID(rawValue: UInt32(truncatingIfNeeded: $0)) })
    }

    /// What a schema cannot make sense of covers nothing: `AccessCheck` has refused it where it would matter.
    init(_ source: [AccessRule], _ schema: Schema, secrets: Set<AttributeTypeID>) {
        var compiler = PolicyCompiler(schema: schema, secrets: secrets)
        var rules: [Rule] = []
        var bindRules: [BindRule] = []
        for (index, rule) in source.enumerated() {
            let region = compiler.region(rule.region)
            let filter = compiler.filter(rule.filter)
            if let bind = rule.bind {
                bindRules.append(BindRule(index: index, region: region, filter: filter, subjects: bind))
            }
            guard !rule.grants.isEmpty, rules.count < RuleSet.capacity else { continue }
            rules.append(
                Rule(
                    index: index, region: region, filter: filter, covers: compiler.covers(rule.attributes),
                    coversEntry: rule.attributes?.contains { $0.lowercased() == "entry" } ?? true,
                    grants: rule.grants.flatMap { grant in
                        grant.subjects.map { (grant.level, compiler.subject($0)) }
                    }, continues: rule.continues))
        }
        var rulesOfRegion = [RuleSet](repeating: .empty, count: compiler.regions.count)
        var filteredRules = RuleSet.empty
        for (number, rule) in rules.enumerated() {
            rulesOfRegion[rule.region].insert(number)
            if rule.filter >= 0 { filteredRules.insert(number) }
        }
        self.rules = rules
        self.bindRules = bindRules.isEmpty ? nil : bindRules
        self.rulesOfRegion = rulesOfRegion
        self.filteredRules = filteredRules
        filtersOfRules = rules.indices.filter { rules[$0].filter >= 0 }.map { ($0, rules[$0].filter) }
        regions = compiler.regions
        filters = compiler.filters
        typeCount = schema.attributeTypes.count
    }
}

/// Turns names and filters into what they stand for in a schema.
struct PolicyCompiler {
    let schema: Schema
    let secrets: Set<AttributeTypeID>
    private(set) var regions: [AccessPolicy.Region] = []
    private(set) var filters: [[UInt8]] = []

    init(schema: Schema, secrets: Set<AttributeTypeID>) {
        self.schema = schema
        self.secrets = secrets
    }

    mutating func region(_ source: AccessRule.Region) -> Int {
        let region: AccessPolicy.Region =
            switch source {
            case .everything: AccessPolicy.Region(kind: .subtree, key: [])
            case .entry(let name): AccessPolicy.Region(kind: .entry, key: key(name))
            case .subtree(let name): AccessPolicy.Region(kind: .subtree, key: key(name))
            case .children(let name): AccessPolicy.Region(kind: .children, key: key(name))
            }
        if let known = regions.firstIndex(of: region) { return known }
        regions.append(region)
        return regions.count - 1
    }

    /// A key that no entry has, where the text is no name: 0x01 begins none.
    func key(_ name: String) -> [UInt8] {
        var key: [UInt8] = []
        guard (try? schema.appendDNKey(of: name.utf8.span, to: &key)) != nil else { return [1] }
        return key
    }

    mutating func filter(_ text: String?) -> Int {
        guard let text else { return -1 }
        let filter = (try? Filter(parsing: text)) ?? .or([])
        let request = LDAPMessage(1, .searchRequest(SearchRequest(base: "", scope: .sub, filter: filter))).encoded
        if let known = filters.firstIndex(of: request) { return known }
        filters.append(request)
        return filters.count - 1
    }

    func subject(_ source: AccessSubject) -> AccessPolicy.Subject {
        let who: AccessPolicy.Subject.Who =
            switch source.who {
            case .everybody: .everybody
            case .anonymous: .anonymous
            case .authenticated: .authenticated
            case .itself: .itself
            case .entry(let name): .named(AccessPolicy.Region(kind: .entry, key: key(name)))
            case .subtree(let name): .named(AccessPolicy.Region(kind: .subtree, key: key(name)))
            case .children(let name): .named(AccessPolicy.Region(kind: .children, key: key(name)))
            case .group(let name): .group(key(name))
            }
        return AccessPolicy.Subject(who: who, source: source)
    }

    /// By type, whether a rule with these attributes is about it. A secret one has to be named itself.
    func covers(_ attributes: [String]?) -> [Bool] {
        let types = schema.attributeTypes
        guard let attributes else { return types.map { !secrets.contains($0.id) } }
        var covers = [Bool](repeating: false, count: types.count)
        for name in attributes {
            switch name {
            case "*": cover(types.filter { !$0.isOperational }.map(\.id), in: &covers)
            case "+": cover(types.filter(\.isOperational).map(\.id), in: &covers)
            case _ where name.hasPrefix("@"):
                for found in schema.objectClass(String(name.dropFirst()))?.lineage ?? [] {
                    cover((found.must + found.may).flatMap { schema.subtypes(of: $0) }, in: &covers)
                }
            default:
                guard let type = schema.attributeType(name) else { continue }
                if secrets.contains(type.id) { covers[type.id.index] = true }
                cover(schema.subtypes(of: type.id), in: &covers)
            }
        }
        return covers
    }

    private func cover(_ types: [AttributeTypeID], in covers: inout [Bool]) {
        for type in types where !secrets.contains(type) { covers[type.index] = true }
    }
}
