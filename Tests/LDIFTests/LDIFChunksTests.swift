import LDIF
import Testing

@Suite struct LDIFChunksTests {
    /// What a file reads as: its records with their lines, or the error that ends it.
    private struct Reading: Equatable {
        var records: [LDIFRecord] = []
        var lines: [[Int]] = []
        var error: String?

        mutating func add(_ reader: borrowing LDIFReader) {
            records.append(reader.record)
            lines.append([reader.line] + reader.lines.map(\.line))
        }
    }

    private func whole(_ bytes: [UInt8], limits: LDIFLimits = LDIFLimits()) -> Reading {
        var reading = Reading()
        var reader = LDIFReader(file: "f", input: LDIFBytes(bytes), limits: limits)
        do { while try reader.next() { reading.add(reader) } } catch { reading.error = error.description }
        return reading
    }

    private func chunked(
        _ bytes: [UInt8], length: Int, limits: LDIFLimits = LDIFLimits(), isStream: Bool = false
    ) -> (Reading, Int) {
        var reading = Reading()
        var count = 0
        var memory: [UInt8] = []
        do {
            var chunks = LDIFChunks(
                file: "f", input: LDIFBytes(bytes, chunk: 7), limits: limits, length: length, isStream: isStream)
            while let chunk = try chunks.next(reusing: memory) {
                #expect(chunk.number == count && chunk.bytesRead <= bytes.count)
                count += 1
                var reader = LDIFReader(chunk, limits: limits)
                while try reader.next() { reading.add(reader) }
                memory = reader.takeMemory()
            }
        } catch {
            reading.error = error.description
        }
        return (reading, count)
    }

    private static let files: [String] = [
        "", "\n", "\n\n\n", "# comment\n\n# comment", "version: 1\n\ndn: o=a\no: a\n\ndn: o=b\no: b\n",
        "\u{FEFF}dn: o=a\no: a\n\n\u{FEFF}dn: o=b\no: b\n",
        "dn: o=a\r\no: a\r\n\r\ndn: o=b\r\no: lon\r\n ger\r\n\r\n\r\n# c\r\ndn: o=c\r\no: c",
        "dn: o=a\no:: YQ==\n\n# one\n# two\n  folded\ndn: o=b\n# inside\no: b\n \n b\n\n\n\n\ndn: o=c\no: c\n\n",
        "dn: o=a\no: a\n\ndn: o=b\no: b\n\n o=c\n", "dn: o=a\no: a\n\nversion: 1\ndn: o=b\no: b\n",
        "dn: o=a\no: a\n\ndn: o=b\no: b\no b\n\ndn: o=c\no: c\n", "dn: o=a\no: a\n\ndn: o=b\n\n\ndn: o=c\no: c\n",
        "dn: o=a\nchangetype: delete\n\ndn: o=b\nchangetype: modify\nadd: o\no: c\n-\n\ndn: o=c\no: \u{0}\n",
    ]

    @Test(arguments: files) func readsAsTheWholeFile(_ text: String) {
        let bytes = Array(text.utf8)
        let expected = whole(bytes)
        for length in 1...80 {
            #expect(chunked(bytes, length: length).0 == expected, "length \(length)")
            #expect(chunked(bytes, length: length, isStream: true).0 == expected, "a stream, length \(length)")
        }
    }

    @Test func aStreamsRecordComesAsSoonAsItIsWhole() {
        let bytes = Array("dn: o=a\no: a\n\ndn: o=b\no: b\n\n".utf8)
        #expect(chunked(bytes, length: 1 << 20).1 == 1)
        #expect(chunked(bytes, length: 1 << 20, isStream: true).1 == 2)
    }

    @Test func aChunkThatCameFromElsewhereReadsAsTheOneThatWent() throws {
        var chunks = LDIFChunks(
            file: "f", input: LDIFBytes(Array("# c\n\ndn: o=a\no: a\n\ndn: o=b\no b\n".utf8), chunk: 9), length: 1,
            isStream: true)
        var errors: [String] = []
        while let chunk = try chunks.next() {
            var reader = LDIFReader(LDIFChunk(Array(chunk.content), of: "f", firstLine: chunk.firstLine))
            do { while try reader.next() {} } catch { errors.append(error.description) }
        }
        #expect(errors.count == 1 && errors.first?.hasPrefix("f:7") == true, "\(errors)")
    }

    @Test func cutsWhereRecordsEnd() {
        let text = (0..<1000).map { "dn: o=\($0)\no: \($0)\n\n" }.joined()
        let (reading, count) = chunked(Array(text.utf8), length: 1000)
        #expect(count > 15)
        #expect(reading == whole(Array(text.utf8)))
        #expect(reading.records.count == 1000)
    }

    @Test func growsForALongRecordAndRefusesOneThatIsTooLong() {
        let long = "dn: o=a\n" + (0..<200).map { "o: value \($0)\n" }.joined()
        let text = "dn: o=x\no: x\n\n\(long)\ndn: o=y\no: y\n"
        #expect(chunked(Array(text.utf8), length: 64).0 == whole(Array(text.utf8)))
        var limits = LDIFLimits()
        limits.recordLength = 1024
        let (reading, _) = chunked(Array(text.utf8), length: 64, limits: limits)
        #expect(reading.records.count == 1)
        #expect(reading.error?.contains("a record of at most 1024 octets") == true)
    }
}
