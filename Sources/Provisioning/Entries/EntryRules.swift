import AttributeIndex
import Credentials
import ReusedMemory
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
    mutating func classRules(of fields: borrowing EntryFields) -> ClassRules {
        classes.rules(of: fields, objectClass.flatMap { fields.attribute(of: $0) })
    }

    /// Drops values given twice in one attribute, with a warning: slapadd takes them, and keeps both.
    mutating func dropRepeatedValues(
        from fields: inout EntryFields, at place: RecordPlace, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        for index in fields.attributes.indices where fields.attributes[index].valueCount > 1 {
            let id = fields.attributes[index].type
            if id == objectClass, !classes.rules(of: fields, index).mayRepeat { continue }
            let type = schema.attributeType(id)
            try readKeys(of: fields, index, type, at: place)
            for position in keys.repeated.reversed() {
                try warnings.note(
                    .duplicateValue, name: type.name, at: place, "expected each value of \(type.name) once")
                fields.removeValue(position, ofAttribute: index)
            }
        }
    }

    /// Reads the equality keys of an attribute's values.
    private mutating func readKeys(
        of fields: borrowing EntryFields, _ index: Int, _ type: AttributeType, at place: RecordPlace
    ) throws(ProvisioningError) {
        keys.removeAll()
        var number = fields.attributes[index].first
        while number >= 0 {
            try appendKey(of: fields.value(number), type, at: place)
            number = fields.value(after: number)
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
    mutating func checkNaming(
        _ fields: borrowing EntryFields, at place: RecordPlace
    ) throws(ProvisioningError) {
        if try isNamedPlainly(fields, at: place) { return }
        for part in NamingPart.parts(ofKey: fields.key) {
            guard let type = schema.attributeType(part.type.span) else { continue }
            keys.removeAll()
            if let index = fields.attribute(of: type.id) { try readKeys(of: fields, index, type, at: place) }
            guard keys.firstIndex(of: part.key[...]) != nil else {
                throw ProvisioningError(
                    .namingValue, at: place,
                    "expected the value of \(type.name) in the entry's name among its attributes")
            }
        }
    }

    /// Whether the entry is named by one value, which is in its key as it is, and has it: nearly all are, and nothing need
    /// be copied to see it.
    private mutating func isNamedPlainly(
        _ fields: borrowing EntryFields, at place: RecordPlace
    ) throws(ProvisioningError) -> Bool {
        let key = fields.key.span
        let rdn = key.extracting((DITKey.parent(of: key) <= 0 ? 0 : DITKey.parent(of: key) + 1)...)
        var equals = 0
        while equals < rdn.count, rdn[equals] != UInt8(ascii: "=") { equals += 1 }
        for index in rdn.indices where rdn[index] <= 0x02 { return false }
        guard equals < rdn.count, let type = schema.attributeType(rdn.extracting(0..<equals)),
            let index = fields.attribute(of: type.id)
        else { return false }
        try readKeys(of: fields, index, type, at: place)
        return keys.contains(rdn.extracting((equals + 1)...))
    }

    /// MUST, MAY and the structural class: warned of, or refused when strict.
    mutating func checkClasses(
        _ fields: borrowing EntryFields, _ rules: ClassRules, at place: RecordPlace, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        if rules.isGlue { return }
        if rules.structuralClass == nil {
            try warnings.note(.noStructuralClass, at: place, "expected one structural object class")
        }
        for id in rules.required where !fields.has(id) {
            let name = schema.attributeType(id).name
            try warnings.note(
                .missingAttribute, name: name, at: place,
                "expected \(name), which an object class of the entry requires")
        }
        if rules.allowsAll { return }
        for index in fields.attributes.indices where !rules.allows(fields.attributes[index].type) {
            let type = schema.attributeType(fields.attributes[index].type)
            if type.isOperational || type.id.index >= knownTypes || type.id == objectClass { continue }
            try warnings.note(
                .attributeNotAllowed, name: type.name, at: place,
                "expected no \(type.name), which no object class of the entry allows")
        }
    }

    /// Passwords that nobody can bind with: warned of by scheme, never refused.
    func checkPasswords(
        _ fields: borrowing EntryFields, at place: RecordPlace, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        for index in fields.attributes.indices where fields.attributes[index].type == userPassword {
            var number = fields.attributes[index].first
            while number >= 0 {
                let scheme = scheme(of: fields.value(number))
                number = fields.value(after: number)
                if scheme.isVerifiable { continue }
                try warnings.note(.unverifiablePassword, name: scheme.name, at: place, "")
            }
        }
    }
}

extension EntryFields {
    /// Whether the entry has an attribute of this type, whatever its options.
    fileprivate func has(_ type: AttributeTypeID) -> Bool {
        for index in attributes.indices where attributes[index].type == type { return true }
        return false
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
