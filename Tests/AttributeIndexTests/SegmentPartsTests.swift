import Schema
import Storage
import RandomTesting
import Testing

@testable import AttributeIndex

/// A build in parts: what several builders were given is one segment, the same octets as from one builder.
@Suite struct SegmentPartsTests {
    private func parts(_ records: [EntryRecord], _ count: Int) throws -> [UInt8] {
        var builder = SegmentBuilder(schema: .builtIn, seed: 1)
        for part in 1..<count {
            var sibling = builder.sibling()
            for (number, record) in records.enumerated() where number % count == part {
                sibling.inputPosition = number
                try sibling.add(record)
            }
            try builder.absorb(sibling)
        }
        for (number, record) in records.enumerated() where number % count == 0 {
            builder.inputPosition = number
            try builder.add(record)
        }
        let image = try builder.finish()
        return image.mapping.copy
    }

    @Test(arguments: [1, 40, 700, 6000]) func isTheSegmentOfOneBuilder(_ count: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = RandomRecords(seed: seed)
        let records = try random.records(count)
        let whole = try Segment.image(records).copy
        for count in 2...4 { #expect(try parts(records, count) == whole, "seed \(seed), \(count) parts") }
        // Nor does the order of the records count, but for the order of attributes.
        let moved = [records[0]] + records.dropFirst().shuffled()
        #expect(try Segment.image(moved).copy.count == whole.count)
    }

    @Test func refusesANameThatTwoPartsHave() throws {
        let record = try RandomRecords.record("dc=example", [("objectClass", ["domain"]), ("dc", ["example"])])
        var builder = SegmentBuilder(schema: .builtIn)
        var sibling = builder.sibling()
        try builder.add(record)
        try sibling.add(record)
        var code: SegmentError.Code?
        do throws(SegmentError) { try builder.absorb(sibling) } catch { code = error.code }
        #expect(code == .duplicateEntry)
    }

    @Test func sortsKeysByTheirOctets() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededRandom(seed: seed)
        for round in 0..<60 {
            var keys: Set<[UInt8]> = []
            let alphabet: [UInt8] = round % 2 == 0 ? [0, 1] : [0, 0x61, 0x62, 0xFF]
            let common = [UInt8](repeating: 0x61, count: round % 20)
            for _ in 0..<(round * round) {
                let length = Int.random(in: 0...round / 2 + 1, using: &generator)
                keys.insert(common + (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 })
            }
            var interner = KeyInterner(seed: 1)
            let shuffled = keys.shuffled(using: &generator)
            for key in shuffled { _ = try interner.intern(key.span) }
            let sorted = KeyOrder.sorted(interner.sealed()).map { shuffled[Int($0)] }
            #expect(sorted == keys.sorted { $0.lexicographicallyPrecedes($1) }, "seed \(seed), round \(round)")
        }
    }

    @Test func keysThatALossyInternerTookForNewAreOne() throws {
        var interner = KeyInterner(seed: 1, mayBeLossy: true)
        for number in 0..<5000 { _ = try interner.intern(Array("key \(number)".utf8).span) }
        #expect(interner.isLossy)
        for number in 0..<5000 where number % 3 == 0 { _ = try interner.intern(Array("key \(number)".utf8).span) }
        #expect(interner.count > 5000)
        let sorted = try SortedKeys([interner])
        #expect(sorted.table.count == 5000)
        for number in 0..<5000 {
            let rank = Int(sorted.ranks[number])
            #expect(sorted.table.occurrences[rank] == (number % 3 == 0 ? 2 : 1))
            let isKey = sorted.table.key(rank).equals(Array("key \(number)".utf8).span)
            #expect(isKey)
        }
    }

    @Test func keysThatRepeatKeepTheirNumbers() throws {
        var interner = KeyInterner(seed: 1, mayBeLossy: true)
        for number in 0..<20000 {
            // Each comes again at once, too.
            for _ in 0..<2 {
                let given = try interner.intern(Array("key \(number % 4000)".utf8).span)
                #expect(given == UInt32(number % 4000))
            }
        }
        #expect(!interner.isLossy && interner.count == 4000)
    }

    @Test(arguments: [1, 2, 5]) func takesPiecesInTheirOrder(_ workers: Int) throws {
        var taken: [Int] = []
        try OrderedWork<Int>.run(
            200, workers: workers, ahead: 3, make: { (number) throws(SegmentError) in number * number },
            take: { (number, piece) throws(SegmentError) in
                #expect(piece == number * number)
                taken.append(number)
            })
        #expect(taken == Array(0..<200))
    }

    @Test(arguments: [1, 2, 5]) func endsAtTheFirstPieceThatFails(_ workers: Int) throws {
        var taken: [Int] = []
        do throws(SegmentError) {
            try OrderedWork<Int>.run(
                200, workers: workers, ahead: 3,
                make: { (number) throws(SegmentError) in
                    guard number < 50 else { throw SegmentError(.tooLarge, "piece \(number)") }
                    return number
                },
                take: { (number, _) throws(SegmentError) in taken.append(number) })
            Issue.record("no error")
        } catch {
            #expect(error.description.contains("piece 50"))
        }
        #expect(taken == Array(0..<50))
    }
}
