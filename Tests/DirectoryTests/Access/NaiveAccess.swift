import AttributeIndex
import Directory
import LDAP
import Schema

/// Access rules word for word, over records: for each entry and attribute the rules are gone through from the first. Nothing
/// is shared with the engine but the schema and `NaiveFilter`.
struct NaiveAccess {
    let rules: [AccessRule]
    let secrets: Set<String>
    let records: [EntryRecord]
    let schema = Schema.builtIn

    /// Who asks, by name; nil for nobody in particular.
    let name: DistinguishedName?
    let strength: Int

    /// What may be done with an entry (`nil`) or with an attribute of it.
    func level(_ attribute: AttributeTypeID?, of record: EntryRecord) -> AccessLevel {
        if let attribute, ["userPassword", "authPassword"].contains(schema.attributeType(attribute).name) {
            return .nothing
        }
        for rule in rules where covers(rule, record) && covers(rule, attribute) {
            let granted = rule.grants.filter { $0.subjects.contains { isOne($0, record) } }.map(\.level).max()
            if let granted, granted > .nothing { return granted }
            if !rule.continues { return .nothing }
        }
        return .nothing
    }

    private func covers(_ rule: AccessRule, _ record: EntryRecord) -> Bool {
        let isThere =
            switch rule.region {
            case .everything: true
            case .entry(let name): record.dn == dn(name)
            case .subtree(let name): DITKey.isWithin(record.dn.key.span, subtreeOf: dn(name).key.span)
            case .children(let name): record.dn.parent == dn(name)
            }
        guard isThere, let text = rule.filter, let filter = try? Filter(parsing: text) else { return isThere }
        return NaiveFilter(records: records).evaluate(filter, record) == true
    }

    private func covers(_ rule: AccessRule, _ attribute: AttributeTypeID?) -> Bool {
        guard let attribute else { return rule.attributes?.contains("entry") ?? true }
        let type = schema.attributeType(attribute)
        let isSecret = secrets.contains(type.name)
        guard let names = rule.attributes else { return !isSecret }
        return names.contains { name in
            if isSecret { return schema.attributeType(name)?.id == type.id }
            if name == "*" { return !type.isOperational }
            if name == "+" { return type.isOperational }
            if name.hasPrefix("@") {
                guard let found = schema.objectClass(String(name.dropFirst())) else { return false }
                return (found.allMust + found.allMay).contains { type.isSubtype(of: schema.attributeType($0)) }
            }
            return schema.attributeType(name).map { type.isSubtype(of: $0) } ?? false
        }
    }

    private func isOne(_ subject: AccessSubject, _ record: EntryRecord) -> Bool {
        guard strength >= subject.strength else { return false }
        let exists = name.map { name in records.contains { $0.dn == name } } ?? false
        switch subject.who {
        case .everybody: return true
        case .anonymous: return name == nil
        case .authenticated: return name != nil
        case .itself: return exists && record.dn == name
        case .entry(let other): return name == dn(other)
        case .subtree(let other):
            return name.map { DITKey.isWithin($0.key.span, subtreeOf: dn(other).key.span) } ?? false
        case .children(let other): return name.map { $0.parent == dn(other) } ?? false
        case .group(let group):
            guard exists, let name, let record = records.first(where: { $0.dn == dn(group) }) else { return false }
            return members(of: record).contains { $0.name == name }
        }
    }

    func dn(_ text: String) -> DistinguishedName {
        (try? DistinguishedName(parsing: text, schema: schema)) ?? .empty
    }

    func members(of record: EntryRecord) -> [(type: AttributeTypeID, name: DistinguishedName)] {
        record.attributes.filter { ["member", "uniqueMember"].contains($0.description.name(in: schema)) }.flatMap {
            found in
            found.values.compactMap { value in
                (try? DistinguishedName(parsing: value.span, schema: schema)).map { (found.description.type, $0) }
            }
        }
    }

    // MARK: - What an entry looks like

    /// An entry with those attributes alone that the requester has a level on, computed ones with what it may know.
    func visible(_ record: EntryRecord, _ level: AccessLevel) -> EntryRecord {
        var attributes = record.attributes.filter { self.level($0.description.type, of: record) >= level }
        func add(_ name: String, _ values: [String]) {
            guard let type = schema.attributeType(name), !values.isEmpty, self.level(type.id, of: record) >= level,
                let description = AttributeDescription(parsing: name, schema: schema)
            else { return }
            attributes.append(EntryAttribute(description: description, values: values.map { Array($0.utf8) }))
        }
        let children = records.count { $0.dn.parent == record.dn && self.level(nil, of: $0) >= .read }
        add("entryDN", [record.dn.text])
        add("subschemaSubentry", ["cn=Subschema"])
        add("hasSubordinates", [children > 0 ? "TRUE" : "FALSE"])
        add("numSubordinates", [String(children)])
        add("memberOf", groups(of: record, level))
        return EntryRecord(dn: record.dn, attributes: attributes)
    }

    private func groups(of record: EntryRecord, _ level: AccessLevel) -> [String] {
        records.filter { group in
            guard self.level(nil, of: group) >= .disclose else { return false }
            return members(of: group).contains { member in
                member.name == record.dn && (record.dn == name || self.level(member.type, of: group) >= level)
            }
        }.map(\.dn.text)
    }
}
