import CommonInterface
import LDIF
public import Schema

/// Signalled changes: LDIF records, each of one person, that become whole records.
///
/// The name's first part says who it is by the registry's subject attribute, whatever stands behind it. A change record
/// (RFC 2849) changes the person; a content record is the person as it is from now on.
public struct ChangeRecords: Sendable {
    private let normalizer: RecordNormalizer
    private let schema: Schema

    /// For people whose records `normalizer` makes.
    public init(normalizer: RecordNormalizer, schema: Schema) {
        self.normalizer = normalizer
        self.schema = schema
    }

    /// The records of a file, one after the other, as changes of people that `current` knows.
    ///
    /// - Returns: the changes before the first record that cannot be made, and which that is; nil where all can.
    func changes(
        of records: [LDIFRecord], file: String,
        current: ([UInt8]) throws(IdentityProviderError) -> IdentityRecord?
    ) -> ([PersonChange], RefusedRecord?) {
        var known: [[UInt8]: IdentityRecord?] = [:]
        var changes: [PersonChange] = []
        for record in records {
            do throws(IdentityProviderError) {
                let subject = try subject(of: record, file)
                let before: IdentityRecord? =
                    if let changed = known[subject] { changed } else { try current(subject) }
                let after = try apply(record, to: before, subject, file)
                known[subject] = .some(after)
                changes.append(PersonChange(subject: subject, record: after))
            } catch {
                return (changes, RefusedRecord(made: changes.count, error: error))
            }
        }
        return (changes, nil)
    }

    private func subject(of record: LDIFRecord, _ file: String) throws(IdentityProviderError) -> [UInt8] {
        let first = DistinguishedName.rdns(of: record.dn)?.first?.assertions ?? []
        for part in first where AttributeNames.canonical(part.type, in: schema) == normalizer.subject {
            if (1...SubjectName.maximumLength).contains(part.value.count) { return part.value }
        }
        throw error(record.line, file, "expected a name that begins with \(normalizer.subject)=")
    }

    private func apply(
        _ record: LDIFRecord, to before: IdentityRecord?, _ subject: [UInt8], _ file: String
    ) throws(IdentityProviderError) -> IdentityRecord? {
        guard record.controls.allSatisfy({ !$0.isCritical }) else {
            throw error(record.line, file, "expected no critical control")
        }
        switch record.change {
        case .content(let values): return try person(values, subject, record.line, file)
        case .add(let values):
            guard before == nil else { throw error(record.line, file, "the person is there already; modify it") }
            return try person(values, subject, record.line, file)
        case .delete:
            guard before != nil else { throw error(record.line, file, "there is no such person") }
            return nil
        case .modify(let modifications):
            guard let before else { throw error(record.line, file, "there is no such person; add it") }
            var values = before.attributes.flatMap { attribute in
                attribute.values.map { LDIFValue(name: Array(attribute.name.utf8), value: $0) }
            }
            for modification in modifications { try apply(modification, to: &values, file) }
            return try person(values, subject, record.line, file)
        case .rename:
            throw error(
                record.line, file, "a person's \(normalizer.subject) never changes: delete the person and add another")
        }
    }

    private func person(
        _ values: [LDIFValue], _ subject: [UInt8], _ line: Int, _ file: String
    ) throws(IdentityProviderError) -> IdentityRecord {
        var values = values
        let isNamed = values.contains { name($0.name) == normalizer.subject }
        if !isNamed { values.append(LDIFValue(name: Array(normalizer.subject.utf8), value: subject)) }
        guard let record = try normalizer.record(of: values, at: "\(file):\(line)"), record.subject == subject else {
            throw error(line, file, "expected \(normalizer.subject) as it stands in the name")
        }
        return record
    }

    private func apply(
        _ modification: LDIFModification, to values: inout [LDIFValue], _ file: String
    ) throws(IdentityProviderError) {
        let attribute = name(modification.name)
        let had = values.contains { name($0.name) == attribute }
        switch modification.kind {
        case .replace:
            values.removeAll { name($0.name) == attribute }
            values += modification.values
        case .add:
            for value in modification.values {
                guard !values.contains(where: { isSame($0, value, attribute) }) else {
                    throw error(value.line, file, "the person has this value of \(attribute) already")
                }
                values.append(value)
            }
        case .delete where modification.values.isEmpty:
            guard had else { throw error(modification.line, file, "the person has no \(attribute)") }
            values.removeAll { name($0.name) == attribute }
        case .delete:
            for value in modification.values {
                guard values.contains(where: { isSame($0, value, attribute) }) else {
                    throw error(value.line, file, "the person does not have this value of \(attribute)")
                }
                values.removeAll { isSame($0, value, attribute) }
            }
        }
    }

    /// Whether two values of an attribute are the same by its equality rule; by their octets where it has none.
    private func isSame(_ one: LDIFValue, _ other: LDIFValue, _ attribute: String) -> Bool {
        guard name(one.name) == attribute, name(other.name) == attribute else { return false }
        if one.value == other.value { return true }
        guard let description = AttributeDescription(parsing: attribute, schema: schema),
            let rule = schema.attributeType(description.type).equality
        else { return false }
        var (left, right): ([UInt8], [UInt8]) = ([], [])
        guard (try? rule.appendStoredKey(of: one.value.span, in: schema, to: &left)) != nil,
            (try? rule.appendStoredKey(of: other.value.span, in: schema, to: &right)) != nil
        else { return false }
        return left == right
    }

    private func name(_ octets: [UInt8]) -> String {
        AttributeNames.canonical(String(decoding: octets, as: UTF8.self), in: schema)
    }

    private func error(_ line: Int, _ file: String, _ reason: String) -> IdentityProviderError {
        IdentityProviderError(.change, "\(file):\(line): \(reason)")
    }
}

/// A record that cannot be made.
struct RefusedRecord {
    /// Records before it.
    let made: Int
    let error: IdentityProviderError

    var reason: String { error.description }
}
