import AttributeIndex
import Schema
import Storage
import RandomTesting
import Testing

/// Makes entries in a tree below dc=example,dc=edu, with attributes of every kind that the index treats differently.
struct RandomRecords {
    let schema = Schema.builtIn
    var generator: SeededRandom
    private(set) var names = ["dc=example,dc=edu"]

    init(seed: UInt64) {
        generator = SeededRandom(seed: seed)
    }

    /// A record of given attributes; names must be of the built-in schema.
    static func record(_ dn: String, _ attributes: [(String, [String])]) throws -> EntryRecord {
        let schema = Schema.builtIn
        return EntryRecord(
            dn: try DistinguishedName(parsing: dn, schema: schema),
            attributes: try attributes.map { name, values in
                EntryAttribute(
                    description: try #require(AttributeDescription(parsing: name, schema: schema)),
                    values: values.map { Array($0.utf8) })
            })
    }

    /// The suffix and `count` entries more, in random order.
    mutating func records(_ count: Int) throws -> [EntryRecord] {
        var records = [try RandomRecords.record(names[0], [("objectClass", ["top", "domain"]), ("dc", ["example"])])]
        for number in 0..<count {
            let parent = Bool.random(using: &generator) ? names[0] : names.randomElement(using: &generator) ?? names[0]
            let dn = "uid=\(word(1))\(number),\(parent)"
            names.append(dn)
            records.append(try record(dn, number))
        }
        records.shuffle(using: &generator)
        return records
    }

    /// One entry; operational and hidden attributes stand last, as they are given back.
    private mutating func record(_ dn: String, _ number: Int) throws -> EntryRecord {
        var attributes: [(String, [String])] = [
            ("objectClass", number % 40 == 7 ? ["alias", "extensibleObject"] : ["inetOrgPerson", "person"]),
            ("uid", ["u\(number)"]),
            ("cn", [word(2) + " " + word(1), "Ünï \(number % 7)"]),
        ]
        if chance(2) { attributes.append(("sn", [word(1)])) }
        if chance(3) { attributes.append(("cn;lang-fr", [word(2)])) }
        if chance(2) { attributes.append(("uidNumber", ["\(Int.random(in: 0...500, using: &generator))"])) }
        if chance(3) {
            attributes.append(("member", ["uid=\(word(1)),dc=example,dc=edu", names[0]]))
        }
        if chance(9) { attributes.append(("description", [String(repeating: word(3), count: 200)])) }
        if chance(5) { attributes.append(("jpegPhoto", ["\u{1}\u{2}\(number)"])) }
        attributes.append(("createTimestamp", ["2024010\(number % 9 + 1)000000Z"]))
        attributes.append(("entryUUID", [uuid()]))
        if chance(2) { attributes.append(("userPassword", ["secret \(number)"])) }
        return try RandomRecords.record(dn, attributes)
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

    /// Few syllables, so that words repeat and share trigrams.
    mutating func word(_ syllables: Int) -> String {
        let all = ["bar", "ben", "bor", "cal", "é", "dor", "X", "fen", "ñu", "an", "an"]
        return (0..<syllables).map { _ in all.randomElement(using: &generator) ?? "a" }.joined()
    }

    private mutating func uuid() -> String {
        var digits = ""
        for place in 0..<32 {
            if [8, 12, 16, 20].contains(place) { digits += "-" }
            digits += String(Int.random(in: 0..<16, using: &generator), radix: 16)
        }
        return digits
    }
}

extension Segment {
    /// A segment of records, in memory.
    static func built(
        _ records: [EntryRecord], tombstones: [[UInt8]] = [], schema: Schema = .builtIn, seed: UInt64 = 1
    ) throws -> Segment {
        try Segment(mapping: try image(records, tombstones: tombstones, schema: schema, seed: seed), schema: schema)
    }

    /// The octets of a segment of records.
    static func image(
        _ records: [EntryRecord], tombstones: [[UInt8]] = [], schema: Schema = .builtIn, seed: UInt64 = 1
    ) throws -> MappedFile {
        var builder = SegmentBuilder(schema: schema, seed: seed)
        for record in records { try builder.add(record) }
        for key in tombstones { builder.addTombstone(key: key) }
        let image = try builder.finish()
        return image.mapping
    }

    /// All that a cursor gives.
    func numbers(_ cursor: PostingCursor) throws -> [UInt32] {
        var cursor = cursor
        var numbers: [UInt32] = []
        while let number = try cursor.next(in: self) { numbers.append(number) }
        return numbers
    }

    func index(of name: String) throws -> Int {
        try #require(attributes.firstIndex { $0.name.lowercased() == name.lowercased() })
    }
}

extension MappedFile {
    /// A copy of all octets.
    var copy: [UInt8] {
        let octets = uncheckedBytes
        return octets.indices.map { octets[$0] }
    }
}
