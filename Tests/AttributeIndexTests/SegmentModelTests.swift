import AttributeIndex
import Schema
import Testing

/// Random segments beside naive dictionaries; a failure names its seed.
@Suite struct SegmentModelTests {
    private struct Case {
        let seed: UInt64
        let model: SegmentModel
        let segment: Segment
        var random: RandomRecords
    }

    private func withCases(_ body: (inout Case) throws -> Void) throws {
        let first = UInt64.random(in: 0...1_000_000)
        for seed in first..<first + 4 {
            var random = RandomRecords(seed: seed)
            let records = try random.records([0, 3, 40, 260][Int(seed - first)])
            var current = Case(
                seed: seed, model: try SegmentModel(records, schema: .builtIn),
                segment: try .built(records, seed: seed),
                random: random)
            do {
                try body(&current)
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }

    @Test func givesEveryRecordBackInDITOrder() throws {
        try withCases { current in
            #expect(Int(current.segment.entryCount) == current.model.records.count, "seed \(current.seed)")
            for (entry, expected) in current.model.records.enumerated() {
                let found = try current.segment.record(EntryID(entry))
                #expect(found.dn.text == expected.dn.text, "seed \(current.seed)")
                #expect(found.attributes == expected.attributes, "seed \(current.seed)")
                #expect(try current.segment.depth(EntryID(entry)) == expected.dn.depth, "seed \(current.seed)")
                let isAlias = expected.attributes[0].values[0] == Array("alias".utf8)
                #expect(try current.segment.flags(EntryID(entry)) == (isAlias ? .alias : []), "seed \(current.seed)")
            }
        }
    }

    @Test func findsEveryKeyAndItsEntries() throws {
        try withCases { current in
            let segment = current.segment
            for (index, attribute) in segment.attributes.enumerated() {
                let keys = current.model.keys(attribute.name)
                #expect(Int(attribute.valueCount) == keys.count, "seed \(current.seed)")
                for (valueID, key) in keys.enumerated() {
                    #expect(try segment.valueID(index, equalTo: key.span) == UInt32(valueID), "seed \(current.seed)")
                    let stored = try segment.key(index, UInt32(valueID))
                    #expect(stored.indices.map { stored[$0] } == key, "seed \(current.seed)")
                    let entries = try segment.numbers(segment.postings(index, UInt32(valueID)))
                    #expect(entries == current.model.postings[attribute.name]?[key], "seed \(current.seed)")
                    #expect(
                        try segment.entryCount(index, UInt32(valueID)) == entries.count, "seed \(current.seed)")
                    #expect(try segment.valueID(index, equalTo: (key + [7]).span) == nil, "seed \(current.seed)")
                }
                #expect(
                    try segment.numbers(segment.presence(index)) == current.model.presence[attribute.name],
                    "seed \(current.seed)")
            }
        }
    }

    @Test func answersRangesPrefixesAndCounts() throws {
        try withCases { current in
            let segment = current.segment
            for (index, attribute) in segment.attributes.enumerated() where attribute.hasDictionary {
                let keys = current.model.keys(attribute.name)
                for _ in 0..<20 {
                    let key = Array(
                        (keys.randomElement(using: &current.random.generator) ?? []).dropLast(
                            Int.random(in: 0...3, using: &current.random.generator)))
                    let lower = keys.firstIndex { !$0.lexicographicallyPrecedes(key) } ?? keys.count
                    #expect(try segment.lowerBound(index, key: key.span) == UInt32(lower), "seed \(current.seed)")
                    let range = try segment.prefixRange(index, prefix: key.span)
                    let expected = keys.indices.filter { keys[$0].starts(with: key) }
                    #expect(range.map(Int.init) == expected, "seed \(current.seed)")
                    let total = expected.reduce(0) { $0 + (current.model.occurrences[attribute.name]?[keys[$1]] ?? 0) }
                    #expect(try segment.entryCount(index, values: range) == total, "seed \(current.seed)")
                }
            }
        }
    }

    @Test func knowsWhichAttributesHaveOneValueAtMost() throws {
        try withCases { current in
            for attribute in current.segment.attributes {
                let most = current.model.records.map { $0.values(of: attribute.description).count }.max() ?? 0
                #expect(attribute.isSingleValued == (most <= 1), "seed \(current.seed): \(attribute.name)")
            }
        }
    }

    @Test func trigramCandidatesHoldEveryValueWithTheNeedle() throws {
        try withCases { current in
            let segment = current.segment
            for (index, attribute) in segment.attributes.enumerated() where attribute.hasTrigrams {
                let keys = current.model.keys(attribute.name)
                for _ in 0..<30 {
                    let key = keys.randomElement(using: &current.random.generator) ?? []
                    guard key.count >= 3 else { continue }
                    let start = Int.random(in: 0...key.count - 3, using: &current.random.generator)
                    let end = Int.random(in: start + 3...min(key.count, start + 9), using: &current.random.generator)
                    let needle = Array(key[start..<end])
                    var cursor = try #require(try segment.trigramCandidates(index, needle: needle.span))
                    var found: [Int] = []
                    while let valueID = try cursor.next(in: segment) { found.append(Int(valueID)) }
                    #expect(found == found.sorted(), "seed \(current.seed)")
                    var again = try #require(try segment.trigramCandidates(index, needle: needle.span))
                    for valueID in found {
                        #expect(
                            try again.next(in: segment, attribute: index) == UInt32(valueID), "seed \(current.seed)")
                    }
                    #expect(try again.next(in: segment, attribute: index) == nil, "seed \(current.seed)")
                    let holding = keys.indices.filter { holds(keys[$0], needle) }
                    #expect(Set(found).isSuperset(of: holding), "seed \(current.seed)")
                }
                #expect(try segment.trigramCandidates(index, needle: Array("ab".utf8).span) == nil)
                var none = try #require(try segment.trigramCandidates(index, needle: Array("@@@".utf8).span))
                #expect(try none.next(in: segment) == nil)
            }
        }
    }

    /// A needle that stands across two keys is in neither.
    @Test func findsTheFirstOfSomeValuesThatHoldsANeedle() throws {
        try withCases { current in
            let segment = current.segment
            for (index, attribute) in segment.attributes.enumerated() where attribute.valueCount > 0 {
                let keys = current.model.keys(attribute.name)
                for _ in 0..<40 {
                    let pair = Int.random(in: keys.indices, using: &current.random.generator)
                    let text = keys[pair] + (pair + 1 < keys.count ? keys[pair + 1] : [])
                    let place = Int.random(in: 0..<max(text.count, 1), using: &current.random.generator)
                    let needle = Array(text[place...].prefix(.random(in: 1...3, using: &current.random.generator)))
                    let start = Int.random(in: 0...keys.count, using: &current.random.generator)
                    let end = Int.random(in: start...keys.count, using: &current.random.generator)
                    let found = try segment.firstValue(
                        index, in: UInt32(start)..<UInt32(end), holding: needle.span)
                    let expected = (start..<end).first { holds(keys[$0], needle) }
                    #expect(found.map(Int.init) == expected, "seed \(current.seed): \(attribute.name)")
                }
            }
        }
    }

    @Test func subtreesAndChildrenAreThoseOfTheNames() throws {
        try withCases { current in
            let segment = current.segment
            for (entry, record) in current.model.records.enumerated() {
                let key = record.dn.key
                let expected = current.model.subtree(of: key)
                let found = try segment.entry(withKey: key.span)
                #expect(found == EntryID(entry), "seed \(current.seed)")
                #expect(try Array(segment.subtree(ofEntry: EntryID(entry))) == expected, "seed \(current.seed)")
                #expect(try Array(segment.subtree(of: key.span)) == expected, "seed \(current.seed)")
                #expect(
                    try segment.childCount(ofKey: key.span) == current.model.childCount(of: key), "seed \(current.seed)"
                )
                let absent = Array(key.dropLast())
                #expect(
                    try Array(segment.subtree(of: absent.span)) == current.model.subtree(of: absent),
                    "seed \(current.seed)")
            }
        }
    }

    @Test func recordsHoldTheValueIDsOfTheirValues() throws {
        try withCases { current in
            let segment = current.segment
            for (entry, record) in current.model.records.enumerated() {
                let view = try segment.view(EntryID(entry))
                for attribute in record.attributes {
                    let name = attribute.description.name(in: segment.schema)
                    let index = try segment.index(of: name)
                    let ids = try segment.valueIDs(of: view, attribute: index)
                    guard segment.attributes[index].hasDictionary else {
                        #expect(ids.count == 0, "seed \(current.seed)")
                        continue
                    }
                    #expect(ids.count == attribute.values.count, "seed \(current.seed)")
                    let type = segment.schema.attributeType(attribute.description.type)
                    for (place, value) in attribute.values.enumerated() {
                        var key: [UInt8] = []
                        try (type.equality ?? type.ordering)?.appendStoredKey(
                            of: value.span, in: segment.schema, to: &key)
                        let expected = try segment.valueID(index, equalTo: key.span)
                        #expect(try ids.valueID(place, in: segment) == expected, "seed \(current.seed)")
                    }
                }
            }
        }
    }

    private func holds(_ key: [UInt8], _ needle: [UInt8]) -> Bool {
        guard key.count >= needle.count else { return false }
        return (0...key.count - needle.count).contains { Array(key[$0..<$0 + needle.count]) == needle }
    }
}
