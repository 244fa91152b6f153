import Schema
import Testing

@testable import AttributeIndex

/// The last list of a segment's section, whose last block may take no octets at all: neighbours differ by nothing more than one.
@Suite struct PostingEndTests {
    /// `scattered` entries that have the attribute, each followed by one that has not, and then `neighbours` that have it.
    private func segment(_ scattered: Int, _ neighbours: Int) throws -> (Segment, [UInt32]) {
        var records = [try RandomRecords.record("dc=example", [("objectClass", ["domain"]), ("dc", ["example"])])]
        var expected: [UInt32] = []
        for number in 0..<2 * scattered + neighbours {
            let name = "p\(10_000 + number)"
            var attributes = [("objectClass", ["account"]), ("uid", [name])]
            if number % 2 == 0 || number >= 2 * scattered {
                attributes.append(("description", ["all have the same"]))
                expected.append(UInt32(number) + 1)
            }
            records.append(try RandomRecords.record("uid=\(name),dc=example", attributes))
        }
        return (try Segment(mapping: Segment.image(records), schema: .builtIn), expected)
    }

    @Test(arguments: [(128, 2), (128, 40), (256, 128), (100, 28), (100, 29), (64, 300), (256, 1)])
    func isReadToItsEndInEveryWay(_ scattered: Int, _ neighbours: Int) throws {
        let (segment, expected) = try segment(scattered, neighbours)
        let type = try #require(Schema.builtIn.attributeType("description")).id
        let attribute = Int(segment.attributes(ofType: type)[0])
        var cursor = try segment.presence(attribute)
        var found: [UInt32] = []
        while let number = try cursor.next(in: segment) { found.append(number) }
        #expect(found == expected, "one by one")
        for limit in [1, 2, 3, 127, 128] {
            var cursor = try segment.presence(attribute)
            var batch = PostingBatch()
            var found: [UInt32] = []
            while try cursor.next(into: &batch, limit: limit, in: segment) {
                for index in 0..<batch.count { found.append(batch[index]) }
            }
            #expect(found == expected, "by \(limit)")
        }
        for target in expected {
            var cursor = try segment.presence(attribute)
            #expect(try cursor.next(atLeast: target, in: segment) == target)
        }
    }
}
