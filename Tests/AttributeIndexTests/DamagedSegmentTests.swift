import Schema
import Storage
import Testing

@testable import AttributeIndex

/// A segment is input: whatever its octets, the reader answers or throws, and never traps.
@Suite struct DamagedSegmentTests {
    private let octets: [UInt8]

    init() throws {
        var random = RandomRecords(seed: 11)
        let records = try random.records(16)
        octets = try Segment.image(records, tombstones: [Array("dc=edu".utf8), Array("dc=org".utf8)], seed: 5).copy
    }

    private static func open(_ octets: [UInt8]) throws -> Segment {
        try Segment(mapping: try MappedFile(copying: octets.span, name: "test"), schema: .builtIn)
    }

    /// Everything a segment can be asked, as text; or the first error.
    private static func answers(_ segment: Segment) throws -> [String] {
        var answers: [String] = []
        for (index, attribute) in segment.attributes.enumerated() {
            answers.append("\(attribute.name) \(try segment.numbers(segment.presence(index)))")
            for valueID in 0..<min(attribute.valueCount, 200) {
                let key = [UInt8](copying: try segment.key(index, valueID))
                let entries = try segment.numbers(segment.postings(index, valueID))
                let found = try segment.match(index, equalTo: key.span)
                let matched = try found.map { try segment.numbers($0.postings) }
                answers.append("\(key) \(entries) \(found?.valueID ?? 0) \(matched ?? [])")
                var batches = try segment.postings(index, valueID)
                var batch = PostingBatch()
                while try batches.next(into: &batch, in: segment) { answers.append("\(batch.count)") }
                let range = try segment.prefixRange(index, prefix: Array(key.prefix(2)).span)
                answers.append("\(range) \(try segment.entryCount(index, values: range))")
                guard key.count >= 4 else { continue }
                guard var cursor = try segment.trigramCandidates(index, needle: Array(key.prefix(4)).span) else {
                    continue
                }
                while let candidate = try cursor.next(in: segment) { answers.append("\(candidate)") }
            }
        }
        for entry in 0..<min(segment.entryCount, 200) {
            let record = try segment.record(entry)
            let view = try segment.view(entry)
            answers.append("\(record) \(view.subtree) \(view.flags) \(view.depth)")
            var items = segment.items(view)
            while let item = try items.next(in: segment) {
                for place in 0..<item.valueIDs.count {
                    answers.append("\(try item.valueIDs.valueID(place, in: segment) ?? 0)")
                }
            }
            let key = [UInt8](copying: try segment.entryKey(entry))
            answers.append("\(try segment.entry(withKey: key.span) ?? 0) \(try segment.childCount(ofKey: key.span))")
            answers.append("\(try segment.subtree(of: Array(key.dropLast()).span))")
        }
        for number in 0..<min(segment.tombstoneCount, 100) {
            answers.append("\([UInt8](copying: try segment.tombstone(number)))")
        }
        return answers
    }

    @Test func findsEveryDamagedOctetByItsChecksum() throws {
        var generator = SeededGenerator(seed: .random(in: 0...99_999))
        for _ in 0..<80 {
            var damaged = octets
            let place = Int.random(in: octets.indices, using: &generator)
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(throws: SegmentError.self, "octet \(place)") {
                try DamagedSegmentTests.open(damaged).verifyChecksums()
            }
        }
    }

    @Test func refusesEveryShorterFile() throws {
        for length in stride(from: 0, to: octets.count, by: 331) {
            #expect(throws: SegmentError.self) { try DamagedSegmentTests.open(Array(octets[..<length])) }
        }
    }

    /// Damage that checksums do not show, because they were made after it: the reader must stand on its own.
    @Test func answersOrThrowsWhenOctetsAreWrongAndChecksumsRight() throws {
        let seed = UInt64.random(in: 0...99_999)
        var generator = SeededGenerator(seed: seed)
        let opened = try SegmentFooter.open(try MappedFile(copying: octets.span, name: "test"))
        var threw = 0
        for _ in 0..<120 {
            var body = Array(octets[..<opened.footer.covered])
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: SegmentFormat.headerSize..<body.count, using: &generator)
                body[place] =
                    [0, 1, 0x7F, 0x80, 0xFF, .random(in: 0...255, using: &generator)].randomElement(
                        using: &generator) ?? 0
            }
            if !answersOrThrows(body, opened.footer) { threw += 1 }
        }
        #expect(threw > 10, "seed \(seed): hardly any damage was noticed")
    }

    @Test func answersOrThrowsWhenTablesAreWrongAndChecksumsRight() throws {
        let seed = UInt64.random(in: 0...99_999)
        var generator = SeededGenerator(seed: seed)
        let opened = try SegmentFooter.open(try MappedFile(copying: octets.span, name: "test"))
        let body = Array(octets[..<opened.footer.covered])
        for _ in 0..<80 {
            var footer = opened.footer
            let section = Int.random(in: footer.sections.indices, using: &generator)
            let start = Int.random(in: 0...body.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: footer.entryCount = .random(in: 0...200, using: &generator)
            case 1: footer.attributeCount = .random(in: 0...40, using: &generator)
            case 2: footer.sections[section] = start..<Int.random(in: start...body.count, using: &generator)
            default: footer.sections[section] = start..<start + footer.sections[section].count
            }
            _ = answersOrThrows(body, footer)
        }
        // Attribute rows, each of whose numbers lead elsewhere.
        let rows = opened.footer[.attributes]
        for place in stride(from: rows.lowerBound, to: rows.upperBound, by: 11) {
            var damaged = body
            damaged[place] = damaged[place] &+ .random(in: 1...255, using: &generator)
            _ = answersOrThrows(damaged, opened.footer)
        }
    }

    /// False if it threw. Anything but a `SegmentError` is a failure.
    private func answersOrThrows(_ body: [UInt8], _ original: SegmentFooter) -> Bool {
        var footer = original
        let table = MappedFile.checksumTable(of: body.span)
        footer.tableChecksum = CRC32C.checksum(table.span)
        do {
            let segment = try DamagedSegmentTests.open(body + table + footer.encoded())
            try segment.verifyChecksums()
            _ = try DamagedSegmentTests.answers(segment)
            return true
        } catch is SegmentError {
            return false
        } catch {
            Issue.record("\(error)")
            return false
        }
    }
}
