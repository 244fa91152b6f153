import BER
import RandomTesting
import Testing

@Suite struct BERWriterTests {
    @Test(arguments: [
        (Int64(0), "02 01 00"), (127, "02 01 7F"), (128, "02 02 00 80"), (256, "02 02 01 00"), (-1, "02 01 FF"),
        (-128, "02 01 80"), (-129, "02 02 FF 7F"), (2_147_483_647, "02 04 7F FF FF FF"),
        (.max, "02 08 7F FF FF FF FF FF FF FF"), (.min, "02 08 80 00 00 00 00 00 00 00"),
    ])
    func writesIntegersInTheFewestOctetsX690Section8_3_2(value: Int64, bytes: String) {
        var writer = BERWriter()
        writer.integer(value)
        let written = writer.array
        #expect(written == hex(bytes))
    }

    @Test func writesTheSimpleTypes() {
        var writer = BERWriter()
        writer.boolean(true)
        writer.boolean(false)
        writer.null()
        writer.enumerated(3)
        writer.octetString("ab")
        writer.octetString([0xFF], tag: 0x87)
        let written = writer.array
        #expect(written == hex("01 01 FF 01 01 00 05 00 0A 01 03 04 02 61 62 87 01 FF"))
    }

    /// X.690 §10.1: the fewest octets, at every border of their number.
    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 65_536, 70_000])
    func writesMinimalLengthsWhetherKnownBeforeOrAfter(length: Int) throws {
        let contents = [UInt8](repeating: 0x61, count: length)
        var known = BERWriter(capacity: 64)
        known.octetString(contents)
        var later = BERWriter(capacity: 64)
        let mark = later.begin(0x04)
        later.append(contents.span)
        later.end(mark)
        let octets = known.array
        let others = later.array
        #expect(octets == others)
        #expect(octets.count == length + BERWriter.headerSize(length: length))
        var reader = BERReader(octets.span)
        let range = try reader.readOctetString()
        #expect(range.count == length && range.upperBound == octets.count)
    }

    @Test(arguments: [0x80, 0xFF, 0x100, 0xFFFF, 0x1_0000, 1 << 24, 1 << 32, 1 << 40, 1 << 47, 1 << 48, 1 << 56, .max])
    func writesHeadersOfAnyLength(length: Int) {
        var octets: [UInt8] = []
        var rest = length
        while rest > 0 {
            octets.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        var writer = BERWriter()
        writer.header(0x64, length: length)
        let (written, size) = (writer.array, BERWriter.headerSize(length: length))
        #expect(written == [0x64, 0x80 | UInt8(octets.count)] + octets && size == written.count)
    }

    @Test func nestsElementsAcrossGrowth() {
        var writer = BERWriter(capacity: 64)
        let outer = writer.begin(BERTag.sequence)
        let inner = writer.begin(BERTag.set)
        for _ in 0..<100 { writer.octetString("0123456789") }
        writer.end(inner)
        writer.end(outer)
        let written = writer.array
        #expect(written.prefix(8) == hex("30 82 04 B4 31 82 04 B0")[...])
        #expect(written.count == 1_208)
    }

    @Test func removesWhatWasSentAndWritesOn() {
        var writer = BERWriter(capacity: 64)
        var expected: [UInt8] = []
        for round in 0..<200 {
            let text = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: round % 37)
            writer.append(text.span)
            expected += text
            let sent = min(expected.count, round % 23)
            writer.removeFirst(sent)
            expected.removeFirst(sent)
        }
        let written = writer.array
        #expect(written == expected)
        writer.removeFirst(1_000_000)
        let count = writer.count
        #expect(count == 0)
    }

    @Test func takesAHalfWrittenElementBack() {
        var writer = BERWriter()
        writer.integer(1)
        let before = writer.count
        _ = writer.begin(BERTag.sequence)
        writer.octetString("half")
        writer.truncate(to: before)
        let written = writer.array
        #expect(written == hex("02 01 01"))
        writer.truncate(to: 100)
        let count = writer.count
        #expect(count == 3)
    }

    @Test func givesMemoryBackOnRequest() {
        var writer = BERWriter(capacity: 64)
        writer.append([UInt8](repeating: 1, count: 10_000).span)
        writer.removeAll(keepingAtMost: 64)
        writer.octetString("again")
        let count = writer.count
        #expect(count == 7)
    }

    @Test func endingARemovedElementTraps() async {
        await #expect(processExitsWith: .failure) {
            var writer = BERWriter()
            let mark = writer.begin(BERTag.sequence)
            writer.truncate(to: 0)
            writer.end(mark)
        }
    }

    /// A random tree, written with lengths fixed up afterwards, reads back as the same tree.
    @Test func readsBackRandomTrees() throws {
        var random = SeededRandom()
        for _ in 0..<200 {
            var writer = BERWriter(capacity: 64)
            var expected: [[UInt8]] = []
            var open: [BERMark] = []
            for _ in 0..<Int.random(in: 1..<30, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0: open.append(writer.begin(BERTag.sequence))
                case 1: if let mark = open.popLast() { writer.end(mark) }
                default:
                    let length = Bool.random(using: &random) ? Int.random(in: 0..<20, using: &random) : 300
                    let leaf = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: length)
                    writer.octetString(leaf)
                    expected.append(leaf)
                }
            }
            while let mark = open.popLast() { writer.end(mark) }
            let octets = writer.array
            let leaves = try leaves(of: octets)
            #expect(leaves == expected, "seed \(random.seed)")
        }
    }

    private func leaves(of octets: [UInt8]) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        var ranges = [0..<octets.count]
        while let range = ranges.popLast() {
            var reader = BERReader(octets.span, range: range)
            guard !reader.isAtEnd else { continue }
            let header = try reader.readHeader()
            ranges.append(reader.position..<range.upperBound)
            if header.isConstructed {
                ranges.append(header.contents)
            } else {
                found.append(Array(octets[header.contents]))
            }
        }
        return found
    }
}
