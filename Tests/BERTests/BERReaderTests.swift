import BER
import RandomTesting
import Testing

/// The verdict of reading `bytes` with `read`, which must come to their end; nil when there is nothing to object to.
func verdict(_ bytes: [UInt8], _ read: (inout BERReader) throws(BERError) -> Void) -> BERError.Code? {
    var reader = BERReader(bytes.span)
    do throws(BERError) {
        try read(&reader)
        try reader.expectEnd()
        return nil
    } catch {
        return error.code
    }
}

@Suite struct BERReaderTests {
    @Test(arguments: [
        (bytes: "02 01 00", value: Int64(0)),
        (bytes: "02 01 7F", value: 127),
        (bytes: "02 01 80", value: -128),
        (bytes: "02 02 00 80", value: 128),
        (bytes: "02 02 01 00", value: 256),
        (bytes: "02 02 FF 7F", value: -129),
        (bytes: "02 04 7F FF FF FF", value: 2_147_483_647),
        (bytes: "02 08 7F FF FF FF FF FF FF FF", value: .max),
        (bytes: "02 08 80 00 00 00 00 00 00 00", value: .min),
    ])
    func readsIntegersOfX690Section8_3(bytes: String, value: Int64) throws {
        let octets = hex(bytes)
        var reader = BERReader(octets.span)
        let read = try reader.readInteger()
        #expect(read == value)
        try reader.expectEnd()
    }

    /// X.690 §8.3.2 forbids these encodings; some senders always write four octets.
    @Test(arguments: [
        (bytes: "02 02 00 05", value: Int64(5)),
        (bytes: "02 04 00 00 00 05", value: 5),
        (bytes: "02 04 FF FF FF FE", value: -2),
        (bytes: "02 0A 00 00 00 00 00 00 00 00 00 07", value: 7),
        (bytes: "02 09 FF FF FF FF FF FF FF FF FF", value: -1),
        (bytes: "02 09 FF 80 00 00 00 00 00 00 00", value: .min),
        (bytes: "02 09 00 7F FF FF FF FF FF FF FF", value: .max),
    ])
    func acceptsIntegersWithRedundantOctets(bytes: String, value: Int64) throws {
        let octets = hex(bytes)
        var reader = BERReader(octets.span)
        let read = try reader.readInteger()
        #expect(read == value)
    }

    @Test(arguments: [
        "02 09 00 80 00 00 00 00 00 00 00", "02 09 01 00 00 00 00 00 00 00 00", "02 09 FF 7F FF FF FF FF FF FF FF",
        "02 0C 01 00 00 00 00 00 00 00 00 00 00 00",
    ])
    func rejectsIntegersBeyond64Bits(bytes: String) {
        let code = verdict(hex(bytes)) { (reader) throws(BERError) in _ = try reader.readInteger() }
        #expect(code == .integerTooLarge)
    }

    @Test func rejectsAnIntegerWithoutOctets() {
        let code = verdict(hex("02 00")) { (reader) throws(BERError) in _ = try reader.readInteger() }
        #expect(code == .badContentsLength)
    }

    /// RFC 4511 §5.1 asks senders for FF; X.690 §8.2.2 has any value but zero be true.
    @Test(arguments: [("01 01 FF", true), ("01 01 00", false), ("01 01 01", true), ("01 01 80", true)])
    func readsBooleans(bytes: String, value: Bool) throws {
        let octets = hex(bytes)
        var reader = BERReader(octets.span)
        let read = try reader.readBoolean()
        #expect(read == value)
    }

    @Test(arguments: ["01 00", "01 02 FF FF"])
    func rejectsBooleansThatAreNotOneOctet(bytes: String) {
        let code = verdict(hex(bytes)) { (reader) throws(BERError) in _ = try reader.readBoolean() }
        #expect(code == .badContentsLength)
    }

    @Test func readsNullWithoutContentsOnly() {
        #expect(verdict(hex("05 00")) { (reader) throws(BERError) in try reader.readNull() } == nil)
        #expect(verdict(hex("05 01 00")) { (reader) throws(BERError) in try reader.readNull() } == .badContentsLength)
    }

    /// X.690 §8.1.3.5 leaves it to the sender how many octets a length takes.
    @Test(arguments: [
        "04 03 61 62 63", "04 81 03 61 62 63", "04 82 00 03 61 62 63", "04 84 00 00 00 03 61 62 63",
        "04 83 00 00 03 61 62 63", "04 88 00 00 00 00 00 00 00 03 61 62 63",
    ])
    func acceptsLengthsOfX690Section8_1_3(bytes: String) throws {
        let octets = hex(bytes)
        var reader = BERReader(octets.span)
        let range = try reader.readOctetString()
        #expect(range == octets.count - 3..<octets.count)
        let contents = reader.bytes(range)
        let (count, first) = (contents.count, contents[0])
        #expect(count == 3 && first == 0x61)
        try reader.expectEnd()
    }

    /// Whatever follows the length octets, few or many, or nothing: the header is read alike.
    @Test(arguments: 1...8)
    func readsLengthsOfEveryFormAnywhere(octets: Int) throws {
        for length in [0, 1, 2, 3, 4, 127, 128, 255, 256, 70_000] where octets > 2 || length >> (8 * octets) == 0 {
            for behind in 0...5 {
                var element: [UInt8] = [0x04, 0x80 | UInt8(octets)]
                element += (0..<octets).reversed().map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
                element += [UInt8](repeating: 0x61, count: length + behind)
                var reader = BERReader(element.span)
                let contents = try reader.readOctetString()
                #expect(contents == 2 + octets..<2 + octets + length)
                if length > 0 {
                    let short = Array(element.dropLast(behind + 1))
                    let code = verdict(short) { (reader) throws(BERError) in try reader.skip() }
                    #expect(code == .truncated)
                }
            }
        }
    }

    @Test(arguments: [
        ("", BERError.Code.truncated),
        ("04", .truncated),
        ("04 01", .truncated),
        ("04 03 61 62", .truncated),
        ("04 82 01", .truncated),
        ("04 84 7F FF FF FF 00", .truncated),
        // A 64-bit length just within Int, far beyond the input: no sum may overflow.
        ("04 88 7F FF FF FF FF FF FF FF 00", .truncated),
        // X.690 §8.1.3.6: indefinite, which RFC 4511 §5.1 forbids.
        ("04 80 61 00 00", .indefiniteLength),
        ("30 80 00 00", .indefiniteLength),
        // Beyond Int: read as signed it would be negative.
        ("04 88 FF FF FF FF FF FF FF FF 00", .lengthTooLarge),
        ("04 88 80 00 00 00 00 00 00 00 00", .lengthTooLarge),
        ("04 89 00 00 00 00 00 00 00 00 01 61", .lengthTooLarge),
        // X.690 §8.1.3.5 c: the first octet FF is reserved.
        ("04 FF 00", .lengthTooLarge),
        // X.690 §8.1.2.4: an identifier of several octets.
        ("1F 81 01 00", .multiOctetTag),
        ("7F 20 00", .multiOctetTag),
        ("04 01 61 62", .trailingBytes),
    ])
    func rejectsMalformedHeaders(bytes: String, code: BERError.Code) {
        #expect(verdict(hex(bytes)) { (reader) throws(BERError) in try reader.skip() } == code)
    }

    /// RFC 4511 §5.1: octet strings are primitive.
    @Test func rejectsConstructedOctetStrings() {
        let code = verdict(hex("24 05 04 03 61 62 63")) { (reader) throws(BERError) in _ = try reader.readOctetString()
        }
        #expect(code == .unexpectedTag)
    }

    @Test func rejectsAnElementLongerThanWhatEnclosesIt() {
        // The inner string claims four octets; the sequence has room for three, though the input has more.
        let code = verdict(hex("30 05 04 04 61 62 63 64")) { (reader) throws(BERError) in
            var inner = try reader.readConstructed(BERTag.sequence)
            _ = try inner.readOctetString()
        }
        #expect(code == .truncated)
    }

    @Test func givesOffsetsThatCountFromTheInput() throws {
        let octets = hex("30 08 02 01 05 04 03 61 62 63")
        var outer = BERReader(octets.span)
        var inner = try outer.readConstructed(BERTag.sequence)
        _ = try inner.readInteger()
        let (position, tag) = (inner.position, inner.peekTag())
        #expect(position == 5 && tag == 0x04)
        let range = try inner.readOctetString()
        #expect(range == 7..<10)
        try inner.expectEnd()
        try outer.expectEnd()
        let again = outer.reader(of: 5..<10)
        let place = again.position..<again.end
        #expect(place == 5..<10)
    }

    @Test func leavesTheReaderWhereItWasOnError() {
        let octets = hex("04 05 61")
        var reader = BERReader(octets.span)
        do {
            try reader.skip()
            Issue.record("a truncated element was read")
        } catch {
            #expect(error.offset == 0)
        }
        let position = reader.position
        #expect(position == 0)
    }

    @Test func clampsARangeOutsideTheInput() {
        let octets = hex("04 00")
        let reader = BERReader(octets.span, range: -5..<100)
        let whole = reader.position..<reader.end
        #expect(whole == 0..<2)
        let empty = BERReader(octets.span, range: 50..<100)
        let none = empty.position..<empty.end
        #expect(none == 2..<2)
    }

    /// Whatever the octets, reading ends, within them, and never traps.
    @Test func neverReadsBeyondRandomOctets() throws {
        var random = SeededRandom()
        for _ in 0..<2_000 {
            let octets = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var reader = BERReader(octets.span)
            do throws(BERError) {
                while !reader.isAtEnd {
                    let before = reader.position
                    let header = try reader.readHeader()
                    #expect(header.contents.lowerBound >= before + 2 && header.contents.upperBound <= octets.count)
                    _ = try? reader.integer(in: header.contents)
                }
            } catch {
                #expect(error.offset <= octets.count, "seed \(random.seed)")
            }
        }
    }
}
