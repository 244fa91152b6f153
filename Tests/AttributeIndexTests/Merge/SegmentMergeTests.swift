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
        try Self.check(try random.segments([40, 3000, 6000]), seed)
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
}
