import AttributeIndex
import Schema

/// Fills in the operational attributes that an entry does not bring (DESIGN: stored, not computed at a search).
struct EntryCompletion {
    private let structuralObjectClass: AttributeDescription?
    private let entryUUID: AttributeDescription?
    private let creatorsName: AttributeDescription?
    private let createTimestamp: AttributeDescription?
    private let entryCSN: AttributeDescription?
    private let modifiersName: AttributeDescription?
    private let modifyTimestamp: AttributeDescription?

    init(schema: Schema) {
        func description(_ name: String) -> AttributeDescription? {
            schema.attributeType(name).map { AttributeDescription(type: $0.id) }
        }
        structuralObjectClass = description("structuralObjectClass")
        entryUUID = description("entryUUID")
        creatorsName = description("creatorsName")
        createTimestamp = description("createTimestamp")
        entryCSN = description("entryCSN")
        modifiersName = description("modifiersName")
        modifyTimestamp = description("modifyTimestamp")
    }

    /// Adds what is missing, in the order in which slapcat writes it.
    func complete(_ record: inout EntryRecord, structuralClass: [UInt8]?, stamp: ChangeStamp) {
        if let structuralClass { add(structuralObjectClass, structuralClass, to: &record) }
        if let entryUUID, !has(entryUUID, record) {
            add(entryUUID, UUIDv5(namespace: UUIDv5.x500, name: record.dn.key).text, to: &record)
        }
        add(creatorsName, stamp.author, to: &record)
        add(createTimestamp, stamp.timestamp, to: &record)
        add(entryCSN, stamp.changeSequenceNumber, to: &record)
        add(modifiersName, stamp.author, to: &record)
        add(modifyTimestamp, stamp.timestamp, to: &record)
    }

    /// Notes that the entry was changed just now.
    func restamp(_ record: inout EntryRecord, structuralClass: [UInt8]?, stamp: ChangeStamp) {
        let changed =
            [entryCSN, modifiersName, modifyTimestamp] + (structuralClass == nil ? [] : [structuralObjectClass])
        record.attributes.removeAll { changed.contains($0.description) }
        complete(&record, structuralClass: structuralClass, stamp: stamp)
    }

    private func has(_ description: AttributeDescription, _ record: EntryRecord) -> Bool {
        record.attributes.contains { $0.description == description }
    }

    private func add(_ description: AttributeDescription?, _ value: [UInt8], to record: inout EntryRecord) {
        guard let description, !has(description, record) else { return }
        record.attributes.append(EntryAttribute(description: description, values: [value]))
    }
}
