import AttributeIndex
import ReusedMemory
import Schema

/// Fills in the operational attributes that an entry does not bring: they are stored, not computed at a search.
struct EntryCompletion {
    /// What is filled in, in the order in which slapcat writes it.
    private enum Attribute: Int, CaseIterable {
        case structuralObjectClass, entryUUID, creatorsName, createTimestamp, entryCSN, modifiersName, modifyTimestamp

        static let all = allCases
        var bit: UInt8 { 1 << UInt8(rawValue) }
    }

    /// How many attributes may be filled in.
    static let attributeCount = Attribute.all.count

    /// By `Attribute`.
    private let descriptions: [AttributeDescription?]
    /// By attribute type: one bit for the `Attribute` that it is.
    private let bits: [UInt8]

    init(schema: Schema) {
        let types = Attribute.all.map { schema.attributeType("\($0)") }
        descriptions = types.map { type in type.map { AttributeDescription(type: $0.id) } }
        var bits = [UInt8](repeating: 0, count: schema.attributeTypes.count)
        for (attribute, type) in zip(Attribute.all, types) {
            if let type { bits[type.id.index] = attribute.bit }
        }
        self.bits = bits
    }

    /// Adds what is missing.
    func complete(_ record: inout EntryRecord, structuralClass: [UInt8]?, stamp: ChangeStamp) {
        var present: UInt8 = 0
        for index in record.attributes.indices { present |= bits[record.attributes[index].description.type.index] }
        for attribute in Attribute.all where present & attribute.bit == 0 {
            guard let description = descriptions[attribute.rawValue],
                let value = value(of: attribute, key: record.dn.key, structuralClass, stamp)
            else { continue }
            record.attributes.append(EntryAttribute(description: description, values: [value]))
        }
    }

    /// Adds what is missing. - Parameter names: numbers the descriptions of the entry's attributes.
    func complete(
        _ fields: inout EntryFields, names: inout AttributeNames, structuralClass: [UInt8]?, stamp: ChangeStamp
    ) {
        var present: UInt8 = 0
        for place in fields.attributes.indices { present |= bits[fields.attributes[place].type.index] }
        for attribute in Attribute.all where present & attribute.bit == 0 {
            guard let description = descriptions[attribute.rawValue],
                let value = value(of: attribute, key: fields.key, structuralClass, stamp)
            else { continue }
            let place = fields.appendAttribute(
                column: names.number(of: description), type: description.type, hasOptions: false)
            fields.append(value.span, toAttribute: place)
        }
    }

    private func value(
        of attribute: Attribute, key: [UInt8], _ structuralClass: [UInt8]?, _ stamp: ChangeStamp
    ) -> [UInt8]? {
        switch attribute {
        case .structuralObjectClass: structuralClass
        case .entryUUID: UUIDv5(namespace: UUIDv5.x500, name: key).text
        case .creatorsName, .modifiersName: stamp.author
        case .createTimestamp, .modifyTimestamp: stamp.timestamp
        case .entryCSN: stamp.changeSequenceNumber
        }
    }

    /// Notes that the entry was changed just now.
    func restamp(_ record: inout EntryRecord, structuralClass: [UInt8]?, stamp: ChangeStamp) {
        var changed: [Attribute] = [.entryCSN, .modifiersName, .modifyTimestamp]
        if structuralClass != nil { changed.append(.structuralObjectClass) }
        let mask = changed.reduce(0) { $0 | $1.bit }
        record.attributes.removeAll { bits[$0.description.type.index] & mask != 0 }
        complete(&record, structuralClass: structuralClass, stamp: stamp)
    }
}
