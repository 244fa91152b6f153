import Schema

/// One change of a batch: an entry as it is to be from now on, or a name that is to be no more.
public enum EntryChange: Sendable {
    /// The entry is this, whether or not there was one of its name.
    case put(EntryRecord)
    /// There is no entry with this DIT key; its children, if it has any, are not touched.
    case delete(key: [UInt8])

    /// The DIT key of the entry that changes.
    public var key: [UInt8] {
        switch self {
        case .put(let record): record.dn.key
        case .delete(let key): key
        }
    }
}

/// A batch of changes as a record of the journal. Numbers are LEB128 varints; texts and values are a length and octets.
///
///     version      1
///     types        count, then for each: name, and 1 for binary or 0 for text: the attribute types of the batch, which a
///                  reader whose schema lacks one adds by `Schema.addingUnknown`
///     classes      count, then for each: name; the object classes that the writer's schema lacked
///     changes      count, then for each:
///                    1, DN, attribute count, then for each: description, value count, values
///                    0, DIT key
struct ChangeBatch {
    static let version: UInt64 = 1

    var changes: [EntryChange]
    /// The schema that the changes' attribute types are numbers of.
    var schema: Schema

    /// The octets of the batch. `base` is the configured schema, without what records added to it.
    func encoded(base: Schema) -> [UInt8] {
        var octets: [UInt8] = []
        Varint.append(ChangeBatch.version, to: &octets)
        let types = usedTypes().map { schema.attributeType($0) }
        Varint.append(UInt64(types.count), to: &octets)
        for type in types {
            ChangeBatch.append(Array(type.name.utf8), to: &octets)
            octets.append(type.equality?.name == "octetStringMatch" ? 1 : 0)
        }
        let classes = schema.objectClasses.filter { base.objectClass($0.name) == nil }
        Varint.append(UInt64(classes.count), to: &octets)
        for name in classes { ChangeBatch.append(Array(name.name.utf8), to: &octets) }
        Varint.append(UInt64(changes.count), to: &octets)
        for change in changes { append(change, to: &octets) }
        return octets
    }

    private func usedTypes() -> [AttributeTypeID] {
        var used: Set<AttributeTypeID> = []
        for case .put(let record) in changes { used.formUnion(record.attributes.map(\.description.type)) }
        return used.sorted { $0.rawValue < $1.rawValue }
    }

    private func append(_ change: EntryChange, to octets: inout [UInt8]) {
        switch change {
        case .delete(let key):
            octets.append(0)
            ChangeBatch.append(key, to: &octets)
        case .put(let record):
            octets.append(1)
            ChangeBatch.append(Array(record.dn.text.utf8), to: &octets)
            Varint.append(UInt64(record.attributes.count), to: &octets)
            for attribute in record.attributes {
                ChangeBatch.append(Array(attribute.description.name(in: schema).utf8), to: &octets)
                Varint.append(UInt64(attribute.values.count), to: &octets)
                for value in attribute.values { ChangeBatch.append(value, to: &octets) }
            }
        }
    }

    private static func append(_ text: [UInt8], to octets: inout [UInt8]) {
        Varint.append(UInt64(text.count), to: &octets)
        octets.append(contentsOf: text)
    }

    /// Reads a batch; nil if it is not one. Names that `schema` lacks are added to it.
    init?(decoding octets: [UInt8], schema: Schema) {
        var reader = ChangeReader(octets)
        guard reader.number() == ChangeBatch.version, let extended = reader.schema(extending: schema),
            let count = reader.count()
        else { return nil }
        self.schema = extended
        changes = []
        changes.reserveCapacity(count)
        for _ in 0..<count {
            guard let change = reader.change(extended) else { return nil }
            changes.append(change)
        }
        guard reader.isAtEnd else { return nil }
    }

    init(changes: [EntryChange], schema: Schema) {
        self.changes = changes
        self.schema = schema
    }
}

/// Reads the parts of a batch, each nil when the octets do not hold it.
private struct ChangeReader {
    private let octets: [UInt8]
    private var place = 0

    init(_ octets: [UInt8]) { self.octets = octets }

    var isAtEnd: Bool { place == octets.count }

    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while place < octets.count, shift < 64 {
            let octet = octets[place]
            place += 1
            number |= UInt64(octet & 0x7F) << shift
            if octet < 0x80 { return number }
            shift += 7
        }
        return nil
    }

    /// A count of things that take an octet each at least.
    mutating func count() -> Int? {
        guard let number = number(), number <= UInt64(octets.count - place) else { return nil }
        return Int(number)
    }

    mutating func text() -> [UInt8]? {
        guard let length = count() else { return nil }
        defer { place += length }
        return Array(octets[place..<place + length])
    }

    mutating func string() -> String? { text().flatMap { String(validating: $0, as: UTF8.self) } }

    mutating func schema(extending schema: Schema) -> Schema? {
        guard let typeCount = count() else { return nil }
        var types: [(name: String, isBinary: Bool)] = []
        for _ in 0..<typeCount {
            guard let name = string(), let kind = number(), kind < 2 else { return nil }
            if schema.attributeType(name) == nil { types.append((name, kind == 1)) }
        }
        guard let classCount = count() else { return nil }
        var classes: [String] = []
        for _ in 0..<classCount {
            guard let name = string() else { return nil }
            if schema.objectClass(name) == nil { classes.append(name) }
        }
        return types.isEmpty && classes.isEmpty
            ? schema : schema.addingUnknown(attributeTypes: types, objectClasses: classes)
    }

    mutating func change(_ schema: Schema) -> EntryChange? {
        switch number() {
        case 0: return text().map { .delete(key: $0) }
        case 1: return record(schema).map { .put($0) }
        default: return nil
        }
    }

    private mutating func record(_ schema: Schema) -> EntryRecord? {
        guard let name = text(), let dn = try? DistinguishedName(parsing: name.span, schema: schema),
            let count = count()
        else { return nil }
        var attributes: [EntryAttribute] = []
        for _ in 0..<count {
            guard let name = text(), let description = AttributeDescription(parsing: name.span, schema: schema),
                let valueCount = self.count()
            else { return nil }
            var values: [[UInt8]] = []
            for _ in 0..<valueCount {
                guard let value = text() else { return nil }
                values.append(value)
            }
            attributes.append(EntryAttribute(description: description, values: values))
        }
        return EntryRecord(dn: dn, attributes: attributes)
    }
}
