import LDIF
import Testing

/// The seven examples of RFC 2849, as they stand there but for lines the page layout broke.
@Suite struct RFC2849Tests {
    private func records(_ text: String) throws -> [LDIFRecord] {
        let records = try LDIFRecord.records(in: Array(text.utf8))
        // The reader's buffer must not matter, nor the line ends.
        for chunk in [1, 2, 7, 64] {
            #expect(try LDIFRecord.records(in: Array(text.utf8), chunk: chunk) == records)
        }
        let carriageReturns = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        for chunk in [1, 3, .max] {
            #expect(try LDIFRecord.records(in: Array(carriageReturns.utf8), chunk: chunk) == records)
        }
        return records
    }

    private func values(_ record: LDIFRecord) -> [String] {
        guard case .content(let values) = record.change else { return [] }
        return values.map { String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self) }
    }

    @Test func readsExample1SimpleFileWithTwoEntries() throws {
        let records = try records(
            """
            version: 1
            dn: cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com
            objectclass: top
            objectclass: person
            objectclass: organizationalPerson
            cn: Barbara Jensen
            cn: Barbara J Jensen
            cn: Babs Jensen
            sn: Jensen
            uid: bjensen
            telephonenumber: +1 408 555 1212
            description: A big sailing fan.

            dn: cn=Bjorn Jensen, ou=Accounting, dc=airius, dc=com
            objectclass: top
            objectclass: person
            objectclass: organizationalPerson
            cn: Bjorn Jensen
            sn: Jensen
            telephonenumber: +1 408 555 1212

            """)
        #expect(records.count == 2)
        #expect(records[0].dn == Array("cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com".utf8))
        #expect(records[0].line == 2)
        #expect(values(records[0]).count == 10)
        #expect(values(records[0]).last == "description=A big sailing fan.")
        #expect(records[1].line == 14)
        #expect(
            values(records[1]) == [
                "objectclass=top", "objectclass=person", "objectclass=organizationalPerson", "cn=Bjorn Jensen",
                "sn=Jensen", "telephonenumber=+1 408 555 1212",
            ])
    }

    @Test func readsExample2FoldedValueAndNoFill() throws {
        let records = try records(
            """
            version: 1
            dn:cn=Barbara Jensen, ou=Product Development, dc=airius, dc=com
            objectclass:top
            cn:Barbara Jensen
            description:Babs is a big sailing fan, and travels extensively in sea
             rch of perfect sailing conditions.
            title:Product Manager, Rod and Reel Division
            """)
        #expect(
            values(records[0]) == [
                "objectclass=top", "cn=Barbara Jensen",
                "description=Babs is a big sailing fan, and travels extensively in search of perfect sailing conditions.",
                "title=Product Manager, Rod and Reel Division",
            ])
        guard case .content(let lines) = records[0].change else { return }
        #expect(lines.map(\.line) == [3, 4, 5, 7])
    }

    @Test func readsExample3Base64Value() throws {
        let records = try records(
            """
            version: 1
            dn: cn=Gern Jensen, ou=Product Testing, dc=airius, dc=com
            objectclass: top
            description:: V2hhdCBhIGNhcmVmdWwgcmVhZGVyIHlvdSBhcmUhICBUaGlzIHZhbHVl
             IGlzIGJhc2UtNjQtZW5jb2RlZCBiZWNhdXNlIGl0IGhhcyBhIGNvbnRyb2wgY2hhcmFjdG
             VyIGluIGl0IChhIENSKS4NICBCeSB0aGUgd2F5LCB5b3Ugc2hvdWxkIHJlYWxseSBnZXQg
             b3V0IG1vcmUu
            """)
        #expect(
            values(records[0]).last
                == "description=What a careful reader you are!  This value is base-64-encoded because it has a control "
                + "character in it (a CR).\r  By the way, you should really get out more.")
    }

    @Test func readsExample4UTF8ValuesLanguageTagsAndComments() throws {
        let records = try records(
            """
            version: 1
            dn:: b3U95Za25qWt6YOoLG89QWlyaXVz
            # dn:: ou=<JapaneseOU>,o=Airius
            objectclass: top
            objectclass: organizationalUnit
            ou:: 5Za25qWt6YOo
            # ou:: <JapaneseOU>
            ou;lang-ja:: 5Za25qWt6YOo
            # ou;lang-ja:: <JapaneseOU>
            ou;lang-ja;phonetic:: 44GI44GE44GO44KH44GG44G2
            # ou;lang-ja:: <JapaneseOU_in_phonetic_representation>
            ou;lang-en: Sales
            description: Japanese office

            dn:: dWlkPXJvZ2FzYXdhcmEsb3U95Za25qWt6YOoLG89QWlyaXVz
            # dn:: uid=<uid>,ou=<JapaneseOU>,o=Airius
            userpassword: {SHA}O3HSv1MusyL4kTjP+HKI5uxuNoM=
            uid: rogasawara
            givenname;lang-ja;phonetic:: 44KN44Gp44Gr44O8
            # givenname;lang-ja;phonetic::
             <JapaneseGivenname_in_phonetic_representation_kana>
            title;lang-en: Sales, Director

            """)
        #expect(
            records.map { String(decoding: $0.dn, as: UTF8.self) } == [
                "ou=営業部,o=Airius", "uid=rogasawara,ou=営業部,o=Airius",
            ])
        #expect(
            values(records[0]) == [
                "objectclass=top", "objectclass=organizationalUnit", "ou=営業部", "ou;lang-ja=営業部",
                "ou;lang-ja;phonetic=えいぎょうぶ", "ou;lang-en=Sales", "description=Japanese office",
            ])
        #expect(
            values(records[1]) == [
                "userpassword={SHA}O3HSv1MusyL4kTjP+HKI5uxuNoM=", "uid=rogasawara",
                "givenname;lang-ja;phonetic=ろどにー", "title;lang-en=Sales, Director",
            ])
    }

    @Test func refusesExample5ReferenceToAnExternalFile() throws {
        let text = """
            version: 1
            dn: cn=Horatio Jensen, ou=Product Testing, dc=airius, dc=com
            objectclass: top
            cn: Horatio Jensen
            jpegphoto:< file:///usr/local/directory/photos/hjensen.jpg
            """
        let error = try #require(throws: LDIFError.self) { try records(text) }
        #expect(error.code == .url)
        #expect(error.line == 5)
        #expect(error.column == 11)
        #expect(!error.description.contains("photos"))
    }

    @Test func readsExample6ChangeRecords() throws {
        let records = try records(
            """
            version: 1
            # Add a new entry
            dn: cn=Fiona Jensen, ou=Marketing, dc=airius, dc=com
            changetype: add
            objectclass: top
            cn: Fiona Jensen

            # Delete an existing entry
            dn: cn=Robert Jensen, ou=Marketing, dc=airius, dc=com
            changetype: delete

            # Modify an entry's relative distinguished name
            dn: cn=Paul Jensen, ou=Product Development, dc=airius, dc=com
            changetype: modrdn
            newrdn: cn=Paula Jensen
            deleteoldrdn: 1

            # Rename an entry and move all of its children to a new location in
            # the directory tree (only implemented by LDAPv3 servers).
            dn: ou=PD Accountants, ou=Product Development, dc=airius, dc=com
            changetype: modrdn
            newrdn: ou=Product Development Accountants
            deleteoldrdn: 0
            newsuperior: ou=Accounting, dc=airius, dc=com

            # Modify an entry: add an additional value to the postaladdress
            # attribute, completely delete the description attribute, replace
            # the telephonenumber attribute with two values, and delete a specific
            # value from the facsimiletelephonenumber attribute
            dn: cn=Paula Jensen, ou=Product Development, dc=airius, dc=com
            changetype: modify
            add: postaladdress
            postaladdress: 123 Anystreet $ Sunnyvale, CA $ 94086
            -
            delete: description
            -
            replace: telephonenumber
            telephonenumber: +1 408 555 1234
            telephonenumber: +1 408 555 5678
            -
            delete: facsimiletelephonenumber
            facsimiletelephonenumber: +1 408 555 9876
            -

            # Modify an entry: replace the postaladdress attribute with an empty
            # set of values, and delete the entire description attribute.
            dn: cn=Ingrid Jensen, ou=Product Support, dc=airius, dc=com
            changetype: modify
            replace: postaladdress
            -
            delete: description
            -

            """)
        func value(_ name: String, _ value: String) -> LDIFValue {
            LDIFValue(name: Array(name.utf8), value: Array(value.utf8))
        }
        func modification(_ kind: LDIFModification.Kind, _ name: String, _ values: [String]) -> LDIFModification {
            LDIFModification(kind: kind, name: Array(name.utf8), values: values.map { value(name, $0) })
        }
        #expect(
            records.map(\.change) == [
                .add([value("objectclass", "top"), value("cn", "Fiona Jensen")]),
                .delete,
                .rename(newRDN: Array("cn=Paula Jensen".utf8), deleteOldRDN: true, newSuperior: nil),
                .rename(
                    newRDN: Array("ou=Product Development Accountants".utf8), deleteOldRDN: false,
                    newSuperior: Array("ou=Accounting, dc=airius, dc=com".utf8)),
                .modify([
                    modification(.add, "postaladdress", ["123 Anystreet $ Sunnyvale, CA $ 94086"]),
                    modification(.delete, "description", []),
                    modification(.replace, "telephonenumber", ["+1 408 555 1234", "+1 408 555 5678"]),
                    modification(.delete, "facsimiletelephonenumber", ["+1 408 555 9876"]),
                ]),
                .modify([modification(.replace, "postaladdress", []), modification(.delete, "description", [])]),
            ])
    }

    @Test func readsExample7ChangeRecordWithAControl() throws {
        let records = try records(
            """
            version: 1
            # Delete an entry. The operation will attach the LDAPv3
            # Tree Delete Control defined in [9].
            dn: ou=Product Development, dc=airius, dc=com
            control: 1.2.840.113556.1.4.805 true
            changetype: delete

            """)
        #expect(records[0].controls == [LDIFControl(oid: "1.2.840.113556.1.4.805", isCritical: true)])
        #expect(records[0].change == .delete)
    }
}
