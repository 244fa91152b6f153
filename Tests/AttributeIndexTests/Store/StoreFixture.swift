import Schema
import Storage
import StorageTesting
import Testing

@testable import AttributeIndex

/// A campus of numbered people in a simulated data directory, and the model it is compared with.
struct StoreFixture {
    /// Every entry by its DIT key, as text that differs whenever the entries do.
    typealias Contents = [[UInt8]: String]

    static let directory = "/data"
    static let suffix = "dc=example,dc=edu"
    static let metadata = ImportMetadata(suffix: suffix, imported: 1_763_700_000, files: [])

    static func record(_ dn: String, _ attributes: [(String, [String])]) throws -> EntryRecord {
        EntryRecord(
            dn: try DistinguishedName(parsing: dn, schema: .builtIn),
            attributes: try attributes.map { name, values in
                EntryAttribute(
                    description: try #require(AttributeDescription(parsing: name, schema: .builtIn)),
                    values: values.map { Array($0.utf8) })
            })
    }

    /// Person `number` as of `version`.
    static func person(_ number: Int, version: Int = 0) throws -> EntryRecord {
        try record(
            "uid=p\(number),ou=People,\(suffix)",
            [
                ("objectClass", ["inetOrgPerson"]), ("uid", ["p\(number)"]), ("cn", ["Person \(number)"]),
                ("sn", ["Family\(number % 7)"]), ("description", ["version \(version)", "always"]),
                ("userPassword", ["secret\(version)"]),
            ])
    }

    static func campus(people: Range<Int>, version: Int = 0) throws -> [EntryRecord] {
        try [
            record(suffix, [("objectClass", ["domain"]), ("dc", ["example"])]),
            record("ou=People,\(suffix)", [("objectClass", ["organizationalUnit"]), ("ou", ["People"])]),
        ] + people.map { try person($0, version: version) }
    }

    static func builder(_ records: [EntryRecord]) throws -> SegmentBuilder {
        var builder = SegmentBuilder(schema: .builtIn, seed: 42)
        for record in records { try builder.add(record) }
        return builder
    }

    static func open(
        _ files: any FileSystem, _ access: IndexStore.Access, policy: StorePolicy = small, directory: String = directory
    ) throws(StoreError) -> IndexStore {
        try IndexStore.open(directory: directory, schema: .builtIn, access: access, files: files, policy: policy)
    }

    /// Limits so low that a few changes reach them.
    static var small: StorePolicy {
        var policy = StorePolicy()
        policy.journalLimit = 1_000
        policy.automaticFoldLimit = 12_000
        return policy
    }

    static func text(_ record: EntryRecord, _ schema: Schema) -> String {
        record.attributes.map { attribute in
            let values = attribute.values.map { String(decoding: $0, as: UTF8.self) }
            return attribute.description.name(in: schema) + "=" + values.joined(separator: "|")
        }.joined(separator: ";")
    }

    static func contents(_ records: [EntryRecord]) -> Contents {
        Dictionary(uniqueKeysWithValues: records.map { ($0.dn.key, text($0, .builtIn)) })
    }

    /// What a generation holds, read through every live entry.
    static func contents(_ generation: Generation) throws -> Contents {
        var contents: Contents = [:]
        for (index, segment) in generation.segments.enumerated() {
            for entry in 0..<segment.entryCount where !generation.isDead(segment: index, entry: entry) {
                let record = try segment.record(entry)
                #expect(contents.updateValue(text(record, segment.schema), forKey: record.dn.key) == nil)
            }
        }
        #expect(contents.count == generation.entryCount)
        return contents
    }

    /// What a store serves: its entries, and where each source stands, by a key that no entry has.
    static func contents(_ store: IndexStore) throws -> Contents {
        var contents = try contents(store.currentGeneration())
        for state in store.sourceStates { contents[[0xFF] + Array(state.name.utf8)] = "\(state)" }
        return contents
    }

    /// A directory with an import of ten people and a few changes in its journal, as after a power cut.
    static func directory(changes: Int = 3, policy: StorePolicy = small) throws -> SimulatedFileSystem {
        let files = SimulatedFileSystem()
        let store = try open(files, .write, policy: policy)
        try store.replaceAll(with: builder(campus(people: 0..<10)), metadata: metadata)
        for change in 0..<changes {
            try store.apply(
                [.put(person(change, version: 1)), .delete(key: person(9 - change).dn.key)], schema: .builtIn)
        }
        return files.afterCrash(.nothing)
    }
}
