import AttributeIndex
import Credentials
import Schema

/// Checks whole entries: what an import, and the result of a change, have to keep to.
struct EntryRules {
    let schema: Schema
    /// Attribute types from this index on came from the data: no class can allow them.
    let knownTypes: Int
    private var classes: ClassRulesTable
    private var keys = ValueKeys()
    private let objectClass: AttributeTypeID?
    private let userPassword: AttributeTypeID?

    init(schema: Schema, known: Schema) {
        self.schema = schema
        knownTypes = known.attributeTypes.count
        classes = ClassRulesTable(schema: schema, knownClasses: known.objectClasses.count)
        objectClass = schema.attributeType("objectClass")?.id
        userPassword = schema.attributeType("userPassword")?.id
    }

    /// Checks one value against its attribute's syntax.
    func check(
        _ value: Span<UInt8>, of type: AttributeType, at place: RecordPlace
    ) throws(ProvisioningError) {
        do {
            try type.syntax.validate(value, in: schema)
        } catch {
            throw ProvisioningError(.invalidValue, at: place, "\(type.name): \(error)")
        }
    }

    /// The rules of an entry's object classes.
    mutating func classRules(of record: EntryRecord) -> ClassRules {
        classes.rules(for: record.attributes.first { $0.description.type == objectClass }?.values ?? [])
    }

    /// Drops values given twice in one attribute, with a warning: slapadd takes them, and keeps both.
    mutating func dropRepeatedValues(
        from record: inout EntryRecord, at place: RecordPlace, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        for index in record.attributes.indices where record.attributes[index].values.count > 1 {
            let type = schema.attributeType(record.attributes[index].description.type)
            if type.id == objectClass, !classes.rules(for: record.attributes[index].values).mayRepeat { continue }
            let repeated = try repeatedValues(record.attributes[index].values, of: type, at: place)
            for position in repeated.reversed() {
                try warnings.note(
                    .duplicateValue, name: type.name, at: place, "expected each value of \(type.name) once")
                record.attributes[index].values.remove(at: position)
            }
        }
    }

    /// The indices of values that equal one before them.
    mutating func repeatedValues(
        _ values: [[UInt8]], of type: AttributeType, at place: RecordPlace
    ) throws(ProvisioningError) -> [Int] {
        keys.removeAll()
        for value in values { try appendKey(of: value.span, type, at: place) }
        return keys.repeated
    }

    /// The equality keys of values.
    mutating func keys(
        of values: [[UInt8]], _ type: AttributeType, at place: RecordPlace
    ) throws(ProvisioningError) -> ValueKeys {
        keys.removeAll()
        for value in values { try appendKey(of: value.span, type, at: place) }
        return keys
    }

    private mutating func appendKey(
        of value: Span<UInt8>, _ type: AttributeType, at place: RecordPlace
    ) throws(ProvisioningError) {
        do {
            try keys.append(value, of: type, in: schema)
        } catch {
            throw ProvisioningError(.invalidValue, at: place, "\(type.name): \(error)")
        }
    }

    /// RFC 4512 section 2.3: the values that name the entry are among its attributes.
    mutating func checkNaming(_ record: EntryRecord, at place: RecordPlace) throws(ProvisioningError) {
        for part in NamingPart.parts(ofKey: record.dn.key) {
            guard let type = schema.attributeType(part.type.span) else { continue }
            let description = AttributeDescription(type: type.id)
            keys.removeAll()
            if let attribute = record.attributes.first(where: { $0.description == description }) {
                for value in attribute.values { try appendKey(of: value.span, type, at: place) }
            }
            guard keys.firstIndex(of: part.key[...]) != nil else {
                throw ProvisioningError(
                    .namingValue, at: place,
                    "expected the value of \(type.name) in the entry's name among its attributes")
            }
        }
    }

    /// MUST, MAY and the structural class: warned of, or refused when strict.
    mutating func checkClasses(
        _ record: EntryRecord, _ rules: ClassRules, at place: RecordPlace, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        if rules.isGlue { return }
        if rules.structuralClass == nil {
            try warnings.note(.noStructuralClass, at: place, "expected one structural object class")
        }
        for id in rules.required where !record.attributes.contains(where: { $0.description.type == id }) {
            let name = schema.attributeType(id).name
            try warnings.note(
                .missingAttribute, name: name, at: place,
                "expected \(name), which an object class of the entry requires")
        }
        if rules.allowsAll { return }
        for attribute in record.attributes where !rules.allows(attribute.description.type) {
            let type = schema.attributeType(attribute.description.type)
            if type.isOperational || type.id.index >= knownTypes || type.id == objectClass { continue }
            try warnings.note(
                .attributeNotAllowed, name: type.name, at: place,
                "expected no \(type.name), which no object class of the entry allows")
        }
    }

    /// Passwords that nobody can bind with: warned of by scheme, never refused.
    func checkPasswords(
        _ record: EntryRecord, at place: RecordPlace, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        for attribute in record.attributes where attribute.description.type == userPassword {
            for value in attribute.values {
                let scheme = scheme(of: value.span)
                if scheme.isVerifiable { continue }
                try warnings.note(.unverifiablePassword, name: scheme.name, at: place, "")
            }
        }
    }
}

/// One `type=value` of an entry's own RDN, taken from its DIT key.
struct NamingPart: Equatable {
    /// The type's name as keys have it.
    let type: [UInt8]
    /// The value's equality key.
    let key: [UInt8]

    /// The parts of the last RDN of a key.
    static func parts(ofKey key: [UInt8]) -> [NamingPart] {
        let parent = DITKey.parent(of: key.span)
        guard parent >= 0 else { return [] }
        let rdn = parent == 0 ? key[...] : key[(parent + 1)...]
        return rdn.split(separator: 0x01, omittingEmptySubsequences: false).compactMap { part in
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            return NamingPart(type: Array(part[..<equals]), key: unescaped(part[(equals + 1)...]))
        }
    }

    /// Takes back what keys do to octets of up to 0x02.
    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
        guard part.contains(0x02) else { return Array(part) }
        var octets: [UInt8] = []
        var isEscaped = false
        for octet in part {
            if isEscaped {
                octets.append(octet &- 0x10)
                isEscaped = false
            } else if octet == 0x02 {
                isEscaped = true
            } else {
                octets.append(octet)
            }
        }
        return octets
    }
}
