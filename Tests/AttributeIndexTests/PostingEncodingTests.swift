import Foundation
import Schema
import Storage
import RandomTesting
import Testing

@testable import AttributeIndex

/// The encodings that were weighed against each other give the same numbers; and, run by hand, what each costs:
///
///     PEOPLED_POSTINGS=DATA/directory/0001.segment swift test -c release -Xswiftc -enable-testing --filter PostingEncoding
@Suite struct PostingEncodingTests {
    @Test func allGiveTheNumbersBack() throws {
        let seed = UInt64.random(in: 0...99_999)
        var generator = SeededRandom(seed: seed)
        var lists: [[UInt32]] = []
        for gap in [1, 3, 40, 5_000, 1 << 20] as [UInt32] {
            for count in [2, 127, 128, 129, 500] {
                var last: UInt32 = 0
                lists.append(
                    (0..<count).map { _ in
                        last += .random(in: 1...gap, using: &generator)
                        return last
                    })
            }
        }
        let universe = 1 << 30
        #expect(try PostingMeasurement.numbers(VarintBlocks(lists, universe: universe), lists.count) == lists)
        #expect(try PostingMeasurement.numbers(PackedBlocks(lists, universe: universe), lists.count) == lists)
        #expect(try PostingMeasurement.numbers(PlainNumbers(lists, universe: universe), lists.count) == lists)
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["PEOPLED_POSTINGS"] != nil))
    func measure() throws {
        let path = try #require(ProcessInfo.processInfo.environment["PEOPLED_POSTINGS"])
        let segment = try Segment(mapping: try DiskFileSystem().map(path), schema: .builtIn)
        try PostingMeasurement.all(segment)
    }
}
