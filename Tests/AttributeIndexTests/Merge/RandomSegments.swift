import RandomTesting
import Schema
import Storage
import Testing

@testable import AttributeIndex

/// Makes segments to be merged: of a few names over and over, so that newer ones replace and delete what older ones have.
struct RandomSegments {
    /// What the result must hold of one name.
    private struct Newest {
        let segment: Int
        let entry: EntryID
    }

    var generator: SeededRandom
    /// Names that entries may have: each below the suffix or below another.
    private(set) var names: [String] = ["dc=example,dc=edu"]

    init(seed: UInt64, names count: Int) {
        generator = SeededRandom(seed: seed)
        for number in 0..<count {
            let parent = chance(4) ? names.randomElement(using: &generator) ?? names[0] : names[0]
            names.append("uid=\(word(1))\(number),\(parent)")
        }
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

    mutating func word(_ syllables: Int) -> String {
        let all = ["bar", "ben", "bor", "cal", "é", "dor", "X", "fen", "ñu", "an", "an"]
        return (0..<syllables).map { _ in all.randomElement(using: &generator) ?? "a" }.joined()
    }

    /// A schema that a segment is built with: what is known already, numbered in another order or spelled otherwise, and more.
    private mutating func schema(after known: Schema) -> Schema {
        var types = [
            (name: "shoeSize", isBinary: false), (name: "voicePrint", isBinary: true), (name: "hat", isBinary: false),
        ]
        for type in types where known.attributeType(type.name) == nil && !chance(3) {
            types.removeAll { $0.name == type.name }
        }
        if let place = types.firstIndex(where: { $0.name == "shoeSize" }), chance(4) { types[place].name = "SHOESIZE" }
        types.shuffle(using: &generator)
        let hasClass = known.objectClass("juggler") != nil || chance(3)
        return Schema.builtIn.addingUnknown(
            attributeTypes: types, objectClasses: hasClass ? [chance(2) ? "juggler" : "Juggler"] : [])
    }

    /// Segments, the newest first, each opened with the schema of the one before it.
    mutating func segments(_ sizes: [Int]) throws -> [Segment] {
        var opened: [Segment] = []
        for size in sizes.reversed() {
            let known = opened.first?.schema ?? .builtIn
            let own = schema(after: known)
            var builder = SegmentBuilder(schema: own, seed: generator.next())
            var taken: Set<String> = []
            for _ in 0..<size {
                guard let name = names.randomElement(using: &generator), taken.insert(name).inserted else { continue }
                if chance(5), !opened.isEmpty, taken.count > 1 {
                    builder.addTombstone(key: try DistinguishedName(parsing: name, schema: own).key)
                } else {
                    try builder.add(record(name, own, hasAll: taken.count == 1))
                }
            }
            opened.insert(try Segment(mapping: try builder.finish().mapping, schema: known), at: 0)
        }
        return opened
    }

    private mutating func record(_ dn: String, _ schema: Schema, hasAll: Bool) throws -> EntryRecord {
        // A segment's first entry has all the names that it was built with: so it knows them when it is opened.
        var attributes: [(String, [[UInt8]])] = []
        func text(_ values: [String]) -> [[UInt8]] { values.map { Array($0.utf8) } }
        var classes = ["inetOrgPerson"]
        if chance(20) { classes = ["alias", "extensibleObject"] }
        if chance(20) { classes = ["referral", "extensibleObject"] }
        if chance(20) { classes = ["glue"] }
        let hasClass = hasAll && schema.objectClass("juggler") != nil
        if hasClass || chance(10) { classes.append(chance(2) ? "JUGGLER" : "juggler") }
        attributes.append(("objectClass", text(classes)))
        attributes.append(("uid", text([word(1), word(2)])))
        if chance(2) {
            attributes.append(
                ("cn", text([word(2) + " " + word(1), "Ünï \(Int.random(in: 0..<7, using: &generator))"])))
        }
        if chance(2) { attributes.append(("sn", text([word(1)]))) }
        if chance(3) { attributes.append(("cn;lang-fr", text([word(2)]))) }
        if chance(4) { attributes.append(("cn;lang-de;x-a", text([word(2), word(2), word(1)]))) }
        if chance(2) { attributes.append(("uidNumber", text(["\(Int.random(in: 0...500, using: &generator))"]))) }
        if chance(3) {
            attributes.append(
                ("member", text(["uid=\(word(1)),dc=example,dc=edu", names[0], "shoeSize=44,\(names[0])"])))
        }
        if chance(9) { attributes.append(("description", text([String(repeating: word(3), count: 200)]))) }
        if chance(5) { attributes.append(("jpegPhoto", [[1, 2, UInt8.random(in: 0...255, using: &generator), 0xFF]])) }
        for (name, values) in [
            ("shoeSize", text([word(1)])), ("voicePrint", [[0, 0xFF, 0x80], [7]]), ("hat", text([word(2)])),
        ] {
            if schema.attributeType(name) != nil, hasAll || chance(3) { attributes.append((name, values)) }
        }
        attributes.shuffle(using: &generator)
        if chance(2) {
            attributes.append(("createTimestamp", text(["2024010\(Int.random(in: 1...9, using: &generator))000000Z"])))
        }
        if chance(2) { attributes.append(("entryUUID", text([uuid()]))) }
        if chance(3) { attributes.append(("altServer", text((0..<3).map { _ in "ldap://\(word(3))" }))) }
        if chance(3) {
            attributes.append(("supportedLDAPVersion", text(["\(Int.random(in: 0...900, using: &generator))", "3"])))
        }
        if chance(4) { attributes.append(("supportedFeatures", text(["juggler", "1.2.3"]))) }
        if chance(2) {
            attributes.append(("userPassword", text(["secret \(Int.random(in: 0...900, using: &generator))"])))
        }
        return EntryRecord(
            dn: try DistinguishedName(parsing: dn, schema: schema),
            attributes: try attributes.map { name, values in
                EntryAttribute(
                    description: try #require(AttributeDescription(parsing: name, schema: schema), "\(name)"),
                    values: values)
            })
    }

    private mutating func uuid() -> String {
        var digits = ""
        for place in 0..<32 {
            if [8, 12, 16, 20].contains(place) { digits += "-" }
            digits += String(Int.random(in: 0..<16, using: &generator), radix: 16)
        }
        return digits
    }

    /// What a build of the same entries makes: found by looking at all names of all segments, nothing else.
    static func built(
        _ segments: [Segment], dropsTombstones: Bool, seed: UInt64, keeps: (Int, EntryID) -> Bool = { _, _ in true }
    ) throws -> MappedFile {
        var newest: [[UInt8]: Newest?] = [:]
        for (number, segment) in segments.enumerated().reversed() {
            for tombstone in 0..<segment.tombstoneCount {
                newest[[UInt8](copying: try segment.tombstone(tombstone))] = .some(nil)
            }
            for entry in 0..<segment.entryCount {
                newest[[UInt8](copying: try segment.entryKey(entry))] = Newest(segment: number, entry: entry)
            }
        }
        let schema = try #require(segments.first?.schema)
        var builder = SegmentBuilder(schema: schema, seed: seed)
        for (key, found) in newest.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if let found {
                guard keeps(found.segment, found.entry) else { continue }
                try builder.add(segments[found.segment].record(found.entry))
            } else if !dropsTombstones {
                builder.addTombstone(key: key)
            }
        }
        let image = try builder.finish()
        return image.mapping
    }
}
