import AttributeIndex
import LDIF
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
        let place = RecordPlace(file: reader.file, line: reader.line)
        var record = EntryRecord(dn: try name(reader.bytes(reader.dn), at: place), attributes: [])
        record.attributes.reserveCapacity(reader.lines.count + EntryCompletion.attributeCount)
        for line in reader.lines { try add(line, of: reader, to: &record) }
        clearPlaces()
        try rules.dropRepeatedValues(from: &record, at: place, warnings: &warnings)
        let classRules = rules.classRules(of: record)
        if classRules.isGlue { addNamingValues(to: &record) }
        try rules.checkNaming(record, at: place)
        try rules.checkClasses(record, classRules, at: place, warnings: &warnings)
        try rules.checkPasswords(record, at: place, warnings: &warnings)
        completion.complete(&record, structuralClass: classRules.structuralClass, stamp: stamp)
        return record
    }

    private func name(_ text: Span<UInt8>, at place: RecordPlace) throws(ProvisioningError) -> DistinguishedName {
        let name: DistinguishedName
        do {
            name = try DistinguishedName(parsing: text, schema: schema)
        } catch {
            let code = error.code == .unknownAttributeType ? ProvisioningError.Code.unknownName : .invalidName
            throw ProvisioningError(code, at: place, "dn: \(error)")
        }
        guard !name.key.isEmpty else {
            throw ProvisioningError(.invalidName, at: place, "expected a name that is not empty")
        }
        return name
    }

    private mutating func add(
        _ line: LDIFLine, of reader: borrowing LDIFReader, to record: inout EntryRecord
    ) throws(ProvisioningError) {
        let name = reader.bytes(line.name)
        guard let known = names.find(name) else {
            throw unknownAttribute(name, at: RecordPlace(file: reader.file, line: line.line))
        }
        if known.isComputed { return }
        let value = reader.bytes(line.value)
        try check(value, known.type, at: RecordPlace(file: reader.file, line: line.line))
        if places.count <= known.number {
            places.append(contentsOf: repeatElement(0, count: known.number + 1 - places.count))
        }
        let index = places[known.number] - 1
        if index >= 0 {
            guard !known.type.isSingleValued else {
                throw ProvisioningError(
                    .singleValued, at: RecordPlace(file: reader.file, line: line.line),
                    "expected one value of \(known.type.name), which is single-valued")
            }
            record.attributes[index].values.append(reader.copy(line.value))
        } else {
            record.attributes.append(
                EntryAttribute(description: known.description, values: [reader.copy(line.value)]))
            places[known.number] = record.attributes.count
        }
    }

    private mutating func clearPlaces() {
        for index in places.indices { places[index] = 0 }
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
    private func addNamingValues(to record: inout EntryRecord) {
        for assertion in record.dn.rdns.first?.assertions ?? [] {
            guard let type = schema.attributeType(assertion.type) else { continue }
            let description = AttributeDescription(type: type.id)
            guard !record.attributes.contains(where: { $0.description == description }) else { continue }
            record.attributes.append(EntryAttribute(description: description, values: [assertion.value]))
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
