import LDIF
import Testing

@Suite struct LDIFWriterTests {
    private func line(_ value: [UInt8]) -> String {
        var writer = LDIFWriter()
        writer.line("cn", value.span)
        return String(decoding: writer.output, as: UTF8.self)
    }

    /// RFC 2849 notes 4, 5 and 8.
    @Test func encodesOnlyWhatHasToBe() {
        #expect(line(Array("a b: <c".utf8)) == "cn: a b: <c\n")
        #expect(line([]) == "cn:\n")
        for unsafe in [" a", ":a", "<a", "a ", "a\nb", "a\rb", "a\u{0}b", "é", "a\u{7F}"] {
            #expect(line(Array(unsafe.utf8)).hasPrefix("cn:: "), "\(unsafe.debugDescription)")
        }
        #expect(line([0xFF]) == "cn:: /w==\n")
        #expect(line([0xFF, 0xFE]) == "cn:: //4=\n")
        #expect(line([0xFF, 0xFE, 0xFD]) == "cn:: //79\n")
    }

    @Test(arguments: [70, 71, 72, 73, 74, 146, 147, 148, 149, 300]) func foldsAtSeventySixColumns(_ count: Int) throws {
        var writer = LDIFWriter()
        let value = (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        writer.line("dn", "o=x".utf8.span)
        writer.line("cn", value.span)
        let lines = writer.output.split(separator: UInt8(ascii: "\n"))
        #expect(lines.allSatisfy { $0.count <= 76 })
        #expect(lines.dropFirst().dropLast().allSatisfy { $0.count == 76 })
        #expect(lines.dropFirst(2).allSatisfy { $0.first == UInt8(ascii: " ") })
        #expect(
            try LDIFRecord.records(in: writer.output)[0].change
                == .content([LDIFValue(name: Array("cn".utf8), value: value)]))
    }

    @Test func writesEveryKindOfRecord() throws {
        let name = Array("cn".utf8)
        let values = [LDIFValue(name: name, value: [0, 1, 2]), LDIFValue(name: name, value: Array("x".utf8))]
        let records: [LDIFRecord] = [
            LDIFRecord(dn: Array("o=x".utf8), change: .add(values)),
            LDIFRecord(
                dn: Array("o= x ".utf8),
                controls: [
                    LDIFControl(oid: "1.2.3", isCritical: true),
                    LDIFControl(oid: "1.2.4", value: [UInt8](repeating: 0, count: 99)),
                ], change: .delete),
            LDIFRecord(
                dn: Array("ö=x".utf8),
                change: .modify([
                    LDIFModification(kind: .add, name: name, values: values),
                    LDIFModification(kind: .delete, name: name, values: []),
                    LDIFModification(kind: .replace, name: name, values: []),
                ])),
            LDIFRecord(
                dn: Array("o=x".utf8), change: .rename(newRDN: Array("o=ÿ".utf8), deleteOldRDN: false, newSuperior: [])),
            LDIFRecord(
                dn: Array("o=x".utf8), change: .rename(newRDN: Array("o=y".utf8), deleteOldRDN: true, newSuperior: nil)),
        ]
        var writer = LDIFWriter()
        writer.version()
        writer.comment("two\nlines")
        for record in records { writer.record(record) }
        #expect(try LDIFRecord.records(in: writer.output) == records)
    }
}
