import AttributeIndex
import Schema
import Testing

/// Segments over one another beside a naive dictionary of what lives.
@Suite struct GenerationTests {
    @Test func aNewerSegmentReplacesAndDeletes() throws {
        let first = UInt64.random(in: 0...1_000_000)
        for seed in first..<first + 3 {
            var random = RandomRecords(seed: seed)
            let base = try random.records(80)
            var live = Dictionary(uniqueKeysWithValues: base.map { ($0.dn.key, $0) })
            var segments = [try Segment.built(base)]
            var grown = try Generation(sequence: 1, schema: .builtIn, segments: segments)
            for step in 0..<4 {
                let changed = try change(&live, &random)
                segments.insert(try Segment.built(changed.put, tombstones: changed.deleted), at: 0)
                grown = try grown.adding(segments[0], sequence: UInt64(step + 2))
                let fresh = try Generation(sequence: UInt64(step + 2), schema: .builtIn, segments: segments)
                try check(grown, live, "grown, seed \(seed), step \(step)")
                try check(fresh, live, "fresh, seed \(seed), step \(step)")
            }
        }
    }

    /// Replaces some entries, deletes others, brings some back.
    private func change(
        _ live: inout [[UInt8]: EntryRecord], _ random: inout RandomRecords
    ) throws -> (put: [EntryRecord], deleted: [[UInt8]]) {
        var put: [EntryRecord] = []
        var deleted: [[UInt8]] = []
        for name in random.names.dropFirst() {
            let dn = try DistinguishedName(parsing: name, schema: .builtIn)
            if random.chance(6) {
                put.append(
                    try RandomRecords.record(
                        name, [("objectClass", [random.chance(3) ? "alias" : "person"]), ("sn", [random.word(2)])]))
                live[dn.key] = put.last
            } else if random.chance(8) {
                deleted.append(dn.key)
                live[dn.key] = nil
            }
        }
        return (put, deleted)
    }

    private func check(_ generation: Generation, _ live: [[UInt8]: EntryRecord], _ comment: Comment) throws {
        #expect(generation.entryCount == live.count, comment)
        for (key, record) in live {
            let place = try #require(try generation.find(key.span), comment)
            let found = try generation.segments[place.segment].record(place.entry)
            #expect(found.attributes == record.attributes, comment)
            let children = live.keys.count { Array($0[..<($0.lastIndex(of: 0) ?? 0)]) == key }
            #expect(try generation.childCount(key.span) == children, comment)
            #expect(try generation.find((key + [9]).span) == nil, comment)
        }
        var alive = 0
        for (index, segment) in generation.segments.enumerated() {
            for entry in 0..<segment.entryCount where !generation.isDead(segment: index, entry: entry) { alive += 1 }
        }
        #expect(alive == live.count, comment)
        let aliases = live.values.contains { $0.attributes[0].values.contains(Array("alias".utf8)) }
        #expect(generation.hasAliases == aliases, comment)
        let roots = try generation.roots().map { try generation.segments[$0.segment].record($0.entry).dn.key }
        let expected = live.keys.filter { key in
            !key.indices.contains { key[$0] == 0 && live[Array(key[..<$0])] != nil }
        }
        #expect(Set(roots) == Set(expected) && roots.count == expected.count, comment)
    }

    @Test func theEmptyStateHasNothing() throws {
        let noOctets: [UInt8] = []
        let generation = Generation.empty(sequence: 7, schema: .builtIn)
        #expect(generation.entryCount == 0)
        #expect(generation.sequence == 7)
        #expect(try generation.find(Array("dc=edu".utf8).span) == nil)
        #expect(try generation.childCount(noOctets.span) == 0)
        #expect(try generation.roots().isEmpty)
    }
}
