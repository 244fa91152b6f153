import Schema
import Storage
import RandomTesting
import Testing

@testable import AttributeIndex

/// Probes ask for the octets that the look-up will read, whatever a segment's octets say.
@Suite struct KeyProbeTests {
    private let segment: Segment

    init() throws {
        var random = RandomRecords(seed: 21)
        segment = try .built(random.records(200), seed: 9)
    }

    @Test func leadToTheRowOfTheKeyAndOfItsOnlyEntry() throws {
        var keys = 0
        var led = 0
        var alone = 0
        for (index, attribute) in segment.attributes.enumerated() {
            for valueID in 0..<attribute.valueCount {
                let key = [UInt8](copying: try segment.key(index, valueID))
                var probe = try #require(segment.probe(index, key))
                segment.advance(&probe)
                let entries = try segment.numbers(segment.postings(index, valueID))
                keys += 1
                if probe.target == .value {
                    led += 1
                    #expect(probe.place == segment.rows[index].rows.lowerBound + 8 * Int(valueID))
                    let row = segment.entryTable + SegmentFormat.entryRowSize * Int(entries[0])
                    #expect(probe.entryRow == (entries.count == 1 ? row : -1))
                    if entries.count == 1 { alone += 1 }
                }
                segment.advance(&probe)
                #expect(probe.target == .done)
                segment.advance(&probe)
                let found = try #require(try segment.found(probe, key))
                #expect(found.valueID == valueID)
                #expect(try segment.numbers(found.postings) == entries)
                let other = key + [7]
                let miss = try #require(segment.probe(index, other))
                #expect(try segment.found(miss, other) == nil)
            }
        }
        // A key far from its home slot, or beyond the table's end, is not followed.
        #expect(led * 10 > keys * 9 && alone > 100, "\(led) of \(keys), \(alone) with one entry")
    }

    @Test func leadToTheRecordOfAName() throws {
        var led = 0
        for entry in 0..<segment.entryCount {
            let view = try segment.view(entry)
            let key = [UInt8](copying: try segment.octets(view.key))
            var probe = try #require(segment.probe(entryWithKey: key))
            segment.advance(&probe)
            if probe.target == .record {
                led += 1
                #expect(probe.place == view.itemsStart - EntryView.headerSize)
            }
            segment.advance(&probe)
            #expect(probe.target == .done)
            let found = try segment.view(probe, withKey: key.span)
            #expect(found?.id == entry)
        }
        #expect(led * 10 > Int(segment.entryCount) * 9, "\(led) of \(segment.entryCount)")
    }

    @Test func areNilWhereNothingCanBeFound() throws {
        let key = Array("x".utf8)
        #expect(segment.probe(-1, key) == nil)
        #expect(segment.probe(segment.attributes.count, key) == nil)
        let empty = try Segment.built([], seed: 1)
        #expect(empty.probe(entryWithKey: key) == nil)
    }

    /// A probe reads what was not checked, and must not make it count as checked.
    @Test func leaveDamageToTheLookUp() throws {
        var random = RandomRecords(seed: 22)
        var octets = try Segment.image(random.records(1500), seed: 5).copy
        let whole = try KeyProbeTests.open(octets)
        let name = try whole.index(of: "uid")
        let key = [UInt8](copying: try whole.key(name, 0))
        let row = whole.rows[name].rows.lowerBound
        // Opening reads the last block: what is damaged must lie in another.
        try #require(row < whole.footer.covered - 2 * MappedFile.blockSize)
        octets[row + 4] ^= 1
        let damaged = try KeyProbeTests.open(octets)
        var probe = try #require(damaged.probe(name, key))
        for _ in 0..<KeyProbe.steps { damaged.advance(&probe) }
        #expect(throws: SegmentError.self) { try damaged.found(probe, key) }
    }

    private static func open(_ octets: [UInt8]) throws -> Segment {
        try Segment(mapping: try MappedFile(copying: octets.span, name: "test"), schema: .builtIn)
    }

    /// Slots, rows and places that lead anywhere: every probe ends, and none traps.
    @Test func endOverAnyOctets() throws {
        var generator = SeededRandom(seed: .random(in: 0...99_999))
        let bytes = segment.bytes
        for _ in 0..<20_000 {
            let inside = Int.random(in: 0..<bytes.count, using: &generator)
            let edge = [0, -1, bytes.count, bytes.count - 3, .max - 4, .min, inside]
            var probe = KeyProbe(
                attribute: Int.random(in: -2...segment.attributes.count, using: &generator),
                hash: .random(in: 0 ... .max, using: &generator),
                target: [.valueSlot, .value, .nameSlot, .record].randomElement(using: &generator) ?? .value,
                place: edge.randomElement(using: &generator) ?? 0,
                entryRow: edge.randomElement(using: &generator) ?? 0)
            for _ in 0..<KeyProbe.steps + 1 { segment.advance(&probe) }
            #expect(probe.target == .done)
        }
        for entry in [0, segment.entryCount, .max] {
            segment.prefetchRow(of: entry)
            segment.prefetchRecord(of: entry)
            for attribute in [-1, 0, segment.attributes.count] {
                segment.prefetchRow(ofValue: entry, attribute)
                segment.prefetchKey(entry, attribute)
                segment.prefetchRow(ofEntryWith: entry, attribute)
                segment.prefetchRecord(ofEntryWith: entry, attribute)
            }
        }
    }
}

// Spans cannot be handed through the macros.
extension Segment {
    fileprivate func probe(_ attribute: Int, _ key: [UInt8]) -> KeyProbe? { beginProbe(attribute, key.span) }

    fileprivate func probe(entryWithKey key: [UInt8]) -> KeyProbe? { beginProbe(entryWithKey: key.span) }

    fileprivate func found(_ probe: KeyProbe, _ key: [UInt8]) throws -> ValueMatch? {
        try match(probe, equalTo: key.span)
    }
}
