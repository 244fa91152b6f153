public import CommonInterface
public import Schema

/// What one service provider sees of the registry: of its wishes and the policy, as they were when it came into force.
public struct ReleaseRule: Codable, Equatable, Sendable {
    /// The attribute that names people to it.
    public var subject: String
    /// The attributes it asked for, in its order, each once.
    public var attributes: [String]
    /// Those of them that policy lets it have.
    public var released: [String]
    /// Whom it may see: an LDAP filter.
    public var population: String

    /// A rule of canonical names.
    public init(subject: String, attributes: [String], released: [String], population: String) {
        self.subject = subject
        self.attributes = attributes
        self.released = released
        self.population = population
    }
}

/// A `ReleaseRule` ready to be applied to records.
public struct Release: Sendable {
    /// The rule.
    public let rule: ReleaseRule
    private let filter: RecordFilter
    private let released: Set<String>

    /// Compiles a rule.
    public init(_ rule: ReleaseRule, schema: Schema) throws(ReleaseError) {
        self.rule = rule
        filter = try RecordFilter(rule.population, schema: schema)
        released = Set(rule.released)
    }

    /// What the service provider sees of a person; nil where it sees nobody: outside of its population, or without exactly
    /// one value of its subject attribute.
    public func view(of record: IdentityRecord?) -> ReleasedView? {
        guard let record, filter.matches(record) else { return nil }
        let names = record.values(of: rule.subject)
        guard let name = names.first, names.count == 1, isName(name) else { return nil }
        return ReleasedView(
            subject: SubjectName(attribute: rule.subject, value: name),
            attributes: rule.attributes.map { attribute in
                IdentityAttribute(attribute, released.contains(attribute) ? record.values(of: attribute) : [])
            })
    }

    /// Whether a value can name somebody: text without control characters.
    private func isName(_ value: [UInt8]) -> Bool {
        guard !value.isEmpty, value.count <= SubjectName.maximumLength else { return false }
        return value.allSatisfy { $0 >= 0x20 && $0 != 0x7F } && String(validating: value, as: UTF8.self) != nil
    }
}

/// What a service provider sees of a person: each attribute that it asked for, without values where it may have none.
public struct ReleasedView: Equatable, Sendable {
    /// Who it is to that service provider.
    public let subject: SubjectName
    /// The attributes, in the service provider's order.
    public let attributes: [IdentityAttribute]

    /// The attributes that have values.
    public var present: [IdentityAttribute] { attributes.filter { !$0.values.isEmpty } }
}
