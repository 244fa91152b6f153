import AttributeIndex
import CommonInterface
import ReusedMemory
import Schema

/// Makes entries of people's records: one after another in the same memory, a mapper for each thread.
///
/// A record is given value by value (`begin`, `add`), then made an entry below ou=People (`assemble`), compared with the entry
/// that is there (`EntryComparison`), and, if it is to be stored, completed (`complete`).
struct PersonMapper: ~Copyable {
    let form: PersonForm
    /// The entry.
    private(set) var fields = EntryFields()
    /// Values left out because they end in a domain that the provider may not speak for.
    private(set) var outOfScope = OutOfScopeValues()

    var names: AttributeNames
    private var rules: EntryRules
    private let completion: EntryCompletion
    private var warnings = ImportWarnings(isStrict: false)
    private var nameKeys = SiblingKeys()
    /// By a description's number, where in the entry it is: an index plus one.
    private var places: [Int] = []
    private var deliveredClasses: [[UInt8]] = []
    private let objectClassNumber: Int

    init(_ form: PersonForm) {
        self.form = form
        names = AttributeNames(schema: form.schema)
        rules = EntryRules(schema: form.schema, known: form.base)
        completion = EntryCompletion(schema: form.schema)
        objectClassNumber = names.number(of: AttributeDescription(type: form.objectClass.id))
    }

    /// The descriptions that attributes' columns are numbers of.
    var descriptions: [AttributeDescription] { names.descriptions }

    /// Where in the entry the attribute with a number is; nil where it has none.
    func place(ofNumber number: Int) -> Int? {
        guard number < places.count, places[number] > 0 else { return nil }
        return places[number] - 1
    }

    /// Counts anew what is left out.
    mutating func forgetOutOfScope() { outOfScope = OutOfScopeValues() }

    /// Begins a person.
    mutating func begin() {
        for index in fields.attributes.indices {
            let number = fields.attributes[index].column
            if number < places.count { places[number] = 0 }
        }
        fields.removeAll()
        deliveredClasses.removeAll()
        // First, as in entries everywhere; its values are known at the end.
        _ = place(objectClassNumber, form.objectClass, hasOptions: false)
    }

    /// Adds one value. Attributes that only a server sets are passed over.
    mutating func add(_ name: Span<UInt8>, _ value: Span<UInt8>) throws(PersonRefusal) {
        let name = name.withoutOIDPrefix
        guard let found = names.find(name) else { throw unknown(name) }
        let entry = names.entries[found]
        if entry.isComputed || entry.type.noUserModification { return }
        let type = entry.type
        do {
            try type.syntax.validate(value, in: form.schema)
        } catch {
            throw PersonRefusal(.record, "\(type.name): \(error)")
        }
        if entry.number == objectClassNumber {
            deliveredClasses.append(value.copied)
        } else if form.isScoped[type.id.index], !form.isInScope(value) {
            outOfScope.add(type.name)
        } else {
            fields.append(value, toAttribute: place(entry.number, type, hasOptions: entry.hasOptions))
        }
    }

    /// Adds the values of a record that was read before.
    mutating func add(_ attributes: [IdentityAttribute]) throws(PersonRefusal) {
        for attribute in attributes {
            for value in attribute.values { try add(attribute.name.utf8.span, value.span) }
        }
    }

    /// Makes what was added an entry below ou=People, and checks it. What is operational is not there yet.
    mutating func assemble(_ subject: SubjectName) throws(PersonRefusal) {
        try form.checkScope(of: subject)
        try addObjectClasses()
        do {
            try rules.dropRepeatedValues(from: &fields, at: RecordPlace(file: "", line: 0), warnings: &warnings)
        } catch {
            throw PersonRefusal(error)
        }
        try checkSingleValues()
        try readName(subject)
        allowAttributes()
    }

    /// Makes the entry one that can be stored.
    /// - Parameter former: the entry that it takes the place of.
    mutating func complete(
        _ identity: PersonIdentity, stamp: ChangeStamp, former: FormerEntry?
    ) throws(SegmentError) {
        append(identity.uuid.text.span, to: form.entryUUID)
        append((form.identityPrefix + identity.key).span, to: form.identitySource)
        if let former {
            try former.forEachOrigin { (type, value) in append(value, to: type) }
        }
        completion.complete(
            &fields, names: &names, structuralClass: rules.classRules(of: fields).structuralClass, stamp: stamp)
    }

    /// The entry in memory of its own.
    func record() throws(PersonRefusal) -> EntryRecord {
        let name: DistinguishedName
        do { name = try DistinguishedName(parsing: fields.name.span, schema: form.schema) } catch {
            throw PersonRefusal(.record, "\(form.rdn.name): \(error)")
        }
        var record = EntryRecord(dn: name, attributes: [])
        record.attributes.reserveCapacity(fields.attributes.count)
        for index in fields.attributes.indices {
            record.attributes.append(
                EntryAttribute(
                    description: descriptions[fields.attributes[index].column],
                    values: fields.values(ofAttribute: index)))
        }
        return record
    }

    private mutating func place(_ number: Int, _ type: AttributeType, hasOptions: Bool) -> Int {
        while places.count <= number { places.append(0) }
        if places[number] == 0 {
            places[number] = fields.appendAttribute(column: number, type: type.id, hasOptions: hasOptions) + 1
        }
        return places[number] - 1
    }

    private mutating func append(_ value: Span<UInt8>, to type: AttributeType) {
        let number = names.number(of: AttributeDescription(type: type.id))
        fields.append(value, toAttribute: place(number, type, hasOptions: false))
    }

    @inline(never)
    private func unknown(_ name: Span<UInt8>) -> PersonRefusal {
        let text = String(decoding: name.copied, as: UTF8.self)
        let type = String(text.prefix { $0 != ";" })
        if form.schema.attributeType(type) != nil {
            return PersonRefusal(
                .record, "expected known options after \(type): lang-…, x-…, or binary where it belongs")
        }
        guard UndeclaredNames.isName(type) else {
            return PersonRefusal(.record, "expected names of attributes that are names or OIDs")
        }
        return PersonRefusal(.unknownName, "expected an attribute of the schema; \(type) is not one")
    }
}

extension PersonMapper {
    /// The classes that the record brings, if one of them is structural; else those that are configured, and what it brings.
    private mutating func addObjectClasses() throws(PersonRefusal) {
        var hasStructural = false
        for value in deliveredClasses {
            guard let found = form.schema.objectClass(value.span) else {
                throw PersonRefusal(.unknownName, "expected object classes of the schema")
            }
            guard !found.lineage.contains(where: { Self.specialClasses.contains($0.oid) }) else {
                throw PersonRefusal(.record, "expected a person, not an entry of the class \(found.name)")
            }
            hasStructural = hasStructural || found.kind == .structural
        }
        if !hasStructural {
            for value in form.objectClasses { fields.append(value.span, toAttribute: 0) }
        }
        for value in deliveredClasses {
            // `top` alone says nothing: it fills records that would be empty.
            let isAbstract = form.schema.objectClass(value.span)?.kind == .abstract
            if hasStructural || !isAbstract { fields.append(value.span, toAttribute: 0) }
        }
        guard fields.attributes[0].valueCount > 0 else {
            throw PersonRefusal(.record, "expected an object class: none is configured, and the record has none")
        }
    }

    /// Entries that are looked at in another way than people: alias, referral, subentry and OpenLDAP's glue.
    private static let specialClasses: Set<String> = [
        "2.5.6.1", "2.16.840.1.113730.3.2.6", "2.5.17.0", "1.3.6.1.4.1.4203.666.3.4",
    ]

    private func checkSingleValues() throws(PersonRefusal) {
        for index in fields.attributes.indices where fields.attributes[index].valueCount > 1 {
            let type = form.schema.attributeType(fields.attributes[index].type)
            guard !type.isSingleValued else {
                throw PersonRefusal(.record, "expected one value of \(type.name), which is single-valued")
            }
        }
    }

    /// Names the entry by the least value of its naming attribute.
    private mutating func readName(_ subject: SubjectName) throws(PersonRefusal) {
        if fields.attribute(of: form.rdn.id) == nil { addSubject(subject) }
        guard let place = fields.attribute(of: form.rdn.id) else {
            throw PersonRefusal(.record, "expected a value of \(form.rdn.name), which names the entry")
        }
        var least = fields.value(fields.attributes[place].first).copied
        var number = fields.value(after: fields.attributes[place].first)
        while number >= 0 {
            let value = fields.value(number)
            if value.precedes(least.span) { least = value.copied }
            number = fields.value(after: number)
        }
        let rdn = RelativeDistinguishedName([.init(type: form.rdn.name, value: least)])
        let name = Array("\(rdn),\(form.people.text)".utf8)
        fields.name.append(copying: name.span)
        do {
            try nameKeys.append(name.span, in: form.schema, to: &fields.key)
        } catch {
            throw PersonRefusal(.record, "\(form.rdn.name): \(error)")
        }
    }

    /// Who is named by the subject has it, whether or not it was released as an attribute.
    private mutating func addSubject(_ subject: SubjectName) {
        let name = Array(subject.attribute.utf8)
        guard form.schema.attributeType(name.span.withoutOIDPrefix)?.id == form.rdn.id else { return }
        append(subject.value.span, to: form.rdn)
    }

    /// Makes the entry extensible where its classes do not allow an attribute that it has (RFC 4512 section 4.3).
    private mutating func allowAttributes() {
        let rules = rules.classRules(of: fields)
        guard !rules.allowsAll else { return }
        for index in fields.attributes.indices where !rules.allows(fields.attributes[index].type) {
            let type = form.schema.attributeType(fields.attributes[index].type)
            if type.isOperational || type.id == form.objectClass.id { continue }
            fields.append("extensibleObject".utf8.span, toAttribute: 0)
            return
        }
    }
}

/// How many values of which attributes were left out.
struct OutOfScopeValues: Sendable, Equatable {
    private(set) var counts: [String: Int] = [:]

    var isEmpty: Bool { counts.isEmpty }

    mutating func add(_ attribute: String) { counts[attribute, default: 0] += 1 }

    mutating func add(_ other: OutOfScopeValues) { counts.merge(other.counts, uniquingKeysWith: +) }
}

extension Span<UInt8> {
    /// Whether these octets come before others.
    func precedes(_ other: Span<UInt8>) -> Bool {
        for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
            return self[index] < other[index]
        }
        return count < other.count
    }
}
