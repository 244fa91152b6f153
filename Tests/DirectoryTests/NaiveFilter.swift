import AttributeIndex
import Directory
import LDAP
import Schema

/// RFC 4511 section 4.5.1.7 word for word, over records, with no index and nothing shared with the engine but the schema's
/// rules: what the engine is compared with.
struct NaiveFilter {
    let schema = Schema.builtIn
    /// All records, for computed attributes.
    let records: [EntryRecord]
    /// Whether computed attributes are computed; else they are what the record says.
    var computes = true

    /// The same with the parts of names left out whose types are not open.
    func evaluate(_ filter: Filter, _ record: EntryRecord, isOpen: (AttributeTypeID) -> Bool) -> Bool? {
        guard case .extensible(let assertion) = filter else { return evaluate(filter, record) }
        return extensible(assertion, record, isOpen)
    }

    /// True, false, or nil for Undefined.
    func evaluate(_ filter: Filter, _ record: EntryRecord) -> Bool? {
        switch filter {
        case .and(let parts):
            let values = parts.map { evaluate($0, record) }
            return values.contains(false) ? false : values.contains(nil) ? nil : true
        case .or(let parts):
            let values = parts.map { evaluate($0, record) }
            return values.contains(true) ? true : values.contains(nil) ? nil : false
        case .not(let part): return evaluate(part, record).map { !$0 }
        case .present(let name):
            guard let description = description(name) else { return nil }
            return !values(of: description, record).isEmpty
        case .equality(let name, let value), .approximate(let name, let value):
            guard let description = description(name) else { return nil }
            let type = schema.attributeType(description.type)
            guard let rule = type.equality, let key = key(rule, value) else { return nil }
            if type.name == "objectClass" || type.name == "structuralObjectClass" {
                return objectClass(value, description, record)
            }
            return matches(description, record, rule) { $0 == key }
        case .greaterOrEqual(let name, let value):
            return ordered(name, value, record) { !$0.lexicographicallyPrecedes($1) }
        case .lessOrEqual(let name, let value):
            return ordered(name, value, record) { !$1.lexicographicallyPrecedes($0) }
        case .substrings(let name, let parts): return substrings(name, parts, record)
        case .extensible(let assertion): return extensible(assertion, record) { _ in true }
        }
    }

    private func description(_ name: String) -> AttributeDescription? {
        guard let found = AttributeDescription(parsing: name, schema: schema) else { return nil }
        return schema.attributeType(found.type).name == "userPassword" ? nil : found
    }

    private func key(_ rule: MatchingRule, _ value: [UInt8]) -> [UInt8]? {
        var key: [UInt8] = []
        return (try? rule.appendKey(of: value.span, in: schema, to: &key)).map { key }
    }

    private func matches(
        _ description: AttributeDescription, _ record: EntryRecord, _ rule: MatchingRule, _ test: ([UInt8]) -> Bool
    ) -> Bool {
        values(of: description, record).contains { value in
            var key: [UInt8] = []
            guard (try? rule.appendStoredKey(of: value.span, in: schema, to: &key)) != nil else { return false }
            return test(key)
        }
    }

    private func objectClass(_ value: [UInt8], _ description: AttributeDescription, _ record: EntryRecord) -> Bool? {
        let name = String(decoding: value, as: UTF8.self)
        guard let asserted = schema.objectClass(name) else { return name.first?.isNumber == true ? false : nil }
        return values(of: description, record).contains {
            schema.objectClass(String(decoding: $0, as: UTF8.self))?.isSubclass(of: asserted) ?? false
        }
    }

    private func ordered(
        _ name: String, _ value: [UInt8], _ record: EntryRecord, _ test: ([UInt8], [UInt8]) -> Bool
    ) -> Bool? {
        guard let description = description(name), let rule = schema.attributeType(description.type).ordering,
            let key = key(rule, value)
        else { return nil }
        return matches(description, record, rule) { test($0, key) }
    }

    private func substrings(_ name: String, _ parts: Filter.Substrings, _ record: EntryRecord) -> Bool? {
        guard let description = description(name), let rule = schema.attributeType(description.type).substrings else {
            return nil
        }
        func part(_ octets: [UInt8], _ position: MatchingRule.SubstringPosition) -> [UInt8]? {
            var key: [UInt8] = []
            return (try? rule.appendSubstringKey(of: octets.span, position: position, to: &key)).map { key }
        }
        var any: [[UInt8]] = []
        for octets in parts.any {
            guard let key = part(octets, .any) else { return nil }
            any.append(key)
        }
        var ends: [[UInt8]] = []
        for (octets, position) in [(parts.initial, MatchingRule.SubstringPosition.initial), (parts.final, .final)] {
            guard let key = part(octets ?? [0x30], position) else { return nil }
            ends.append(octets == nil ? [] : key)
        }
        return matches(description, record, rule) { key in
            guard key.starts(with: ends[0]), key.count >= ends[0].count + ends[1].count,
                key.suffix(ends[1].count).elementsEqual(ends[1])
            else { return false }
            return holds(any[...], in: key[ends[0].count..<(key.count - ends[1].count)])
        }
    }

    /// Tries every place for every part.
    private func holds(_ parts: ArraySlice<[UInt8]>, in octets: ArraySlice<UInt8>) -> Bool {
        guard let first = parts.first else { return true }
        guard first.count <= octets.count else { return false }
        return (octets.startIndex...(octets.endIndex - first.count)).contains { start in
            octets[start...].starts(with: first) && holds(parts.dropFirst(), in: octets[(start + first.count)...])
        }
    }

    private func extensible(
        _ assertion: Filter.MatchingRuleAssertion, _ record: EntryRecord, _ isOpen: (AttributeTypeID) -> Bool
    ) -> Bool? {
        let asked = assertion.attribute.map { description($0) }
        if let asked, asked == nil { return nil }
        let named = assertion.rule.map { schema.matchingRule($0) }
        if let named, named == nil { return nil }
        let type = asked?.map { schema.attributeType($0.type) }
        if named == nil, let description = asked ?? nil, type?.name == "objectClass" {
            return objectClass(assertion.value, description, record)
        }
        guard let rule = named ?? type?.equality, rule.use != .substrings, let wanted = key(rule, assertion.value)
        else {
            return nil
        }
        func holds(_ value: [UInt8]) -> Bool {
            var key: [UInt8] = []
            guard (try? rule.appendStoredKey(of: value.span, in: schema, to: &key)) != nil else { return false }
            return rule.matches(valueKey: key.span, assertionKey: wanted.span)
        }
        var candidates: [[UInt8]] = []
        if let description = asked ?? nil, let type {
            guard rule.applies(to: type) else { return nil }
            candidates = values(of: description, record)
        } else {
            for attribute in record.attributes {
                let type = schema.attributeType(attribute.description.type)
                let isComputed = ["entryDN", "subschemaSubentry", "hasSubordinates", "numSubordinates", "memberOf"]
                    .contains(type.name)
                if type.name != "userPassword", !isComputed, rule.applies(to: type) { candidates += attribute.values }
            }
        }
        if assertion.dnAttributes {
            for part in record.dn.rdns.flatMap(\.assertions) {
                guard let found = schema.attributeType(part.type), isOpen(found.id) else { continue }
                if type.map(found.isSubtype(of:)) ?? rule.applies(to: found) { candidates.append(part.value) }
            }
        }
        return candidates.contains(where: holds)
    }

    /// Values of the attribute, its subtypes, and the computed ones.
    func values(of description: AttributeDescription, _ record: EntryRecord) -> [[UInt8]] {
        switch computes ? schema.attributeType(description.type).name : "" {
        case "entryDN": return [Array(record.dn.text.utf8)]
        case "subschemaSubentry": return [Array("cn=Subschema".utf8)]
        case "hasSubordinates": return [Array((children(record) > 0 ? "TRUE" : "FALSE").utf8)]
        case "numSubordinates": return [Array(String(children(record)).utf8)]
        case "memberOf": return groups(record).map { Array($0.dn.text.utf8) }
        default: break
        }
        return record.attributes.filter { $0.description.isSubtype(of: description, in: schema) }.flatMap(\.values)
    }

    private func children(_ record: EntryRecord) -> Int {
        records.count { $0.dn.parent == record.dn }
    }

    private func groups(_ record: EntryRecord) -> [EntryRecord] {
        records.filter { group in
            ["member", "uniqueMember"].contains { name in
                guard let description = AttributeDescription(parsing: name, schema: schema) else { return false }
                return group.values(of: description).contains {
                    (try? DistinguishedName(parsing: $0.span, schema: schema)) == record.dn
                }
            }
        }
    }
}
