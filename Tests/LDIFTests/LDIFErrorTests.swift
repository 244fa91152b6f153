import LDIF
import Testing

/// Every mistake names its line, its column where known, and what was expected; never a value.
@Suite struct LDIFErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let code: LDIFError.Code
        let line: Int
        var column: Int?
        let expected: String
        var testDescription: String { text.debugDescription }
    }

    static let mistakes: [Mistake] = [
        Mistake(text: "version: 2\ndn: o=x\no: x\n", code: .version, line: 1, expected: "version: 1"),
        Mistake(text: "dn: o=x\no: x\n\nversion: 1\n", code: .version, line: 4, expected: "first line"),
        Mistake(text: "cn: secret\n", code: .recordStart, line: 1, expected: "'dn:'"),
        Mistake(text: "dn: o=x\no: x\n\nsearch: 2\nresult: 0 Success\n", code: .recordStart, line: 4, expected: "-LLL"),
        Mistake(text: "dn: o=x\no: x\ndn: o=y\n", code: .recordStart, line: 3, expected: "blank line"),
        Mistake(text: "dn: o=x\n", code: .line, line: 1, expected: "at least one attribute"),
        Mistake(text: "dn: o=x\n\n", code: .line, line: 1, expected: "at least one attribute"),
        Mistake(text: "dn: o=x\nsecret\n", code: .line, line: 2, column: 7, expected: "'name: value'"),
        Mistake(text: "dn: o=x\ncn : secret\n", code: .line, line: 2, column: 3, expected: "'name: value'"),
        Mistake(text: "dn: o=x\nmy_attr: secret\n", code: .line, line: 2, column: 3, expected: "hyphens"),
        Mistake(text: "dn: o=x\n: secret\n", code: .line, line: 2, column: 1, expected: "'name: value'"),
        Mistake(text: "dn: o=x\n-cn: secret\n", code: .line, line: 2, column: 4, expected: "'name: value'"),
        Mistake(text: "dn: o=x\n\tsecret\n", code: .line, line: 2, column: 1, expected: "'name: value'"),
        Mistake(text: " secret\n", code: .continuation, line: 1, expected: "continues nothing"),
        Mistake(text: "dn: o=x\no: x\n\n secret\n", code: .continuation, line: 4, expected: "continues nothing"),
        Mistake(text: "dn: o=x\ncn:: c2Vj*mV0\n", code: .base64, line: 2, column: 10, expected: "base64"),
        Mistake(text: "dn: o=x\ncn:: c2Vj\n cm*0\n", code: .base64, line: 3, column: 4, expected: "base64"),
        Mistake(text: "dn: o=x\ncn:: c2VjcmV\n", code: .base64, line: 2, expected: "padded"),
        Mistake(text: "dn: o=x\ncn:: c2VjcmU\n", code: .base64, line: 2, expected: "padded"),
        Mistake(text: "dn: o=x\ncn:: c2VjcmV=\n", code: .base64, line: 2, expected: "whole base64"),
        Mistake(text: "dn: o=x\ncn:: c2Vj====\n", code: .base64, line: 2, expected: "whole base64"),
        Mistake(text: "dn: o=x\ncn:: =\n", code: .base64, line: 2, expected: "whole base64"),
        Mistake(text: "dn: o=x\ncn:: c2Vj \n", code: .base64, line: 2, column: 10, expected: "base64"),
        Mistake(text: "dn: o=x\ncn: se\u{0}cret\n", code: .octets, line: 2, column: 7, expected: "NUL"),
        Mistake(text: "dn: o=x\ncn: se\rcret\n", code: .octets, line: 2, column: 7, expected: "carriage return"),
        Mistake(text: "dn: o=x\ncn: se\n c\u{0}ret\n", code: .octets, line: 3, column: 3, expected: "NUL"),
        Mistake(text: "dn:: /w==\no: x\n", code: .octets, line: 1, expected: "UTF-8"),
        Mistake(text: "dn: o=x\ncn:< file:///etc/secret\n", code: .url, line: 2, column: 4, expected: "another file"),
        Mistake(text: "dn: o=x\nchangetype: secret\n", code: .change, line: 2, expected: "modrdn"),
        Mistake(text: "dn: o=x\no: x\nchangetype: add\n", code: .change, line: 3, expected: "directly"),
        Mistake(text: "dn: o=x\nchangetype: add\n", code: .change, line: 1, expected: "at least one"),
        Mistake(text: "dn: o=x\nchangetype: delete\no: x\n", code: .change, line: 3, expected: "blank line"),
        Mistake(text: "dn: o=x\ncontrol: 1.2\no: x\n", code: .change, line: 3, expected: "'changetype:'"),
        Mistake(text: "dn: o=x\ncontrol: 1.2\n", code: .change, line: 1, expected: "'changetype:'"),
        Mistake(text: "dn: o=x\ncontrol: x true\nchangetype: delete\n", code: .change, line: 2, expected: "OID"),
        Mistake(text: "dn: o=x\ncontrol: 1.2 maybe\nchangetype: delete\n", code: .change, line: 2, expected: "true or"),
        Mistake(
            text: "dn: o=x\nchangetype: modify\nincrement: n\nn: 1\n-\n", code: .change, line: 3, expected: "RFC 4525"),
        Mistake(text: "dn: o=x\nchangetype: modify\ncn: secret\n", code: .change, line: 3, expected: "'replace:'"),
        Mistake(
            text: "dn: o=x\nchangetype: modify\nadd: cn\nsn: secret\n-\n", code: .change, line: 4, expected: "named"),
        Mistake(
            text: "dn: o=x\nchangetype: modify\nadd: cn\n-\n", code: .change, line: 3, expected: "at least one value"),
        Mistake(
            text: "dn: o=x\nchangetype: modify\nadd: not a name\n-\n", code: .change, line: 3, expected: "attribute"),
        Mistake(text: "dn: o=x\nchangetype: modify\nadd: cn\ncn: x\n-\n-\n", code: .change, line: 6, expected: "'-'"),
        Mistake(text: "dn: o=x\nchangetype: modrdn\ndeleteoldrdn: 1\n", code: .change, line: 3, expected: "'newrdn:'"),
        Mistake(
            text: "dn: o=x\nchangetype: modrdn\nnewrdn: o=y\n", code: .change, line: 3, expected: "'deleteoldrdn:'"),
        Mistake(
            text: "dn: o=x\nchangetype: modrdn\nnewrdn: o=y\ndeleteoldrdn: yes\n", code: .change, line: 4,
            expected: "0 or 1"),
        Mistake(
            text: "dn: o=x\nchangetype: moddn\nnewrdn: o=y\ndeleteoldrdn: 1\no: secret\n", code: .change, line: 5,
            expected: "'newsuperior:'"),
        Mistake(
            text: "dn: o=x\nchangetype: moddn\nnewrdn: o=y\ndeleteoldrdn: 1\nnewsuperior: o=z\no: secret\n",
            code: .change, line: 6, expected: "blank line"),
    ]

    @Test(arguments: mistakes) func refuses(_ mistake: Mistake) throws {
        for chunk in [1, 5, .max] {
            let error = try #require(throws: LDIFError.self) {
                try LDIFRecord.records(in: Array(mistake.text.utf8), file: "people.ldif", chunk: chunk)
            }
            #expect(error.code == mistake.code, "\(error)")
            #expect(error.line == mistake.line, "\(error)")
            if let column = mistake.column { #expect(error.column == column, "\(error)") }
            #expect(error.reason.contains(mistake.expected), "\(error)")
            #expect(error.description.hasPrefix("people.ldif:\(mistake.line):"), "\(error)")
            #expect(!error.description.contains("secret"))
        }
    }

    @Test func refusesLatin1OutsideBase64() throws {
        let text = Array("dn: o=x\nsn: M".utf8) + [0xFC] + Array("ller\n".utf8)
        let error = try #require(throws: LDIFError.self) { try LDIFRecord.records(in: text) }
        #expect(error.code == .octets)
        #expect(error.line == 2)
    }

    @Test func namesTheReasonOfAnUnreadableFile() throws {
        #expect(throws: LDIFInputError.self) { try LDIFFile(path: "/nonexistent/people.ldif") }
        let error = try #require(throws: LDIFInputError.self) { try LDIFFile(path: "/") }
        #expect(error.reason == "it is a folder")
    }

    @Test func limitsLinesRecordsAndNames() throws {
        var limits = LDIFLimits()
        limits.lineLength = 40
        limits.nameLength = 12
        limits.linesInRecord = 3
        limits.controlsInRecord = 1
        limits.attributeDescriptionLength = 10
        func code(_ text: String) -> LDIFError.Code? {
            do throws(LDIFError) {
                _ = try LDIFRecord.records(in: Array(text.utf8), chunk: 3, limits: limits)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code("dn: o=x\ncn: " + String(repeating: "y", count: 36) + "\n") == nil)
        #expect(code("dn: o=x\ncn: " + String(repeating: "y", count: 37) + "\n") == .limit)
        #expect(code("dn: o=x\ncn: " + String(repeating: "y\n ", count: 37) + "\n") == .limit)
        #expect(code("# " + String(repeating: "y", count: 39) + "\ndn: o=x\no: x\n") == .limit)
        #expect(code("dn: o=xxxxxxxxxx\no: x\n") == nil)
        #expect(code("dn: o=xxxxxxxxxxx\no: x\n") == .limit)
        #expect(code("dn: o=x\no: 1\no: 2\no: 3\n") == nil)
        #expect(code("dn: o=x\no: 1\no: 2\no: 3\no: 4\n") == .limit)
        #expect(code("dn: o=x\naaaaaaaaaa: 1\n") == nil)
        #expect(code("dn: o=x\naaaaaaaaaaa: 1\n") == .limit)
        #expect(code("dn: o=x\ncontrol: 1.1\nchangetype: delete\n") == nil)
        #expect(code("dn: o=x\ncontrol: 1.1\ncontrol: 1.1\nchangetype: delete\n") == .limit)
    }

    @Test func limitsTheRecordAndNotTheFile() throws {
        var limits = LDIFLimits()
        limits.recordLength = 300_000
        let record =
            "dn: o=x\n" + String(repeating: "o: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n", count: 4000) + "\n"
        #expect(try LDIFRecord.records(in: Array((record + record + record).utf8), limits: limits).count == 3)
        let long =
            "dn: o=x\n" + String(repeating: "o: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n", count: 20000) + "\n"
        let error = try #require(throws: LDIFError.self) {
            try LDIFRecord.records(in: Array(long.utf8), limits: limits)
        }
        #expect(error.code == .limit)
    }
}
