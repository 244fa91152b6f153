import AttributeIndex
import LDIF
import ReusedMemory
import Schema

/// Makes checked and completed entries of an LDIF reader's content and add records.
struct EntryAssembler {
    var rules: EntryRules
    private let schema: Schema
    private let completion: EntryCompletion
    private let stamp: ChangeStamp
    private var names: AttributeNames
    /// By a description's number, where in the current entry it is: an index plus one.
    private var places: [Int] = []
    private var nameKeys = SiblingKeys()
    private let objectClass: AttributeTypeID?

    /// - Parameters:
    ///   - schema: what the entries' names are looked up in.
    ///   - known: the schema without the names that only the data uses.
    init(schema: Schema, known: Schema, stamp: ChangeStamp) {
        self.schema = schema
        self.stamp = stamp
        rules = EntryRules(schema: schema, known: known)
        completion = EntryCompletion(schema: schema)
        names = AttributeNames(schema: schema)
        objectClass = schema.attributeType("objectClass")?.id
    }

    /// The entry of the reader's current record.
    /// - Throws: what is wrong with it; `.unknownName` for an attribute or class that the schema does not know.
    mutating func entry(
        of reader: borrowing LDIFReader, warnings: inout ImportWarnings
    ) throws(ProvisioningError) -> EntryRecord {
        var fields = EntryFields()
        try assemble(reader, into: &fields, warnings: &warnings)
        return try record(fields, at: RecordPlace(file: reader.file, line: reader.line))
    }

    /// Makes the entry of the reader's current record in place of what `fields` held. Its attributes' columns are the
    /// numbers of `descriptions`.
    mutating func assemble(
        _ reader: borrowing LDIFReader, into fields: inout EntryFields, warnings: inout ImportWarnings
    ) throws(ProvisioningError) {
        let place = RecordPlace(file: reader.file, line: reader.line)
        fields.removeAll()
        try readName(reader.bytes(reader.dn), into: &fields, at: place)
        // Also on the way out with a mistake.
        defer { clearPlaces(fields) }
        for line in reader.lines { try add(line, of: reader, to: &fields) }
        try rules.dropRepeatedValues(from: &fields, at: place, warnings: &warnings)
        let classRules = rules.classRules(of: fields)
        if classRules.isGlue { try addNamingValues(to: &fields, at: place) }
        try rules.checkNaming(fields, at: place)
        try rules.checkClasses(fields, classRules, at: place, warnings: &warnings)
        try rules.checkPasswords(fields, at: place, warnings: &warnings)
        completion.complete(&fields, names: &names, structuralClass: classRules.structuralClass, stamp: stamp)
    }

    /// The descriptions that attributes' columns are numbers of.
    var descriptions: [AttributeDescription] { names.descriptions }

    /// A record's fields, to be checked.
    mutating func fields(of record: EntryRecord) -> EntryFields {
        var fields = EntryFields()
        fields.name.append(copying: record.dn.text.utf8.span)
        fields.key = record.dn.key
        for attribute in record.attributes {
            let place = fields.appendAttribute(
                column: names.number(of: attribute.description), type: attribute.description.type,
                hasOptions: !attribute.description.options.isEmpty)
            for value in attribute.values { fields.append(value.span, toAttribute: place) }
        }
        return fields
    }

    private func record(
        _ fields: borrowing EntryFields, at place: RecordPlace
    ) throws(ProvisioningError) -> EntryRecord {
        var record = EntryRecord(dn: try name(fields, at: place), attributes: [])
        for index in fields.attributes.indices {
            record.attributes.append(
                EntryAttribute(
                    description: descriptions[fields.attributes[index].column],
                    values: fields.values(ofAttribute: index)))
        }
        return record
    }

    private func name(
        _ fields: borrowing EntryFields, at place: RecordPlace
    ) throws(ProvisioningError) -> DistinguishedName {
        do {
            return try DistinguishedName(parsing: fields.name.span, schema: schema)
        } catch {
            throw refusal(of: error, at: place)
        }
    }

    private mutating func readName(
        _ text: Span<UInt8>, into fields: inout EntryFields, at place: RecordPlace
    ) throws(ProvisioningError) {
        fields.name.append(copying: text)
        do {
            try nameKeys.append(text, in: schema, to: &fields.key)
        } catch {
            throw refusal(of: error, at: place)
        }
        guard !fields.key.isEmpty else {
            throw ProvisioningError(.invalidName, at: place, "expected a name that is not empty")
        }
    }

    private func refusal(of error: DNError, at place: RecordPlace) -> ProvisioningError {
        let code = error.code == .unknownAttributeType ? ProvisioningError.Code.unknownName : .invalidName
        return ProvisioningError(code, at: place, "dn: \(error)")
    }

    private mutating func add(
        _ line: LDIFLine, of reader: borrowing LDIFReader, to fields: inout EntryFields
    ) throws(ProvisioningError) {
        let name = reader.bytes(line.name)
        guard let found = names.find(name) else {
            throw unknownAttribute(name, at: RecordPlace(file: reader.file, line: line.line))
        }
        let number = names.entries[found].number
        if number < 0 {
            guard names.entries[found].isRefused else { return }
            throw ProvisioningError(
                .noUserModification, at: RecordPlace(file: reader.file, line: line.line),
                "expected no \(EntrySource.attribute), which is the server's own")
        }
        let value = reader.bytes(line.value)
        try check(value, names.entries[found].type, at: RecordPlace(file: reader.file, line: line.line))
        while places.count <= number { places.append(0) }
        var place = places[number] - 1
        if place < 0 {
            place = fields.appendAttribute(
                column: number, type: names.entries[found].type.id, hasOptions: names.entries[found].hasOptions)
            places[number] = place + 1
        } else if names.entries[found].type.isSingleValued {
            throw ProvisioningError(
                .singleValued, at: RecordPlace(file: reader.file, line: line.line),
                "expected one value of \(names.entries[found].type.name), which is single-valued")
        }
        fields.append(value, toAttribute: place)
    }

    private mutating func clearPlaces(_ fields: borrowing EntryFields) {
        for index in fields.attributes.indices {
            let number = fields.attributes[index].column
            if number < places.count { places[number] = 0 }
        }
    }

    private func check(
        _ value: Span<UInt8>, _ type: AttributeType, at place: @autoclosure () -> RecordPlace
    ) throws(ProvisioningError) {
        do {
            try type.syntax.validate(value, in: schema)
        } catch {
            throw ProvisioningError(.invalidValue, at: place(), "\(type.name): \(error)")
        }
        guard type.id != objectClass || schema.objectClass(value) != nil else {
            throw ProvisioningError(.unknownName, at: place(), "expected an object class of the schema")
        }
    }

    @inline(never)
    private func unknownAttribute(_ name: Span<UInt8>, at place: RecordPlace) -> ProvisioningError {
        let text = String(decoding: name.copied, as: UTF8.self)
        let type = text.prefix { $0 != ";" }
        guard schema.attributeType(String(type)) != nil else {
            return ProvisioningError(.unknownName, at: place, "expected an attribute of the schema; \(type) is not one")
        }
        return ProvisioningError(
            .invalidAttribute, at: place,
            "expected known options after \(type): lang-…, x-…, or binary where it belongs")
    }

    /// A glue entry may come without the values of its own name, as OpenLDAP writes it; ours have them.
    private mutating func addNamingValues(
        to fields: inout EntryFields, at place: RecordPlace
    ) throws(ProvisioningError) {
        for assertion in try name(fields, at: place).rdns.first?.assertions ?? [] {
            guard let type = schema.attributeType(assertion.type), fields.attribute(of: type.id) == nil else {
                continue
            }
            let number = names.number(of: AttributeDescription(type: type.id))
            let index = fields.appendAttribute(column: number, type: type.id, hasOptions: false)
            fields.append(assertion.value.span, toAttribute: index)
        }
    }
}

extension Span<UInt8> {
    /// The octets in an array of their own.
    var copied: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(count)
        for index in indices { octets.append(self[index]) }
        return octets
    }
}
