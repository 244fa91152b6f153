import Schema
import Testing

@testable import AttributeIndex

/// People of identity providers, numbered from 0, beside the campus of LDIF.
extension StoreFixture {
    static func id(_ source: Int) -> SourceID {
        SourceID(uuid: UUIDv5(namespace: UUIDv5.url, name: Array("https://idp\(source).example.edu/".utf8)))
    }

    static func state(_ source: Int, at position: UInt64, people: Int) -> SourceState {
        SourceState(
            id: id(source), name: "https://idp\(source).example.edu/", position: position, people: people,
            snapshotTime: 1_763_700_000)
    }

    static func subject(_ number: Int) -> [UInt8] { Array("subject \(number)".utf8) }

    /// The person of a source. `version` is in an attribute; every other one has a name of its own.
    static func person(_ number: Int, of source: Int, version: Int = 0) throws -> EntryRecord {
        let name = "s\(source)p\(number)" + (version % 2 == 0 ? "" : "x")
        let origin = EntrySource(id: id(source), subject: subject(number))
        var record = try record(
            "uid=\(name),ou=People,\(suffix)",
            [
                ("objectClass", ["inetOrgPerson"]), ("uid", [name]), ("cn", ["Person \(number)"]),
                ("sn", ["Of \(source)"]),
                ("description", ["version \(version)"]), ("entryUUID", [origin.entryUUID.description]),
                ("userPassword", ["secret"]),
            ])
        let attribute = try #require(AttributeDescription(parsing: EntrySource.attribute, schema: .builtIn))
        record.attributes.append(EntryAttribute(description: attribute, values: [origin.value]))
        return record
    }

    /// What changes a person from one version to the next: another name is another entry.
    static func changes(
        _ number: Int, of source: Int, from old: Int?, to new: Int?
    ) throws -> [EntryChange] {
        var changes: [EntryChange] = []
        if let old { changes.append(.delete(key: try person(number, of: source, version: old).dn.key)) }
        if let new { changes.append(.put(try person(number, of: source, version: new))) }
        return changes
    }

    /// Adds a part to a delivery.
    static func add(_ changes: [EntryChange], to delivery: Delivery) throws {
        var builder = SegmentBuilder(schema: .builtIn, seed: 42)
        var put: Set<[UInt8]> = []
        for case .put(let record) in changes {
            put.insert(record.dn.key)
            try builder.add(record)
        }
        for case .delete(let key) in changes where !put.contains(key) { builder.addTombstone(key: key) }
        try delivery.add(builder)
    }

    /// The DIT keys of a source's entries by subject, each found by iteration, by its entryUUID and by its key.
    static func people(of source: Int, in store: IndexStore) throws -> [String: [UInt8]] {
        let generation = store.currentGeneration()
        var found: [(place: EntryPlace, key: [UInt8], subject: [UInt8])] = []
        try generation.forEachEntry(of: id(source)) { (place, key, subject) throws(SegmentError) in
            found.append((place, [UInt8](copying: key), [UInt8](copying: subject)))
        }
        var people: [String: [UInt8]] = [:]
        for (place, key, subject) in found {
            people[String(decoding: subject, as: UTF8.self)] = key
            let origin = EntrySource(id: id(source), subject: subject)
            #expect(try generation.find(uuid: origin.entryUUID) == place)
            #expect(try generation.find(key.span) == place)
            #expect(try generation.segments[place.segment].source(of: place.entry) == origin)
            let record = try generation.entry(withUUID: origin.entryUUID)
            #expect(record?.dn.key == key && record?.source(generation.schema) == origin)
        }
        return people
    }
}
