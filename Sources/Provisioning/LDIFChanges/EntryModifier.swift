import AttributeIndex
import LDIF
import Schema

/// Makes the modifications of one modify record to an entry (RFC 4511 section 4.6).
struct EntryModifier {
    private let schema: Schema
    private var rules: EntryRules

    init(schema: Schema, rules: EntryRules) {
        self.schema = schema
        self.rules = rules
    }

    /// Makes one modification.
    mutating func apply(
        _ modification: LDIFModification, to record: inout EntryRecord, file: String
    ) throws(ProvisioningError) {
        let place = RecordPlace(file: file, line: modification.line)
        let description = try description(modification.name, at: place)
        let type = schema.attributeType(description.type)
        try refuseServerAttributes(type, at: place)
        for value in modification.values {
            try rules.check(value.value.span, of: type, at: RecordPlace(file: file, line: value.line))
        }
        let values = modification.values.map(\.value)
        switch modification.kind {
        case .add:
            try add(values, description, to: &record, at: place)
        case .delete where values.isEmpty:
            guard record.attributes.contains(where: { $0.description == description }) else {
                throw ProvisioningError(
                    .noSuchValue, at: place, "expected the entry to have \(type.name), to delete it")
            }
            record.attributes.removeAll { $0.description == description }
        case .delete:
            try delete(values, description, from: &record, at: place)
        case .replace:
            record.attributes.removeAll { $0.description == description }
            if !values.isEmpty { try add(values, description, to: &record, at: place) }
        }
    }

    private func description(
        _ name: [UInt8], at place: RecordPlace
    ) throws(ProvisioningError) -> AttributeDescription {
        guard let found = AttributeDescription(parsing: name.span, schema: schema), !found.isRange else {
            let text = String(decoding: name, as: UTF8.self)
            throw ProvisioningError(.unknownName, at: place, "expected an attribute of the schema; \(text) is not one")
        }
        return found
    }

    private func refuseServerAttributes(_ type: AttributeType, at place: RecordPlace) throws(ProvisioningError) {
        guard type.noUserModification || AttributeNames.computed.contains(type.name) else { return }
        throw ProvisioningError(
            .noUserModification, at: place,
            "expected an attribute that may be modified; \(type.name) is the server's own")
    }

    /// Adds values, none of which the attribute has.
    mutating func add(
        _ values: [[UInt8]], _ description: AttributeDescription, to record: inout EntryRecord, at place: RecordPlace
    ) throws(ProvisioningError) {
        let type = schema.attributeType(description.type)
        let index = record.attributes.firstIndex { $0.description == description }
        let present = index.map { record.attributes[$0].values } ?? []
        guard present.isEmpty || type.equality != nil else { throw noEqualityRule(type, at: place) }
        guard try rules.repeatedValues(present + values, of: type, at: place).isEmpty else {
            throw ProvisioningError(
                .duplicateValue, at: place, "expected values that \(type.name) does not have, each once")
        }
        guard !type.isSingleValued || present.count + values.count == 1 else {
            throw ProvisioningError(
                .singleValued, at: place, "expected one value of \(type.name), which is single-valued")
        }
        if let index {
            record.attributes[index].values += values
        } else {
            record.attributes.append(EntryAttribute(description: description, values: values))
        }
    }

    /// Deletes values, all of which the attribute has.
    mutating func delete(
        _ values: [[UInt8]], _ description: AttributeDescription, from record: inout EntryRecord, at place: RecordPlace
    ) throws(ProvisioningError) {
        let type = schema.attributeType(description.type)
        guard type.equality != nil else { throw noEqualityRule(type, at: place) }
        guard let index = record.attributes.firstIndex(where: { $0.description == description }) else {
            throw ProvisioningError(
                .noSuchValue, at: place, "expected the entry to have \(type.name), to delete values of it")
        }
        let keys = try rules.keys(of: record.attributes[index].values, type, at: place)
        let deleted = try rules.keys(of: values, type, at: place)
        var gone: Set<Int> = []
        for number in 0..<deleted.count {
            guard let found = keys.firstIndex(of: deleted[number]) else {
                throw ProvisioningError(
                    .noSuchValue, at: place, "expected \(type.name) to have each value that is deleted")
            }
            gone.insert(found)
        }
        let rest = record.attributes[index].values.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
        if rest.isEmpty {
            record.attributes.remove(at: index)
        } else {
            record.attributes[index].values = rest
        }
    }

    private func noEqualityRule(_ type: AttributeType, at place: RecordPlace) -> ProvisioningError {
        ProvisioningError(
            .noEqualityRule, at: place,
            "expected 'replace:'; values of \(type.name) cannot be compared, so single ones "
                + "cannot be added or deleted")
    }
}
