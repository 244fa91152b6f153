import AttributeIndex
import Schema

/// Entries that no file gives and the directory needs: the suffix, ou=People, and glue for missing parents.
struct MadeEntries {
    private let schema: Schema
    private let completion: EntryCompletion
    private let stamp: ChangeStamp

    init(schema: Schema, stamp: ChangeStamp) {
        self.schema = schema
        self.stamp = stamp
        completion = EntryCompletion(schema: schema)
    }

    /// The class that fits an entry named by this attribute type.
    private static let classes = [
        "dc": "domain", "o": "organization", "ou": "organizationalUnit", "c": "country", "l": "locality",
        "st": "locality", "cn": "applicationProcess", "uid": "account",
    ]

    /// An entry that is what its name says: an organization, an organizational unit, …
    func container(_ name: DistinguishedName) -> EntryRecord {
        let parts = NamingPart.parts(ofKey: name.key)
        let type = parts.first.map { String(decoding: $0.type, as: UTF8.self) } ?? ""
        let fitting = parts.count == 1 ? Self.classes[type].flatMap { schema.objectClass($0) } : nil
        return entry(name, classes: ["top", fitting?.name ?? "extensibleObject"], structural: fitting?.name)
    }

    /// An entry that only holds the tree together, as OpenLDAP makes it; searches do not show it.
    func glue(_ name: DistinguishedName) -> EntryRecord {
        entry(name, classes: ["top", "glue"], structural: "glue")
    }

    private func entry(_ name: DistinguishedName, classes: [String], structural: String?) -> EntryRecord {
        var record = EntryRecord(dn: name, attributes: [])
        if let objectClass = schema.attributeType("objectClass") {
            record.attributes.append(
                EntryAttribute(
                    description: AttributeDescription(type: objectClass.id), values: classes.map { Array($0.utf8) }))
        }
        for assertion in name.rdns.first?.assertions ?? [] {
            guard let type = schema.attributeType(assertion.type) else { continue }
            record.attributes.append(
                EntryAttribute(description: AttributeDescription(type: type.id), values: [assertion.value]))
        }
        completion.complete(&record, structuralClass: structural.map { Array($0.utf8) }, stamp: stamp)
        return record
    }
}
