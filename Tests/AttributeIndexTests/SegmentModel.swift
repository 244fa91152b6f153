import AttributeIndex
import Schema

/// What a segment should answer, worked out naively from the records.
struct SegmentModel {
    /// In the order of their DIT keys.
    let records: [EntryRecord]
    /// For each attribute name, each key, and the entries that have it.
    var postings: [String: [[UInt8]: [UInt32]]] = [:]
    var occurrences: [String: [[UInt8]: Int]] = [:]
    var presence: [String: [UInt32]] = [:]

    init(_ unsorted: [EntryRecord], schema: Schema) throws {
        records = unsorted.sorted { $0.dn.key.lexicographicallyPrecedes($1.dn.key) }
        for (entry, record) in records.enumerated() {
            for attribute in record.attributes {
                let name = attribute.description.name(in: schema)
                presence[name, default: []].append(UInt32(entry))
                let type = schema.attributeType(attribute.description.type)
                guard name != "userPassword", let rule = type.equality ?? type.ordering else { continue }
                for value in attribute.values {
                    var key: [UInt8] = []
                    try rule.appendStoredKey(of: value.span, in: schema, to: &key)
                    occurrences[name, default: [:]][key, default: 0] += 1
                    if postings[name]?[key]?.last != UInt32(entry) {
                        postings[name, default: [:]][key, default: []].append(UInt32(entry))
                    }
                }
            }
        }
    }

    func keys(_ name: String) -> [[UInt8]] {
        (postings[name] ?? [:]).keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    func subtree(of key: [UInt8]) -> [UInt32] {
        records.indices.filter { entry in
            let other = records[entry].dn.key
            return key.isEmpty || other == key || other.starts(with: key + [0])
        }.map(UInt32.init)
    }

    func childCount(of key: [UInt8]) -> Int {
        records.count { record in
            let other = record.dn.key
            let parent = other.lastIndex(of: 0) ?? 0
            return !other.isEmpty && Array(other[..<parent]) == key
        }
    }
}
