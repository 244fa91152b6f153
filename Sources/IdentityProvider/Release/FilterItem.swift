import CommonInterface
import LDAP
import Schema

/// One item of a filter with its assertion's key made beforehand.
struct FilterItem: Sendable {
    enum Assertion {
        case present
        case equal([UInt8])
        case notLess([UInt8])
        case notGreater([UInt8])
        case parts(Filter.Substrings)
        case rule(String?, [UInt8])
    }

    private enum Test: Sendable {
        case present
        case relation([UInt8])
        case notLess([UInt8])
        case notGreater([UInt8])
        case parts(initial: [UInt8], any: [[UInt8]], final: [UInt8])
    }

    private let name: String
    /// Set where values of other names count too: subtypes, and those with options.
    private let description: AttributeDescription?
    private let schema: Schema
    private let rule: MatchingRule?
    private let test: Test

    /// An item; nil where it is Undefined for every record.
    init?(_ attribute: String, _ schema: Schema, _ assertion: Assertion) {
        name = AttributeNames.canonical(attribute, in: schema)
        description = AttributeDescription(parsing: attribute, schema: schema)
        self.schema = schema
        let type = description.map { schema.attributeType($0.type) }
        let unknown = schema.matchingRule("caseIgnoreMatch")
        switch assertion {
        case .present:
            rule = nil
            test = .present
        case .equal(let value):
            rule = type == nil ? unknown : type?.equality
            guard let key = Self.key(rule, value, schema) else { return nil }
            test = .relation(key)
        case .notLess(let value):
            rule = type?.ordering
            guard let key = Self.key(rule, value, schema) else { return nil }
            test = .notLess(key)
        case .notGreater(let value):
            rule = type?.ordering
            guard let key = Self.key(rule, value, schema) else { return nil }
            test = .notGreater(key)
        case .parts(let parts):
            rule = type == nil ? schema.matchingRule("caseIgnoreSubstringsMatch") : type?.substrings
            guard let rule, let made = Self.parts(rule, parts) else { return nil }
            test = made
        case .rule(let ruleName, let value):
            rule = ruleName.map { schema.matchingRule($0) } ?? type?.equality
            guard rule?.use != .substrings, let key = Self.key(rule, value, schema) else { return nil }
            test = .relation(key)
        }
    }

    /// Whether any value of the record satisfies the assertion.
    func holds(_ record: IdentityRecord) -> Bool? {
        for attribute in record.attributes where isMeant(attribute.name) {
            for value in attribute.values where holds(value) { return true }
        }
        return false
    }

    private func isMeant(_ other: String) -> Bool {
        if other == name { return true }
        guard let description, let given = AttributeDescription(parsing: other, schema: schema) else { return false }
        return given.isSubtype(of: description, in: schema)
    }

    private func holds(_ value: [UInt8]) -> Bool {
        if case .present = test { return true }
        var key: [UInt8] = []
        guard let rule, (try? rule.appendStoredKey(of: value.span, in: schema, to: &key)) != nil else { return false }
        switch test {
        case .present: return true
        case .relation(let wanted): return rule.matches(valueKey: key.span, assertionKey: wanted.span)
        case .notLess(let wanted): return !key.lexicographicallyPrecedes(wanted)
        case .notGreater(let wanted): return !wanted.lexicographicallyPrecedes(key)
        case .parts(let initial, let any, let final):
            guard key.starts(with: initial), key.count >= initial.count + final.count,
                key.suffix(final.count).elementsEqual(final)
            else { return false }
            return Self.holds(any, in: key[initial.count..<key.count - final.count])
        }
    }

    /// The first place for each part is as good as any.
    private static func holds(_ parts: [[UInt8]], in octets: ArraySlice<UInt8>) -> Bool {
        var rest = octets
        for part in parts {
            while !rest.starts(with: part) { if rest.popFirst() == nil { return part.isEmpty } }
            rest = rest.dropFirst(part.count)
        }
        return true
    }

    private static func key(_ rule: MatchingRule?, _ value: [UInt8], _ schema: Schema) -> [UInt8]? {
        var key: [UInt8] = []
        guard let rule, (try? rule.appendKey(of: value.span, in: schema, to: &key)) != nil else { return nil }
        return key
    }

    private static func parts(_ rule: MatchingRule, _ parts: Filter.Substrings) -> Test? {
        func key(_ octets: [UInt8]?, _ position: MatchingRule.SubstringPosition) -> [UInt8]? {
            guard let octets else { return [] }
            var key: [UInt8] = []
            return (try? rule.appendSubstringKey(of: octets.span, position: position, to: &key)).map { key }
        }
        guard let initial = key(parts.initial, .initial), let final = key(parts.final, .final) else { return nil }
        let any = parts.any.compactMap { key($0, .any) }
        return any.count == parts.any.count ? .parts(initial: initial, any: any, final: final) : nil
    }
}
