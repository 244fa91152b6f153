import AttributeIndex
import Schema

/// Gives an entry, and those below it, another name (RFC 4511 section 4.9).
struct EntryRenamer {
    private let schema: Schema
    private var rules: EntryRules

    init(schema: Schema, rules: EntryRules) {
        self.schema = schema
        self.rules = rules
    }

    /// The new name of an entry: the new RDN on the parent it is to have.
    func name(
        _ newRDN: [UInt8], below parent: DistinguishedName, at place: RecordPlace
    ) throws(ProvisioningError) -> DistinguishedName {
        do {
            let text = String(decoding: newRDN, as: UTF8.self)
            let rdn = try DistinguishedName(parsing: text, schema: schema)
            guard rdn.depth == 1 else {
                throw ProvisioningError(
                    .invalidName, at: place, "expected one relative distinguished name after 'newrdn:'")
            }
            return try DistinguishedName(parsing: text + "," + parent.text, schema: schema)
        } catch let error as DNError {
            throw ProvisioningError(.invalidName, at: place, "newrdn: \(error)")
        } catch let error as ProvisioningError {
            throw error
        } catch {
            throw ProvisioningError(.invalidName, at: place, "newrdn: \(error)")
        }
    }

    /// Renames an entry: the new RDN's values become attributes, the old one's go where that is asked for.
    mutating func rename(
        _ record: inout EntryRecord, to name: DistinguishedName, deleteOldRDN: Bool, at place: RecordPlace
    ) throws(ProvisioningError) {
        let new = try values(naming: name, at: place)
        if deleteOldRDN {
            for old in try values(naming: record.dn, at: place) { remove(old, from: &record) }
        }
        for value in new where !has(value, record) {
            let index = record.attributes.firstIndex { $0.description == value.description }
            if let index {
                record.attributes[index].values.append(value.value)
            } else {
                record.attributes.append(EntryAttribute(description: value.description, values: [value.value]))
            }
            let type = schema.attributeType(value.description.type)
            let count = record.attributes.first { $0.description == value.description }?.values.count ?? 0
            guard !type.isSingleValued || count == 1 else {
                throw ProvisioningError(
                    .singleValued, at: place, "expected 'deleteoldrdn: 1', for \(type.name) is single-valued")
            }
        }
        record.dn = name
    }

    /// The name of an entry below one that is renamed: its own RDNs stay as they were written.
    func name(
        of entry: DistinguishedName, below old: DistinguishedName, movedTo new: DistinguishedName, at place: RecordPlace
    ) throws(ProvisioningError) -> DistinguishedName {
        var count = entry.depth - old.depth
        var end = entry.text.utf8.startIndex
        var isEscaped = false
        for index in entry.text.utf8.indices {
            let octet = entry.text.utf8[index]
            if octet == UInt8(ascii: ","), !isEscaped {
                count -= 1
                end = index
                if count == 0 { break }
            }
            isEscaped = octet == UInt8(ascii: "\\") && !isEscaped
        }
        do {
            return try DistinguishedName(parsing: String(entry.text[..<end]) + "," + new.text, schema: schema)
        } catch {
            throw ProvisioningError(.invalidName, at: place, "the name of an entry below: \(error)")
        }
    }

    /// A value that names an entry.
    private struct NamingValue {
        let description: AttributeDescription
        let value: [UInt8]
        let key: [UInt8]
    }

    private mutating func values(
        naming name: DistinguishedName, at place: RecordPlace
    ) throws(ProvisioningError) -> [NamingValue] {
        var values: [NamingValue] = []
        for assertion in name.rdns.first?.assertions ?? [] {
            guard let type = schema.attributeType(assertion.type) else {
                throw ProvisioningError(.unknownName, at: place, "expected an attribute of the schema in the new name")
            }
            try rules.check(assertion.value.span, of: type, at: place)
            let keys = try rules.keys(of: [assertion.value], type, at: place)
            values.append(
                NamingValue(
                    description: AttributeDescription(type: type.id), value: assertion.value, key: Array(keys[0])))
        }
        return values
    }

    private mutating func index(of value: NamingValue, in record: EntryRecord) -> (attribute: Int, value: Int)? {
        guard let attribute = record.attributes.firstIndex(where: { $0.description == value.description }),
            let keys = try? rules.keys(
                of: record.attributes[attribute].values, schema.attributeType(value.description.type),
                at: RecordPlace(file: "", line: 0)),
            let found = keys.firstIndex(of: value.key[...])
        else { return nil }
        return (attribute, found)
    }

    private mutating func has(_ value: NamingValue, _ record: EntryRecord) -> Bool {
        index(of: value, in: record) != nil
    }

    private mutating func remove(_ value: NamingValue, from record: inout EntryRecord) {
        guard let place = index(of: value, in: record) else { return }
        record.attributes[place.attribute].values.remove(at: place.value)
        if record.attributes[place.attribute].values.isEmpty { record.attributes.remove(at: place.attribute) }
    }
}
