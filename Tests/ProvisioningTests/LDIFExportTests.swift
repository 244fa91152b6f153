import AttributeIndex
import LDIF
import Provisioning
import Schema
import Testing

/// An export imports to the same directory, and exports to the same text again.
@Suite struct LDIFExportTests {
    private func exportTwice(_ texts: [String]) throws -> String {
        let first = try Imported(texts).export
        let second = try Imported(first, options: ImportOptions())
        #expect(try second.export == first)
        let kinds = second.warnings.map(\.kind)
        #expect(!kinds.contains(.missingParent) && !kinds.contains(.duplicateValue))
        return first
    }

    @Test func writesParentsFirstAndEverythingStored() throws {
        let text = """
            dn: uid=anna,ou=Students,dc=example,dc=edu
            objectClass: inetOrgPerson
            uid: anna
            cn: Anna Bell
            cn;lang-fr: Anne Cloche
            sn:: QsOpbGw=
            userPassword: {SSHA}dGhpcyBpcyBub3QgYSByZWFsIGhhc2gsYnV0IG9rISE=
            jpegPhoto:: /9j/4A==
            description:: IHNwYWNl


            """
        let export = try exportTwice([text])
        let lines = export.split(separator: "\n")
        #expect(
            lines.filter { $0.hasPrefix("dn:") } == [
                "dn: dc=example,dc=edu", "dn: ou=People,dc=example,dc=edu", "dn: ou=Students,dc=example,dc=edu",
                "dn: uid=anna,ou=Students,dc=example,dc=edu",
            ])
        #expect(lines.first == "dn: dc=example,dc=edu")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 })
        for line in [
            "cn;lang-fr: Anne Cloche", "sn:: QsOpbGw=", "jpegPhoto:: /9j/4A==", "description:: IHNwYWNl",
            "createTimestamp: 20260102030405Z", "structuralObjectClass: glue",
        ] {
            #expect(lines.contains { $0 == line }, "\(line)")
        }
        #expect(lines.contains { $0.hasPrefix("userPassword: {SSHA}") })
    }

    @Test func keepsUnknownNamesAndTheirSpelling() throws {
        let export = try exportTwice([
            """
            dn: campusCard=7,dc=example,dc=edu
            objectClass: account
            objectClass: campusPerson
            uid: a
            CampusCard: 7
            campusPhoto:: /9j/4A==

            """
        ])
        #expect(export.contains("\nobjectClass: campusPerson\n"))
        #expect(export.contains("\ncampusPhoto:: /9j/4A==\n"))
    }

    @Test func keepsNamesAsTheyAreSpelled() throws {
        let export = try exportTwice([
            "dn: DC=Example, dc=edu\nobjectClass: domain\ndc: Example\n\n"
                + "dn: cn=Bell\\, Anna+UID=anna,dc=example, DC=edu\nobjectClass: inetOrgPerson\ncn: bell, anna\nsn: Bell\n"
                + "uid: ANNA\n"
        ])
        #expect(export.hasPrefix("dn: DC=Example, dc=edu\n"))
        #expect(export.contains("\ndn: cn=Bell\\, Anna+UID=anna,dc=example, DC=edu\n"))
    }

    /// Random trees of random entries, written by the LDIF writer.
    @Test func exportsWhatImportedToTheSameText() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("exportsWhatImportedToTheSameText: seed \(seed)")
        var random = SplitMix(state: seed)
        for _ in 0..<30 {
            var writer = LDIFWriter()
            var names = ["dc=example,dc=edu"]
            for number in 0..<Int.random(in: 1...40, using: &random) {
                let parent = names[Int.random(in: 0..<names.count, using: &random)]
                let name = Self.value(&random)
                let rdn = "cn=" + Self.escaped(name) + String(number)
                names.append(rdn + "," + parent)
                writer.line("dn", Array(names[names.count - 1].utf8).span)
                writer.line("objectClass", "extensibleObject".utf8.span)
                writer.line("cn", Array((name + String(number)).utf8).span)
                for attribute in ["description", "sn", "unheardOf", "seeAlso"]
                where Bool.random(using: &random) {
                    let value = attribute == "seeAlso" ? parent : Self.value(&random)
                    writer.line(attribute, Array(value.utf8).span)
                }
                writer.endRecord()
            }
            let text = String(decoding: writer.output, as: UTF8.self)
            let first = try Imported(text)
            #expect(try Imported(first.export, options: ImportOptions()).export == first.export, "seed \(seed)")
        }
    }

    private static func value(_ random: inout SplitMix) -> String {
        let pieces = ["a", "Zoë", " ", ",", "+", "\"", "\\", "#", "=", "<", ">", ";", "ß", "営業部", "x\u{301}", ":", "b"]
        return "v"
            + (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined()
            + "v"
    }

    private static func escaped(_ value: String) -> String {
        value.map { ",+\"\\<>;#=".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
