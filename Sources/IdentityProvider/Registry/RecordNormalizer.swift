import CommonInterface
public import LDIF
public import Schema

/// Makes records of what a registry says: one spelling for each attribute, passwords left out.
public struct RecordNormalizer: Sendable {
    /// The attribute that says who somebody is, in the schema's spelling.
    public let subject: String
    private let schema: Schema
    private let kept: Set<String>?

    /// Attributes that never leave a registry unless they are asked for by name.
    private static let secrets: Set<String> = ["userPassword", "authPassword", "sambaNTPassword", "sambaLMPassword"]

    /// A normalizer that keeps `attributes`; nil for all but passwords and operational ones.
    public init(subject: String, attributes: [String]?, schema: Schema) {
        self.schema = schema
        let name = AttributeNames.canonical(subject, in: schema)
        self.subject = name
        kept = attributes.map { Set($0.map { AttributeNames.canonical($0, in: schema) } + [name]) }
    }

    /// The record of a person with these values, of whom a file names `place`.
    ///
    /// - Returns: nil where the subject attribute has no value: that is no person.
    /// - Throws: `.registry` where it has several.
    public func record(
        of values: [LDIFValue], at place: @autoclosure () -> String
    ) throws(IdentityProviderError) -> IdentityRecord? {
        var attributes: [IdentityAttribute] = []
        var places: [String: Int] = [:]
        for value in values {
            guard let name = name(of: value.name) else { continue }
            if let index = places[name] {
                attributes[index].values.append(value.value)
            } else {
                places[name] = attributes.count
                attributes.append(IdentityAttribute(name, [value.value]))
            }
        }
        guard let named = places[subject].map({ attributes[$0].values }), let first = named.first else { return nil }
        guard named.count == 1, (1...SubjectName.maximumLength).contains(first.count) else {
            throw IdentityProviderError(
                .registry, "\(place()): expected one value of \(subject), of 1 to \(SubjectName.maximumLength) octets")
        }
        return IdentityRecord(subject: first, attributes: attributes)
    }

    /// The spelling of an attribute; nil where it is not kept.
    private func name(of octets: [UInt8]) -> String? {
        let name = AttributeNames.canonical(String(decoding: octets, as: UTF8.self), in: schema)
        if let kept { return kept.contains(name) ? name : nil }
        if Self.secrets.contains(name) { return nil }
        return schema.attributeType(name)?.isOperational == true ? nil : name
    }
}
