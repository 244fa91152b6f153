import AttributeIndex
import LDIF
import Provisioning
import Schema
import Testing

@Suite struct LDIFApplyTests {
    static let seed = """
        dn: dc=example,dc=edu
        objectClass: domain
        dc: example

        dn: ou=People,dc=example,dc=edu
        objectClass: organizationalUnit
        ou: People

        dn: ou=Groups, dc=example, dc=edu
        objectClass: organizationalUnit
        ou: Groups

        dn: uid=anna,ou=People,dc=example,dc=edu
        objectClass: inetOrgPerson
        uid: anna
        cn: Anna Bell
        cn: A. Bell
        sn: Bell
        displayName: Anna
        jpegPhoto:: /9j/4A==

        dn: cn=phone,uid=anna,ou=People,dc=example,dc=edu
        objectClass: device
        cn: phone


        """
    static let anna = "uid=anna,ou=People,dc=example,dc=edu"

    private func changed(_ text: String, of generation: Generation? = nil) throws -> Generation {
        let before = try generation ?? Imported(Self.seed).generation
        return try before.applying(try changes(text, of: before))
    }

    private func changes(_ text: String, of before: Generation) throws -> ChangeSet {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "changes.ldif")
        var options = ImportOptions()
        options.stamp = ChangeStamp(seconds: 1_800_000_000)
        return try LDIFApply(
            files: [file], generation: before, base: .builtIn, suffix: "dc=example,dc=edu", options: options
        ).run()
    }

    @Test func addsEntriesAsAnImportDoes() throws {
        let after = try changed(
            """
            dn: ou=Staff,dc=example,dc=edu
            changetype: add
            objectClass: organizationalUnit
            ou: Staff

            dn: uid=b,ou=Staff,dc=example,dc=edu
            changetype: add
            objectClass: account
            uid: b

            """)
        #expect(try after.values("uid=b,ou=Staff,dc=example,dc=edu", "structuralObjectClass") == ["account"])
        #expect(try after.values("uid=b,ou=Staff,dc=example,dc=edu", "createTimestamp") == ["20270115080000Z"])
        #expect(after.entryCount == 7)
    }

    @Test func modifiesByTheMatchingRuleAndStampsTheEntry() throws {
        let before = try Imported(Self.seed).generation
        let after = try changed(
            """
            dn: UID=Anna, ou=people,dc=example,dc=edu
            changetype: modify
            delete: CN
            cn: a.  BELL
            -
            add: description
            description: one
            description: two
            -
            replace: displayName
            displayName: Anna B
            -
            replace: mail
            -
            delete: jpegPhoto
            -

            """, of: before)
        #expect(try after.values(Self.anna, "cn") == ["Anna Bell"])
        #expect(try after.values(Self.anna, "description") == ["one", "two"])
        #expect(try after.values(Self.anna, "displayName") == ["Anna B"])
        #expect(try after.values(Self.anna, "jpegPhoto") == [])
        #expect(try after.values(Self.anna, "modifyTimestamp") == ["20270115080000Z"])
        #expect(try after.values(Self.anna, "entryCSN") == ["20270115080000.000000Z#000000#000#000000"])
        for kept in ["entryUUID", "createTimestamp", "creatorsName", "structuralObjectClass"] {
            let value = try before.values(Self.anna, kept)
            #expect(try after.values(Self.anna, kept) == value)
            #expect(value?.count == 1)
        }
    }

    /// RFC 4511 section 4.9: what is below moves along; entryUUID stays.
    @Test func movesASubtree() throws {
        let before = try Imported(Self.seed).generation
        let after = try changed(
            """
            dn: uid=anna,ou=People,dc=example,dc=edu
            changetype: modrdn
            newrdn: uid=Anna.Bell
            deleteoldrdn: 1
            newsuperior: ou=groups,dc=example,dc=edu

            """, of: before)
        let moved = "uid=anna.bell,ou=Groups,dc=example,dc=edu"
        #expect(try after.values(Self.anna, "uid") == nil)
        #expect(try after.values(moved, "uid") == ["Anna.Bell"])
        #expect(try after.values("cn=phone," + moved, "cn") == ["phone"])
        #expect(
            try after.record("cn=phone," + moved)?.dn.text == "cn=phone,uid=Anna.Bell,ou=Groups, dc=example, dc=edu")
        for (old, new) in [(Self.anna, moved), ("cn=phone," + Self.anna, "cn=phone," + moved)] {
            let uuid = try before.values(old, "entryUUID")
            #expect(try after.values(new, "entryUUID") == uuid)
        }
        #expect(try after.values(moved, "modifyTimestamp") == ["20270115080000Z"])
        #expect(try after.values("cn=phone," + moved, "modifyTimestamp") == ["20260102030405Z"])
        #expect(after.entryCount == before.entryCount)
    }

    @Test func keepsTheOldNameAsAValue() throws {
        let after = try changed(
            "dn: \(Self.anna)\nchangetype: moddn\nnewrdn: uid=bell+sn=Bell\ndeleteoldrdn: 0\n")
        #expect(try after.values("sn=bell+uid=BELL,ou=People,dc=example,dc=edu", "uid") == ["anna", "bell"])
        #expect(try after.values("sn=bell+uid=BELL,ou=People,dc=example,dc=edu", "sn") == ["Bell"])
    }

    @Test func respellsAName() throws {
        let after = try changed("dn: \(Self.anna)\nchangetype: modrdn\nnewrdn: UID=ANNA\ndeleteoldrdn: 1\n")
        #expect(try after.record(Self.anna)?.dn.text == "UID=ANNA,ou=People,dc=example,dc=edu")
        #expect(try after.values(Self.anna, "uid") == ["ANNA"])
        #expect(after.entryCount == 5)
    }

    /// RFC 2849 example 7.
    @Test func deletesASubtreeWithTheTreeDeleteControl() throws {
        let after = try changed(
            "dn: ou=People,dc=example,dc=edu\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: delete\n")
        #expect(after.entryCount == 2)
    }

    @Test func takesUnknownNamesWithAWarning() throws {
        let before = try Imported(Self.seed).generation
        let changes = try changes(
            "dn: \(Self.anna)\nchangetype: modify\nadd: campusCard\ncampusCard: 7\n-\nadd: objectClass\n"
                + "objectClass: campusPerson\n", of: before)
        #expect(changes.warnings.map(\.kind) == [.unknownAttributeTypes, .unknownObjectClasses])
        let after = try before.applying(changes)
        #expect(try after.values(Self.anna, "CAMPUSCARD") == ["7"])
    }

    @Test func putsAnEntryInThePlaceOfGlue() throws {
        let before = try Imported("dn: uid=a,ou=X,dc=example,dc=edu\nobjectClass: account\nuid: a\n").generation
        let after = try changed(
            "dn: ou=X,dc=example,dc=edu\nchangetype: add\nobjectClass: organizationalUnit\nou: X\n", of: before)
        #expect(try after.values("ou=X,dc=example,dc=edu", "structuralObjectClass") == ["organizationalUnit"])
        #expect(after.entryCount == before.entryCount)
    }

    @Test func countsWhatItDid() throws {
        let before = try Imported(Self.seed).generation
        let changes = try changes(
            "dn: ou=A,dc=example,dc=edu\nchangetype: add\nobjectClass: organizationalUnit\nou: A\n\n"
                + "dn: ou=A,dc=example,dc=edu\nchangetype: modrdn\nnewrdn: ou=B\ndeleteoldrdn: 1\n\n"
                + "dn: ou=B,dc=example,dc=edu\nchangetype: modify\n\n"
                + "dn: ou=B,dc=example,dc=edu\nchangetype: delete\n",
            of: before)
        #expect(changes.changes.isEmpty)
        #expect(changes.counts.added == 1)
        #expect(changes.counts.modified == 1)
        #expect(changes.counts.renamed == 1)
        #expect(changes.counts.deleted == 1)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let text: String
        let code: ProvisioningError.Code
        let line: Int
        var testDescription: String { "\(code) at \(line)" }
    }

    private static func modify(_ lines: String) -> String { "dn: \(anna)\nchangetype: modify\n\(lines)" }

    static let mistakes: [Mistake] = [
        Mistake(text: "dn: \(anna)\nobjectClass: account\n", code: .wrongRecord, line: 1),
        Mistake(text: "dn: secret\nchangetype: delete\n", code: .invalidName, line: 1),
        Mistake(text: "dn: uid=secret,dc=example,dc=edu\nchangetype: delete\n", code: .noSuchEntry, line: 1),
        Mistake(text: "\n\ndn: \(anna)\nchangetype: delete\n", code: .notALeaf, line: 3),
        Mistake(text: "dn: \(anna)\ncontrol: 1.2.3 true\nchangetype: delete\n", code: .criticalControl, line: 1),
        Mistake(
            text: "dn: \(anna)\nchangetype: add\nobjectClass: account\nuid: anna\n", code: .entryExists, line: 1),
        Mistake(
            text: "dn: uid=a,ou=X,dc=example,dc=edu\nchangetype: add\nobjectClass: account\nuid: a\n", code: .noParent,
            line: 1),
        Mistake(
            text: "dn: uid=a,dc=edu\nchangetype: add\nobjectClass: account\nuid: a\n", code: .outsideSuffix, line: 1),
        Mistake(
            text: "dn: uid=a,dc=example,dc=edu\nchangetype: add\nobjectClass: account\nuid: a\nUID: A\n",
            code: .duplicateValue, line: 1),
        Mistake(
            text: "dn: uid=a,dc=example,dc=edu\nchangetype: add\nobjectClass: account\nuid: b\n", code: .namingValue,
            line: 1),
        Mistake(text: modify("add: cn\ncn: anna  BELL\n"), code: .duplicateValue, line: 3),
        Mistake(text: modify("add: description\ndescription: x\ndescription: X\n"), code: .duplicateValue, line: 3),
        Mistake(text: modify("replace: description\ndescription: x\ndescription: X\n"), code: .duplicateValue, line: 3),
        Mistake(text: modify("add: displayName\ndisplayName: x\n"), code: .singleValued, line: 3),
        Mistake(text: modify("replace: displayName\ndisplayName: x\ndisplayName: y\n"), code: .singleValued, line: 3),
        Mistake(text: modify("delete: description\n"), code: .noSuchValue, line: 3),
        Mistake(text: modify("delete: description\ndescription: x\n"), code: .noSuchValue, line: 3),
        Mistake(text: modify("replace: mail\n-\ndelete: cn\ncn: secret\n"), code: .noSuchValue, line: 5),
        Mistake(text: modify("delete: jpegPhoto\njpegPhoto:: /9j/4A==\n"), code: .noEqualityRule, line: 3),
        Mistake(text: modify("add: jpegPhoto\njpegPhoto:: /9j/4Q==\n"), code: .noEqualityRule, line: 3),
        Mistake(text: modify("add: seeAlso\nseeAlso: secret\n"), code: .invalidValue, line: 4),
        Mistake(text: modify("delete: campusCard\n"), code: .unknownName, line: 3),
        Mistake(text: modify("delete: uid\n"), code: .namingValue, line: 1),
        Mistake(text: modify("replace: uid\nuid: bell\n"), code: .namingValue, line: 1),
        Mistake(text: modify("replace: entryUUID\n"), code: .noUserModification, line: 3),
        Mistake(text: modify("replace: memberOf\n"), code: .noUserModification, line: 3),
        Mistake(text: modify("replace: objectClass\nobjectClass: account\n"), code: .schemaViolation, line: 1),
        Mistake(
            text: "dn: \(anna)\nchangetype: modrdn\nnewrdn: nonsense\ndeleteoldrdn: 1\n", code: .invalidName, line: 1),
        Mistake(
            text: "dn: \(anna)\nchangetype: modrdn\nnewrdn: uid=a,ou=b\ndeleteoldrdn: 1\n", code: .invalidName, line: 1),
        Mistake(
            text: "dn: \(anna)\nchangetype: modrdn\nnewrdn: displayName=x\ndeleteoldrdn: 0\n", code: .singleValued,
            line: 1),
        Mistake(
            text: "dn: ou=People,dc=example,dc=edu\nchangetype: modrdn\nnewrdn: ou=Groups\ndeleteoldrdn: 1\n",
            code: .entryExists, line: 1),
        Mistake(
            text: "dn: ou=People,dc=example,dc=edu\nchangetype: modrdn\nnewrdn: ou=People\ndeleteoldrdn: 1\n"
                + "newsuperior: \(anna)\n", code: .notALeaf, line: 1),
        Mistake(
            text:
                "dn: \(anna)\nchangetype: modrdn\nnewrdn: uid=a\ndeleteoldrdn: 1\nnewsuperior: ou=X,dc=example,dc=edu\n",
            code: .noParent, line: 1),
        Mistake(
            text: "dn: dc=example,dc=edu\nchangetype: modrdn\nnewrdn: dc=other\ndeleteoldrdn: 1\n",
            code: .outsideSuffix,
            line: 1),
    ]

    @Test(arguments: mistakes) func refuses(_ mistake: Mistake) throws {
        let before = try Imported(Self.seed).generation
        let error = try #require(throws: ProvisioningError.self) { _ = try changes(mistake.text, of: before) }
        #expect(error.code == mistake.code, "\(error)")
        #expect(error.line == mistake.line, "\(error)")
        #expect(error.file.hasSuffix("/changes.ldif"))
        #expect(!error.description.contains("secret"))
    }
}
