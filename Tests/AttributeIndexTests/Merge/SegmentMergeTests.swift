import RandomTesting
import Schema
import Storage
import Testing

@testable import AttributeIndex

/// What is merged is, octet for octet, what a build of the same entries makes.
@Suite struct SegmentMergeTests {
    private static func merged(
        _ segments: [Segment], dropsTombstones: Bool = false, seed: UInt64,
        keeps: ((Int, EntryID) throws(SegmentError) -> Bool)? = nil
    ) throws -> MappedFile {
        let schema = try #require(segments.first?.schema)
        let merge = try SegmentMerge(
            segments, schema: schema, dropsTombstones: dropsTombstones, seed: seed, keeps: keeps)
        let (entries, tombstones) = (merge.entryCount, merge.tombstoneCount)
        let mapping = try merge.finish().mapping
        let segment = try Segment(mapping: mapping, schema: schema)
        #expect(Int(segment.entryCount) == entries && segment.tombstoneCount == tombstones)
        #expect(SegmentCheck(segment).run() == [])
        return mapping
    }

    private static func check(_ segments: [Segment], _ seed: UInt64, dropsTombstones: Bool = false) throws {
        let merged = try merged(segments, dropsTombstones: dropsTombstones, seed: seed).copy
        let built = try RandomSegments.built(segments, dropsTombstones: dropsTombstones, seed: seed).copy
        let isSame = merged == built
        #expect(isSame, "seed \(seed): \(segments.map(\.entryCount)), octet \(difference(merged, built))")
    }

    private static func difference(_ left: [UInt8], _ right: [UInt8]) -> Int {
        zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(left.count, right.count)
    }

    @Test(arguments: 0..<40) func isWhatABuildOfTheSameEntriesMakes(_ round: Int) throws {
        let seed = SeededRandom().seed &+ UInt64(round)
        var random = RandomSegments(seed: seed, names: [3, 20, 120, 400][round % 4])
        let sizes = (0..<Int.random(in: 1...6, using: &random.generator)).map { _ in
            [0, 1, 4, 30, 200].randomElement(using: &random.generator) ?? 0
        }
        try Self.check(try random.segments(sizes), seed, dropsTombstones: round % 3 == 0)
    }

    @Test func isWhatABuildOfManyEntriesMakes() throws {
        let seed = SeededRandom().seed
        var random = RandomSegments(seed: seed, names: 9000)
        let segments = try random.segments([40, 3000, 6000])
        // Many enough for threads, and for interners that give a key several numbers.
        #expect(segments[2].entryCount > 4096)
        try Self.check(segments, seed)
    }

    @Test func mergesWhatWasMergedBefore() throws {
        let seed = SeededRandom().seed
        var random = RandomSegments(seed: seed, names: 60)
        let segments = try random.segments([8, 20, 1, 0, 40])
        var merged = segments[4]
        for segment in segments[..<4].reversed() {
            let mapping = try Self.merged([segment, merged], seed: seed)
            merged = try Segment(mapping: mapping, schema: segment.schema)
        }
        let built = try RandomSegments.built(segments, dropsTombstones: false, seed: seed)
        #expect(
            try RandomSegments.built([merged], dropsTombstones: false, seed: seed).copy == built.copy, "seed \(seed)")
    }

    @Test(arguments: 0..<6) func leavesOutWhatIsNotToBeKept(_ round: Int) throws {
        let seed = SeededRandom().seed &+ UInt64(round)
        var random = RandomSegments(seed: seed, names: 90)
        let segments = try random.segments([12, 50, 90])
        let keeps: (Int, EntryID) -> Bool = { ($0 + Int($1)) % 5 > round - 1 }
        let merged = try Self.merged(segments, seed: seed, keeps: { (segment, entry) in keeps(segment, entry) }).copy
        let built = try RandomSegments.built(segments, dropsTombstones: false, seed: seed, keeps: keeps).copy
        let isSame = merged == built
        #expect(isSame, "seed \(seed)")
    }

    /// Damage that checksums do not show, because they were made after it: whatever the octets, a merge ends or throws.
    @Test func endsOrThrowsWhenOctetsAreWrongAndChecksumsRight() throws {
        let seed = SeededRandom().seed
        var random = RandomSegments(seed: seed, names: 60)
        let segments = try random.segments([12, 40])
        let octets = segments[1].mapping.copy
        let footer = segments[1].footer
        var threw = 0
        for _ in 0..<400 {
            var body = Array(octets[..<footer.covered])
            for _ in 0..<Int.random(in: 1...3, using: &random.generator) {
                let place = Int.random(in: SegmentFormat.headerSize..<body.count, using: &random.generator)
                let other = UInt8.random(in: 0...255, using: &random.generator)
                body[place] = [0, 1, 0x7F, 0x80, 0xFF, other].randomElement(using: &random.generator) ?? 0
            }
            if try !Self.endsOrThrows(body, footer, newest: segments[0], keepsAll: random.chance(2)) { threw += 1 }
        }
        // Each part in turn, so that none is left to chance.
        for section in SegmentSection.allCases where !footer[section].isEmpty {
            for _ in 0..<40 {
                var body = Array(octets[..<footer.covered])
                body[Int.random(in: footer[section], using: &random.generator)] = random.chance(2) ? 0xFF : 0x7F
                if try !Self.endsOrThrows(body, footer, newest: segments[0], keepsAll: random.chance(2)) { threw += 1 }
            }
        }
        #expect(threw > 10, "seed \(seed): hardly any damage was noticed")
    }

    /// False if it threw. Anything but a `SegmentError` is a failure.
    private static func endsOrThrows(
        _ body: [UInt8], _ original: SegmentFooter, newest: Segment, keepsAll: Bool
    ) throws -> Bool {
        var footer = original
        let table = MappedFile.checksumTable(of: body.span)
        footer.tableChecksum = CRC32C.checksum(table.span)
        let file = try MappedFile(copying: (body + table + footer.encoded()).span, name: "damaged")
        do {
            let damaged = try Segment(mapping: file, schema: newest.schema)
            _ = try SegmentMerge(
                [newest, damaged], schema: damaged.schema, dropsTombstones: false, seed: 1,
                keeps: keepsAll ? nil : { (_, entry) in entry % 3 > 0 }
            ).finish()
            return true
        } catch {
            return false
        }
    }

    /// The two ways to make trigrams, and large dictionaries, whose keys are read again when they are written.
    @Test func isWhatABuildOfLargeDictionariesMakes() throws {
        let seed = SeededRandom().seed
        var random = RandomSegments(seed: seed, names: 1)
        var segments: [Segment] = []
        for part in 0..<4 {
            var builder = SegmentBuilder(schema: .builtIn, seed: UInt64(part))
            for number in 0..<2600 where random.chance(2) || part == 3 {
                let words = (0..<4).map { _ in random.word(2) }.joined(separator: " ")
                try builder.add(
                    RandomRecords.record(
                        "uid=p\(number),dc=example",
                        [
                            ("objectClass", ["inetOrgPerson"]), ("cn", [words, "\(number) \(words)"]),
                            ("description", ["\(part) \(number % 900)"]), ("title", [random.word(1)]),
                        ]))
            }
            segments.insert(try Segment(mapping: try builder.finish().mapping, schema: .builtIn), at: 0)
        }
        try Self.check(segments, seed)
        try Self.check([segments[3]], seed)
    }

    @Test func isEmptyOfNothing() throws {
        var random = RandomSegments(seed: 1, names: 5)
        try Self.check(try random.segments([0]), 1)
        try Self.check(try random.segments([0, 0, 0]), 1)
        #expect(try SegmentMerge([], schema: .builtIn, dropsTombstones: true).entryCount == 0)
        let none = try SegmentMerge([], schema: .builtIn, dropsTombstones: true).finish().mapping
        #expect(SegmentCheck(try Segment(mapping: none, schema: .builtIn)).run() == [])
        let segments = try random.segments([5, 5])
        let merged = try Self.merged(segments, dropsTombstones: true, seed: 1, keeps: { (_, _) in false })
        #expect(try Segment(mapping: merged, schema: segments[0].schema).attributes.isEmpty)
    }
}
