import AttributeIndex
import Provisioning
import Schema
import Testing

@Suite struct LDIFImportTests {
    static let suffix = """
        dn: dc=example,dc=edu
        objectClass: top
        objectClass: dcObject
        objectClass: organization
        dc: example
        o: Example University


        """

    static let anna = """
        dn: uid=anna,ou=People,dc=example,dc=edu
        objectClass: top
        objectClass: person
        objectClass: organizationalPerson
        objectClass: inetOrgPerson
        uid: anna
        cn: Anna Bell
        sn: Bell


        """

    @Test func completesOperationalAttributes() throws {
        let imported = try Imported(Self.suffix + Self.anna)
        let dn = "uid=anna,ou=People,dc=example,dc=edu"
        #expect(try imported.values(dn, "structuralObjectClass") == ["inetOrgPerson"])
        #expect(try imported.values(dn, "createTimestamp") == ["20260102030405Z"])
        #expect(try imported.values(dn, "modifyTimestamp") == ["20260102030405Z"])
        #expect(try imported.values(dn, "creatorsName") == ["cn=peopled"])
        #expect(try imported.values(dn, "modifiersName") == ["cn=peopled"])
        #expect(try imported.values(dn, "entryCSN") == ["20260102030405.000006Z#000000#000#000000"])
        let uuid = try imported.values(dn, "entryUUID")?.first ?? ""
        #expect(uuid.count == 36)
        #expect(uuid.dropFirst(14).first == "5")
        #expect(imported.warnings.isEmpty)
    }

    @Test func givesTheSameUUIDHoweverANameIsWritten() throws {
        let other = Self.anna.replacing("dn: uid=anna,ou=People,dc", with: "dn: UID=Anna, OU=people,  DC")
        let dn = "uid=anna,ou=People,dc=example,dc=edu"
        let plain = try Imported(Self.suffix + Self.anna).values(dn, "entryUUID")
        let respelled = try Imported(Self.suffix + other).values(dn, "entryUUID")
        #expect(plain == respelled)
    }

    /// What slapcat writes is kept as it is, but for what is computed.
    @Test func keepsOperationalAttributesOfSlapcat() throws {
        let operational = """
            structuralObjectClass: inetOrgPerson
            entryUUID: 6f8b2a3e-1c1f-103b-9a3e-0123456789ab
            creatorsName: cn=admin,dc=example,dc=edu
            createTimestamp: 20210102030405Z
            entryCSN: 20210102030405.123456Z#000000#001#000000
            modifiersName: cn=admin,dc=example,dc=edu
            modifyTimestamp: 20220102030405Z
            entryDN: uid=anna,ou=People,dc=example,dc=edu
            hasSubordinates: FALSE
            subschemaSubentry: cn=Subschema

            """
        let imported = try Imported(Self.suffix + Self.anna.dropLast() + operational)
        let dn = "uid=anna,ou=People,dc=example,dc=edu"
        #expect(try imported.values(dn, "entryUUID") == ["6f8b2a3e-1c1f-103b-9a3e-0123456789ab"])
        #expect(try imported.values(dn, "createTimestamp") == ["20210102030405Z"])
        #expect(try imported.values(dn, "modifyTimestamp") == ["20220102030405Z"])
        #expect(try imported.values(dn, "entryCSN") == ["20210102030405.123456Z#000000#001#000000"])
        #expect(try imported.values(dn, "creatorsName") == ["cn=admin,dc=example,dc=edu"])
        for computed in ["entryDN", "hasSubordinates", "subschemaSubentry"] {
            #expect(try imported.values(dn, computed) == [])
        }
    }

    @Test func makesTheSuffixAndPeopleAndGlue() throws {
        let text = """
            dn: uid=anna,ou=Students,ou=Campus,dc=example,dc=edu
            objectClass: account
            uid: anna

            """
        let imported = try Imported(text)
        #expect(imported.suffix == "dc=example,dc=edu")
        #expect(imported.entryCount == 5)
        #expect(try imported.values("dc=example,dc=edu", "objectClass") == ["top", "domain"])
        #expect(try imported.values("dc=example,dc=edu", "dc") == ["example"])
        #expect(try imported.values("ou=People,dc=example,dc=edu", "objectClass") == ["top", "organizationalUnit"])
        for glue in ["ou=Students,ou=Campus,dc=example,dc=edu", "ou=Campus,dc=example,dc=edu"] {
            #expect(try imported.values(glue, "objectClass") == ["top", "glue"])
            #expect(try imported.values(glue, "structuralObjectClass") == ["glue"])
            #expect(try imported.generation.flags(glue) == [.glue])
        }
        #expect(imported.warnings.map(\.kind) == [.missingParent])
        #expect(imported.warnings[0].count == 2)
    }

    @Test func makesPeopleOnlyOnce() throws {
        let people = "dn: OU=people,dc=example,dc=edu\nobjectClass: organizationalUnit\nou: people\n\n"
        let imported = try Imported([Self.anna, people + Self.suffix])
        #expect(imported.entryCount == 3)
        #expect(try imported.values("ou=People,dc=example,dc=edu", "ou") == ["people"])
        #expect(imported.warnings.isEmpty)
        #expect(try Imported(people).entryCount == 1)
    }

    /// The suffix is the shortest name, or what is above people where no file gives it.
    @Test(arguments: [
        (["dc=example,dc=edu", "uid=a,dc=example,dc=edu"], "dc=example,dc=edu"),
        (["uid=a,ou=People,dc=example,dc=edu"], "dc=example,dc=edu"),
        (["uid=a,ou=People,o=Example,c=US", "uid=b,ou=People,o=Example,c=US"], "o=Example,c=US"),
        (["ou=People,dc=example,dc=edu", "ou=Groups,dc=example,dc=edu"], "dc=example,dc=edu"),
        (["ou=People,dc=example,dc=edu", "uid=a,ou=People,dc=example,dc=edu"], "ou=People,dc=example,dc=edu"),
        (["cn=directory", "uid=a,cn=directory"], "cn=directory"),
        (["uid=a,cn=directory,dc=edu", "cn=directory,dc=edu"], "cn=directory,dc=edu"),
    ]) func findsTheSuffix(_ names: [String], _ suffix: String) throws {
        var text = ""
        for name in names {
            let rdn = name.split(separator: ",")[0].split(separator: "=")
            text += "dn: \(name)\nobjectClass: top\nobjectClass: extensibleObject\n\(rdn[0]): \(rdn[1])\n\n"
        }
        #expect(try Imported(text).suffix == suffix)
    }

    @Test func takesTheConfiguredSuffix() throws {
        var options = ImportOptions.fixed
        options.suffix = "dc=edu"
        let imported = try Imported(Self.suffix + Self.anna, options: options)
        #expect(imported.suffix == "dc=edu")
        #expect(try imported.values("dc=edu", "objectClass") == ["top", "domain"])
        #expect(try imported.values("ou=People,dc=edu", "ou") == ["People"])
        #expect(try imported.values("ou=People,dc=example,dc=edu", "objectClass") == ["top", "glue"])
    }

    @Test func takesUnknownNamesWithOneWarningEach() throws {
        let text =
            Self.suffix + """
                dn: uid=anna,dc=example,dc=edu
                objectClass: account
                objectClass: campusPerson
                uid: anna
                campusCard: 0815
                CAMPUSCARD;lang-de: Karte
                campusPhoto:: /9j/4A==
                1.2.3.4.5: five

                dn: campusCard=4711,dc=example,dc=edu
                objectClass: account
                uid: card
                campusCard: 4711
                campusPhoto: text

                """
        let imported = try Imported(text)
        #expect(imported.warnings.map(\.kind) == [.unknownAttributeTypes, .unknownObjectClasses])
        #expect(imported.warnings[0].names == ["1.2.3.4.5", "campusCard", "campusPhoto"])
        #expect(imported.warnings[0].count == 7)
        #expect(imported.warnings[0].first?.line == 12)
        #expect(imported.warnings[1].names == ["campusPerson"])
        #expect(try imported.values("uid=anna,dc=example,dc=edu", "campuscard") == ["0815"])
        #expect(try imported.values("uid=anna,dc=example,dc=edu", "campuscard;lang-de") == ["Karte"])
        #expect(try imported.values("uid=anna,dc=example,dc=edu", "1.2.3.4.5") == ["five"])
        #expect(try imported.values("campusCard=4711,dc=example,dc=edu", "campusPhoto") == ["text"])
        let schema = imported.generation.schema
        #expect(schema.attributeType("campusCard")?.syntax.isText == true)
        #expect(schema.attributeType("campusPhoto")?.syntax.isText == false)
        #expect(schema.objectClass("campusPerson") != nil)
    }

    @Test func findsUnknownNamesInTheNamesOfMissingParents() throws {
        let imported = try Imported(
            Self.suffix + "dn: uid=a,campusUnit=5,dc=example,dc=edu\nobjectClass: account\nuid: a\n\n")
        #expect(imported.warnings.map(\.kind) == [.unknownAttributeTypes, .missingParent])
        #expect(try imported.values("campusUnit=5,dc=example,dc=edu", "campusUnit") == ["5"])
    }

    @Test func keepsOneOfValuesGivenTwice() throws {
        let text = Self.anna.replacing("sn: Bell\n", with: "sn: Bell\nSN:  bell\nobjectClass: TOP\nsn;lang-en: Bell\n")
        let imported = try Imported(Self.suffix + text)
        #expect(try imported.values("uid=anna,ou=People,dc=example,dc=edu", "sn") == ["Bell"])
        #expect(imported.warnings.map(\.kind) == [.duplicateValue])
        #expect(imported.warnings[0].count == 2)
        #expect(imported.warnings[0].names == ["objectClass", "sn"])
    }

    @Test func warnsOfEachKindOnce() throws {
        let text =
            Self.suffix + Self.anna + """
                dn: uid=b,ou=People,dc=example,dc=edu
                objectClass: inetOrgPerson
                uid: b
                cn: b
                dc: example
                userPassword: {WEIRD}abc
                userPassword: {SSHA}dGhpcyBpcyBub3QgYSByZWFsIGhhc2gsYnV0IG9rISE=

                dn: uid=c,ou=People,dc=example,dc=edu
                objectClass: top
                uid: c
                userPassword: {WEIRD}abd

                """
        let imported = try Imported(text)
        #expect(
            imported.warnings.map(\.kind) == [
                .noStructuralClass, .missingAttribute, .attributeNotAllowed, .unverifiablePassword,
            ])
        #expect(imported.warnings[1].names == ["sn"])
        #expect(imported.warnings[2].names == ["dc", "uid", "userPassword"])
        #expect(imported.warnings[3].names == ["WEIRD"])
        #expect(imported.warnings[3].count == 2)
        #expect(!imported.warnings.contains { $0.description.contains("abc") })
    }

    @Test func tellsProgress() throws {
        let seen = Collector<ImportProgress>()
        var options = ImportOptions.fixed
        options.progress = { seen.append($0) }
        var text = Self.suffix
        for number in 0..<2500 {
            text += "dn: uid=\(number),dc=example,dc=edu\nobjectClass: account\nuid: \(number)\n\n"
        }
        _ = try Imported(text, options: options)
        let progress = seen.all
        #expect(progress.map(\.entries) == [1000, 2000, 2501])
        #expect(progress.allSatisfy { $0.bytesTotal == text.utf8.count && $0.bytesRead <= $0.bytesTotal })
        #expect(progress.last?.bytesRead == text.utf8.count)
    }
}
