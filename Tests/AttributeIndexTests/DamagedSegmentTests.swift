import Schema
import Storage
import RandomTesting
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

    @Test func findsEveryDamagedOctetByItsChecksum() throws {
        var generator = SeededRandom(seed: .random(in: 0...99_999))
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
        var generator = SeededRandom(seed: seed)
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
        var generator = SeededRandom(seed: seed)
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
            _ = try SegmentAnswers.all(segment)
            return true
        } catch is SegmentError {
            return false
        } catch {
            Issue.record("\(error)")
            return false
        }
    }
}
