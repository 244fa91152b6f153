import AttributeIndex
import CommonInterface
import Schema

/// Who a record is about: what of a source's person never changes.
struct PersonIdentity: Sendable {
    /// The value of the subject attribute, as its equality rule has it.
    let key: [UInt8]
    /// The entry's entryUUID: made of the source and the key.
    let uuid: UUIDv5

    /// The UUID as a number, to be looked up by.
    var number: UInt128 { uuid.number }

    init(_ source: SourceID, key: [UInt8]) {
        self.key = key
        uuid = source.entryUUID(ofSubject: key)
    }
}

extension PersonForm {
    /// Whom a record is about.
    /// - Throws: `.configuration` where people are known by another attribute than they have to be.
    func identity(_ subject: SubjectName) throws(DeliveryError) -> Result<PersonIdentity, PersonRefusal> {
        let name = Array(subject.attribute.utf8)
        let type = schema.attributeType(name.span.withoutOIDPrefix)
        if let wanted = self.subject, wanted.id != type?.id {
            throw .configuration(
                "subject: expected people who are known by \(wanted.name); the provider names them by \(subject.attribute)"
            )
        }
        guard let type else {
            return .failure(
                PersonRefusal(.unknownName, "expected an attribute of the schema; \(subject.attribute) is not one"))
        }
        guard let rule = type.equality else {
            return .success(PersonIdentity(source, key: subject.value))
        }
        var key: [UInt8] = []
        guard (try? rule.appendStoredKey(of: subject.value.span, in: schema, to: &key)) != nil else {
            return .failure(PersonRefusal(.record, "expected a subject that is a value of \(type.name)"))
        }
        return .success(PersonIdentity(source, key: key))
    }

    /// Refuses a subject that belongs to somebody else to speak for.
    func checkScope(of subject: SubjectName) throws(PersonRefusal) {
        let name = Array(subject.attribute.utf8)
        guard let type = schema.attributeType(name.span.withoutOIDPrefix), isScoped[type.id.index] else { return }
        guard isInScope(subject.value.span) else {
            throw PersonRefusal(.scope, "expected a \(type.name) that ends in one of the provider's scopes")
        }
    }
}

extension UUIDv5 {
    /// The octets as a number.
    var number: UInt128 { octets.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
}
