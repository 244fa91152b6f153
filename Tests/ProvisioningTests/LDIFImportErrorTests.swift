import LDIF
import Provisioning
import Schema
import Testing

/// What an import refuses, with file, line and reason, and never a value.
@Suite struct LDIFImportErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let code: ProvisioningError.Code
        let line: Int
        let expected: String
        var isStrict = false
        var testDescription: String { "\(code) at \(line)" }
    }

    /// Four lines and a blank one; mistakes begin on line 6.
    static let suffix = "dn: dc=example,dc=edu\nobjectClass: domain\ndc: example\n# fourth\n\n"

    static let mistakes: [Mistake] = [
        Mistake(text: "", code: .noEntries, line: 0, expected: "at least one entry"),
        Mistake(text: "nonsense", code: .ldif(.recordStart), line: 1, expected: "'dn:'"),
        Mistake(
            text: suffix + "dn: secret\nobjectClass: account\nuid: a\n", code: .invalidName, line: 6, expected: "\"=\""),
        Mistake(
            text: suffix + "dn:\nobjectClass: account\nuid: a\n", code: .invalidName, line: 6, expected: "not empty"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\nhost: \n", code: .invalidValue,
            line: 9, expected: "host"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: person\ncn: a\nsn: b\nseeAlso: secret\n",
            code: .invalidValue, line: 10, expected: "seeAlso"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\ncreateTimestamp: secret\n",
            code: .invalidValue, line: 9, expected: "createTimestamp"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid:: /w==\n", code: .invalidValue,
            line: 8,
            expected: "uid"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\n\n"
                + "dn: UID=A, dc=example,dc=edu\nobjectClass: account\nuid: a\n",
            code: .duplicateEntry, line: 10, expected: "seed0.ldif:6"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=com\nobjectClass: account\nuid: a\n", code: .outsideSuffix, line: 6,
            expected: "dc=example,dc=edu"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: inetOrgPerson\nuid: a\ncn: a\nsn: a\n"
                + "displayName: secret\ncn: b\ndisplayName: secret2\n",
            code: .singleValued, line: 13, expected: "displayName"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: b\n", code: .namingValue, line: 6,
            expected: "uid"),
        Mistake(
            text: suffix + "dn: uid=a+cn=secret,dc=example,dc=edu\nobjectClass: account\nuid: a\n", code: .namingValue,
            line: 6, expected: "cn"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid;lang-en: a\n", code: .namingValue,
            line: 6, expected: "uid"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\nhost;secret: b\n",
            code: .invalidAttribute, line: 9, expected: "options"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\na.b: secret\n",
            code: .unknownName, line: 9, expected: "a.b"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nchangetype: delete\n", code: .wrongRecord, line: 6,
            expected: "peopled apply"),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\ncampusCard: secret\n",
            code: .unknownName, line: 9, expected: "campusCard", isStrict: true),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nobjectClass: campusPerson\nuid: a\n",
            code: .unknownName, line: 8, expected: "campusPerson", isStrict: true),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: inetOrgPerson\nuid: a\ncn: a\n",
            code: .schemaViolation, line: 6, expected: "sn", isStrict: true),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\nsn: b\n", code: .schemaViolation,
            line: 6, expected: "sn", isStrict: true),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: top\nobjectClass: extensibleObject\nuid: a\n",
            code: .schemaViolation, line: 6, expected: "structural", isStrict: true),
        Mistake(
            text: suffix
                + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nobjectClass: person\nuid: a\ncn: a\nsn: a\n",
            code: .schemaViolation, line: 6, expected: "structural", isStrict: true),
        Mistake(
            text: suffix + "dn: uid=a,dc=example,dc=edu\nobjectClass: account\nuid: a\nUID: A\n", code: .duplicateValue,
            line: 6, expected: "uid", isStrict: true),
    ]

    @Test(arguments: mistakes) func refuses(_ mistake: Mistake) throws {
        let error = try #require(throws: ProvisioningError.self) {
            try Imported(mistake.text, options: mistake.isStrict ? .strict : .fixed)
        }
        #expect(error.code == mistake.code, "\(error)")
        #expect(error.line == mistake.line, "\(error)")
        #expect(error.reason.contains(mistake.expected), "\(error)")
        #expect(mistake.line == 0 || error.file.hasSuffix("/seed0.ldif"))
        #expect(!error.description.contains("secret"))
        if mistake.isStrict { _ = try Imported(mistake.text) }
    }

    @Test func namesTheSecondFile() throws {
        let error = try #require(throws: ProvisioningError.self) {
            try Imported([Self.suffix, "\ndn: dc=EXAMPLE,dc=edu\nobjectClass: domain\ndc: example\n"])
        }
        #expect(error.file.hasSuffix("/seed1.ldif"))
        #expect(error.line == 2)
        #expect(error.reason.contains("seed0.ldif:1"))
    }

    @Test func refusesAFileThatIsNotThere() throws {
        let error = try #require(throws: ProvisioningError.self) {
            _ = try LDIFImport(files: ["/nonexistent/people.ldif"], schema: .builtIn).run()
        }
        #expect(error.code == .ldif(.unreadable))
        #expect(error.description == "/nonexistent/people.ldif: cannot read: No such file or directory")
    }

    @Test func refusesAConfiguredSuffixThatIsNoName() throws {
        var options = ImportOptions.fixed
        options.suffix = "example.edu"
        let error = try #require(throws: ProvisioningError.self) { try Imported(Self.suffix, options: options) }
        #expect(error.code == .invalidName)
    }

    @Test func refusesEntriesOutsideTheConfiguredSuffix() throws {
        var options = ImportOptions.fixed
        options.suffix = "dc=other,dc=edu"
        let error = try #require(throws: ProvisioningError.self) { try Imported(Self.suffix, options: options) }
        #expect(error.code == .outsideSuffix)
        #expect(error.line == 1)
    }
}
