import LDIF
import Testing

@Suite struct LDIFReaderTests {
    private func records(_ text: String) throws -> [LDIFRecord] {
        let bytes = Array(text.utf8)
        let records = try LDIFRecord.records(in: bytes)
        for chunk in 1...9 { #expect(try LDIFRecord.records(in: bytes, chunk: chunk) == records) }
        return records
    }

    private func content(_ dn: String, _ values: KeyValuePairs<String, String>) -> LDIFRecord {
        LDIFRecord(
            dn: Array(dn.utf8),
            change: .content(values.map { LDIFValue(name: Array($0.key.utf8), value: Array($0.value.utf8)) }))
    }

    @Test(arguments: [
        "", "\n", "\r\n\r\n", "# only a comment\n", "# folded\n  comment", "version: 1\n", "version: 1\n\n",
    ])
    func readsNoRecord(_ text: String) throws {
        #expect(try records(text).isEmpty)
    }

    @Test func readsTheVersionLineWithAndWithoutABlankLine() throws {
        let expected = [content("o=x", ["o": "x"])]
        #expect(try records("version: 1\ndn: o=x\no: x\n") == expected)
        #expect(try records("# head\n\nversion:1\n\n\n# more\n\ndn: o=x\no: x") == expected)
        #expect(try records("VERSION: 1\r\nDN: o=x\r\no: x\r\n") == expected)
    }

    @Test func skipsAByteOrderMark() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("dn: o=x\no: x\n".utf8)
        #expect(try LDIFRecord.records(in: bytes) == [content("o=x", ["o": "x"])])
    }

    @Test func readsARecordWithoutAFinalNewline() throws {
        #expect(try records("dn: o=x\no: x") == [content("o=x", ["o": "x"])])
        #expect(try records("dn: o=x\no: x\r") == [content("o=x", ["o": "x"])])
    }

    @Test func joinsFoldedNamesValuesAndComments() throws {
        #expect(
            try records("d\n n: o=\n x\ndesc\n ription\n : a\n  b\n \n c\n# com\n  ment: x\no:: e\n H\n g=\n") == [
                content("o=x", ["description": "a bc", "o": "xx"])
            ])
    }

    @Test func dropsExactlyOneSpaceOfAContinuation() throws {
        #expect(try records("dn: o=x\ncn: a\n  b \n  c") == [content("o=x", ["cn": "a b  c"])])
    }

    @Test func joinsLinesInsideACharacter() throws {
        let bytes = Array("dn: o=x\ncn: Z".utf8) + [0xC3, 0x0A, 0x20, 0xBC] + Array("rich\n".utf8)
        #expect(try LDIFRecord.records(in: bytes) == [content("o=x", ["cn": "Zürich"])])
    }

    @Test func takesUTF8OutsideBase64() throws {
        #expect(try records("dn: o=Zürich\no: Zürich\n") == [content("o=Zürich", ["o": "Zürich"])])
    }

    @Test func keepsSpacesAtTheEndAndDropsThoseBefore() throws {
        #expect(try records("dn: o=x\no:    x  \n") == [content("o=x", ["o": "x  "])])
    }

    @Test func readsEmptyValuesAndTheEmptyName() throws {
        #expect(
            try records("dn:\nseeAlso:\ncn: \nsn::\n") == [content("", ["seeAlso": "", "cn": "", "sn": ""])])
    }

    @Test func readsControlsWithEveryKindOfValue() throws {
        let records = try records(
            """
            dn: o=x
            control: 1.1
            control: 1.2 false
            control: 1.3 TRUE: text
            control: 1.4:: AAE=
            control: 1.5 true:
            changetype: DELETE

            """)
        #expect(
            records[0].controls == [
                LDIFControl(oid: "1.1"), LDIFControl(oid: "1.2"),
                LDIFControl(oid: "1.3", isCritical: true, value: Array("text".utf8)),
                LDIFControl(oid: "1.4", value: [0, 1]), LDIFControl(oid: "1.5", isCritical: true, value: []),
            ])
        #expect(records[0].change == .delete)
    }

    @Test func takesAModifyWithoutItsLastSeparator() throws {
        let text = "dn: o=x\nchangetype: modify\nadd: cn\nCN: y\n-\ndelete: sn"
        #expect(try records(text) == records(text + "\n-\n"))
    }

    @Test func countsTheBytesRead() throws {
        var reader = LDIFReader(file: "x", input: LDIFBytes(Array("dn: o=x\no: x\n".utf8)))
        #expect(try reader.next())
        #expect(try !reader.next())
        #expect(reader.bytesRead == 13)
    }

    @Test func keepsNamesOfLines() throws {
        #expect(
            try records("dn: o=x\ncn;lang-DE: y\n2.5.4.4;x-1: z\n") == [
                content("o=x", ["cn;lang-DE": "y", "2.5.4.4;x-1": "z"])
            ])
    }

    /// Any octets at all: an error or records, never a trap, and what was read is written and read back the same.
    @Test func readsBackWhatItWrote() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("readsBackWhatItWrote: seed \(seed)")
        var random = SplitMix(state: seed)
        let pieces = [
            "dn: o=x\n", "dn:: bz14\n", "changetype: add\n", "changetype: modify\n", "changetype: delete\n",
            "changetype: modrdn\n", "newrdn: o=y\n", "deleteoldrdn: 1\n", "newsuperior: o=z\n", "-\n", "add: cn\n",
            "delete: cn\n", "replace: cn\n", "cn: a\n", "cn:: YQ==\n", "cn:\n", "\n", "\n", " ", " x\n", "# c\n",
            "\r\n",
            "control: 1.2 true: x\n", ":", "version: 1\n", "\u{0}", "é", "cn: \n", "cn: a  b\n",
        ]
        var read = 0
        for _ in 0..<4000 {
            var text = Array("dn: o=x\n".utf8)
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                text += Array(pieces.randomElement(using: &random, default: "").utf8)
            }
            if Int.random(in: 0..<8, using: &random) == 0, !text.isEmpty {
                text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let records = try? LDIFRecord.records(in: text) else { continue }
            read += records.count
            var writer = LDIFWriter()
            for record in records { writer.record(record) }
            #expect(try LDIFRecord.records(in: writer.output, chunk: 11) == records, "seed \(seed): \(text)")
        }
        #expect(read > 100)
    }
}

/// SplitMix64: a small generator whose seed can be printed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Array {
    func randomElement(using random: inout SplitMix, default value: Element) -> Element {
        randomElement(using: &random) ?? value
    }
}
