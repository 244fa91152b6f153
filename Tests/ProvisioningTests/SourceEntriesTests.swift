import AttributeIndex
import LDIF
import Provisioning
import Schema
import Testing

/// Entries that an identity provider gives, and files of LDIF: neither takes or changes the other's.
@Suite struct SourceEntriesTests {
    static let id = SourceID(uuid: UUIDv5(namespace: UUIDv5.url, name: Array("https://idp.example.edu/".utf8)))
    static let state = SourceState(
        id: id, name: "https://idp.example.edu/", position: 7, people: 1, snapshotTime: 1_767_323_045)
    static let seed = """
        dn: dc=example,dc=edu
        objectClass: domain
        dc: example

        dn: ou=Staff,dc=example,dc=edu
        objectClass: organizationalUnit
        ou: Staff


        """
    static let bob = "uid=bob,ou=People,dc=example,dc=edu"

    /// A directory of LDIF, with Bob from an identity provider.
    static func generation() throws -> Generation {
        let campus = try Imported(seed).generation
        let origin = EntrySource(id: id, subject: Array("bob@example.edu".utf8))
        let attributes: [(String, [UInt8])] = [
            ("objectClass", Array("account".utf8)), ("uid", Array("bob".utf8)), ("entryUUID", origin.entryUUID.text),
            (EntrySource.attribute, origin.value),
        ]
        let record = EntryRecord(
            dn: try DistinguishedName(parsing: bob, schema: .builtIn),
            attributes: try attributes.map { name, value in
                EntryAttribute(
                    description: try #require(AttributeDescription(parsing: name, schema: .builtIn)), values: [value])
            })
        var builder = SegmentBuilder(schema: .builtIn)
        try builder.add(record)
        let segment = try Segment(mapping: builder.finish().mapping, schema: .builtIn)
        return try campus.adding(segment, sequence: 2)
    }

    private func refusal(_ change: String) throws -> ProvisioningError? {
        let folder = try TemporaryFolder()
        let file = try folder.write(change + "\n", to: "changes.ldif")
        let apply = LDIFApply(
            files: [file], generation: try Self.generation(), base: .builtIn, suffix: "dc=example,dc=edu",
            options: .fixed, sources: [Self.state])
        do throws(ProvisioningError) {
            _ = try apply.run()
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "no change of LDIF touches an identity provider's entry, nor what it lies below",
        arguments: [
            "dn: \(bob)\nchangetype: delete",
            "dn: \(bob)\nchangetype: modify\nreplace: uid\nuid: bob\n-",
            "dn: \(bob)\nchangetype: modrdn\nnewrdn: uid=robert\ndeleteoldrdn: 1",
            "dn: cn=phone,\(bob)\nchangetype: add\nobjectClass: device\ncn: phone",
            "dn: ou=People,dc=example,dc=edu\nchangetype: modrdn\nnewrdn: ou=Persons\ndeleteoldrdn: 1",
            "dn: ou=People,dc=example,dc=edu\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: delete",
            "dn: ou=Staff,dc=example,dc=edu\nchangetype: moddn\nnewrdn: ou=Staff\ndeleteoldrdn: 0\nnewsuperior: \(bob)",
        ])
    func changesAreRefused(_ change: String) throws {
        let error = try #require(try refusal(change))
        #expect(error.code == .identityProvider, "\(error)")
        #expect(error.description.contains("https://idp.example.edu/") && error.description.contains(Self.bob))
    }

    @Test func otherEntriesAreChangedAsBefore() throws {
        for change in [
            "dn: ou=Staff,dc=example,dc=edu\nchangetype: delete",
            "dn: uid=eve,ou=People,dc=example,dc=edu\nchangetype: add\nobjectClass: account\nuid: eve",
            "dn: ou=People,dc=example,dc=edu\nchangetype: modify\nadd: description\ndescription: all\n-",
        ] {
            #expect(try refusal(change) == nil, "\(change)")
        }
        let taken = try refusal("dn: \(Self.bob)\nchangetype: add\nobjectClass: account\nuid: bob")
        #expect(taken?.code == .entryExists)
    }

    @Test func nobodyGivesTheAttributeInLDIF() throws {
        let value = String(decoding: EntrySource(id: Self.id, subject: [0x41]).value, as: UTF8.self)
        let (name, entry) = ("dn: uid=eve,ou=Staff,dc=example,dc=edu\n", "objectClass: account\nuid: eve\n")
        for attribute in ["identitySource", "IDENTITYSOURCE", "2.25.238510013020208063885990062756040616680"] {
            let folder = try TemporaryFolder()
            let file = try folder.write(Self.seed + name + entry + "\(attribute): \(value)\n")
            #expect(throws: ProvisioningError.self) {
                _ = try LDIFImport(files: [file], schema: .builtIn).run().entryCount
            }
            let change =
                "dn: ou=Staff,dc=example,dc=edu\nchangetype: modify\nadd: \(attribute)\n\(attribute): \(value)\n-"
            #expect(try refusal(change)?.code == .noUserModification)
            let added = name + "changetype: add\n" + entry + "\(attribute): \(value)"
            #expect(try refusal(added)?.code == .noUserModification)
        }
    }

    @Test func anExportHasTheEntryWithoutSayingWhose() throws {
        let export = try Self.generation().exported()
        #expect(export.contains("dn: \(Self.bob)\n") && export.contains("entryUUID: "))
        #expect(!export.lowercased().contains("identitysource"))
        #expect(try Imported(export, options: ImportOptions()).entryCount == 4)
    }
}
