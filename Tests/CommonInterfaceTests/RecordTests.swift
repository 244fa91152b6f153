import CommonInterface
import LDIF
import Schema
import Testing

@Suite struct RecordTests {
    static let babs = SubjectName(attribute: "eduPersonUniqueId", value: Array("babs@example.edu".utf8))

    static func read(
        _ text: [UInt8], after position: TransactionID = .zero, isChained: Bool = true
    ) throws(RecordError) -> [IdentityChange] {
        var reader = ChangelogReader(
            file: "changes.ldif", input: LDIFBytes(text), after: position, isChained: isChained)
        var changes: [IdentityChange] = []
        while let change = try reader.next() { changes.append(change) }
        return changes
    }

    static let changes: [IdentityChange] = [
        IdentityChange(
            id: TransactionID(3), previous: TransactionID(1), time: 1_795_278_000, subject: babs,
            kind: .add([IdentityAttribute("cn", text: "Babs", "Barbara"), IdentityAttribute("mail", text: " b@x")])),
        IdentityChange(
            id: TransactionID(7), previous: TransactionID(3), time: 1_795_278_001, subject: babs,
            kind: .modify([IdentityAttribute("cn", text: "Bärbel"), IdentityAttribute("mail", [])])),
        IdentityChange(
            id: TransactionID(8), previous: TransactionID(7), time: nil,
            subject: SubjectName(attribute: "uid", value: Array(" a,+\"\\<>;#=ü ".utf8)), kind: .delete),
    ]

    static var written: [UInt8] {
        var writer = ChangelogWriter()
        for change in changes { writer.write(change) }
        return writer.output
    }

    @Test func aChangelogReadsBack() throws {
        #expect(try Self.read(Self.written, after: TransactionID(1)) == Self.changes)
    }

    @Test func aChangelogLooksAsDraftGoodSays() throws {
        let text = String(decoding: Self.written, as: UTF8.self)
        #expect(
            text.hasPrefix(
                """
                version: 1

                dn: changeNumber=3,cn=changelog
                objectClass: top
                objectClass: changeLogEntry
                changeNumber: 3
                previousChangeNumber: 1
                changeTime: 20261121162000Z
                targetDN: eduPersonUniqueId=babs@example.edu,ou=People
                changeType: add
                changes:: Y246IEJhYnMKY246IEJhcmJhcmEKbWFpbDo6IElHSkFlQT09Cg==

                """))
    }

    /// What a record says, with one line of it changed.
    private static func record(_ changes: [String: String?] = [:], extra: String = "") -> [UInt8] {
        let lines: [(String, String)] = [
            ("dn", "changeNumber=5,cn=changelog"), ("objectClass", "changeLogEntry"), ("changeNumber", "5"),
            ("previousChangeNumber", "0"), ("changeTime", "20261121162000Z"),
            ("targetDN", "uid=a,ou=People"), ("changeType", "add"), ("changes", "sn: a"),
        ]
        var text = ""
        for (name, value) in lines {
            if let replaced = changes[name] {
                if let replaced { text += "\(name): \(replaced)\n" }
            } else {
                text += "\(name): \(value)\n"
            }
        }
        return Array((text + extra).utf8)
    }

    @Test(
        arguments: [
            (["changeNumber": "6"], .field, "differs from the name"), (["changeNumber": "05"], .field, "leading zero"),
            (["changeNumber": nil], .field, "missing"), (["objectClass": "top"], .kind, "no changeLogEntry"),
            (["changeTime": "yesterday"], .field, "no time"), (["previousChangeNumber": nil], .field, "no chain"),
            (["previousChangeNumber": "1"], .gap, "a change is missing"),
            (["previousChangeNumber": "5"], .field, "follows itself"),
            (["targetDN": nil], .subject, "nobody"), (["targetDN": "uid=a,ou=Groups"], .subject, "no person"),
            (["targetDN": "uid=a,ou=People,dc=x"], .subject, "below another suffix"),
            (["targetDN": "uid=a+cn=b,ou=People"], .subject, "two values"),
            (["targetDN": "uid=,ou=People"], .subject, "none"),
            (["targetDN": "uid=" + String(repeating: "a", count: 1025) + ",ou=People"], .subject, "too long"),
            (["changeType": "modrdn"], .type, "a rename"), (["changeType": nil], .type, "no type"),
            (["changeType": "delete"], .type, "a delete with changes"), (["changes": nil], .type, "no changes"),
            (["changeType": "modify"], .ldif(.change), "an add's changes"),
            (["changeType": "content"], .type, "no such type"),
        ] as [([String: String?], RecordError.Code, String)])
    func aBrokenRecordIsRefused(changes: [String: String?], code: RecordError.Code, why: String) throws {
        do {
            _ = try Self.read(Self.record(changes))
            Issue.record("accepted: \(why)")
        } catch {
            #expect(error.code == code, "\(why): \(error)")
        }
    }

    @Test func theRecordItselfIsTaken() throws {
        #expect(try Self.read(Self.record()).count == 1)
        #expect(try Self.read(Self.record(extra: "unknownAttribute: x\n")).count == 1)
    }

    @Test(
        arguments: [
            ("add: sn\nsn: a\n-\n", .type), ("delete: sn\n-\n", .type), ("", .type), ("sn: a\n", .ldif(.change)),
            ("replace: sn\nsn: a\n-\nreplace: SN\nsn: b\n-\n", .type),
            ("replace: sn\nsn:< file:///etc/passwd\n-\n", .ldif(.url)),
            ("replace: sn\nsn: a\n-\n\ndn: uid=b\nsn: b\n", .type), ("replace: sn\ncn: a\n-\n", .ldif(.change)),
            ("replace: sn\nsn: a\0b\n-\n", .ldif(.octets)),
        ] as [(String, RecordError.Code)])
    func aModifyReplacesWholeAttributesAndNothingElse(changes: String, code: RecordError.Code) throws {
        var writer = LDIFWriter()
        writer.base64Line("changes", Array(changes.utf8).span)
        let text = Self.record(["changeType": "modify", "changes": nil], extra: "")
        do {
            _ = try Self.read(text + writer.output)
            Issue.record("accepted: \(changes)")
        } catch {
            #expect(error.code == code, "\(error)")
        }
    }

    @Test(arguments: [[3, 3], [3, 2], [3, 1]] as [[UInt64]])
    func transactionsAscend(ids: [UInt64]) throws {
        var writer = ChangelogWriter()
        for id in ids {
            writer.write(
                IdentityChange(id: TransactionID(id), previous: .zero, time: nil, subject: Self.babs, kind: .delete))
        }
        #expect(throws: RecordError.self) { try Self.read(writer.output) }
        #expect(throws: RecordError.self) { try Self.read(writer.output, isChained: false) }
    }

    @Test func aRecordLostIsAGap() throws {
        for lost in Self.changes.indices.dropLast() {
            var writer = ChangelogWriter()
            for (index, change) in Self.changes.enumerated() where index != lost { writer.write(change) }
            do {
                _ = try Self.read(writer.output, after: TransactionID(1))
                Issue.record("accepted")
            } catch {
                #expect(error.code == .gap)
            }
        }
    }

    /// 389's NUL at the end and no chain; OpenDJ's order of attributes and upper case.
    @Test func quirksOfServersAreTakenWhereNoChainIsExpected() throws {
        let changes = Array("replace: sn\nsn: a\n-\n\0".utf8)
        var writer = LDIFWriter()
        writer.base64Line("changes", changes.span)
        let text = Self.record(
            ["changeType": "MODIFY", "previousChangeNumber": nil, "changeTime": nil, "changes": nil])
        let read = try Self.read(text + writer.output, isChained: false)
        #expect(read.map(\.kind) == [.modify([IdentityAttribute("sn", text: "a")])])
        let odd = Self.record(["previousChangeNumber": nil, "changeTime": "261121162000Z"])
        #expect(try Self.read(odd, isChained: false).map(\.time) == [nil])
    }

    @Test func urlsAreNeverRead() throws {
        let text = Array("dn: uid=a,ou=People\nsn:< file:///etc/passwd\n".utf8)
        var reader = SnapshotReader(file: "s.ldif", input: LDIFBytes(text))
        do {
            _ = try reader.next()
            Issue.record("accepted")
        } catch {
            #expect(error.code == .ldif(.url))
        }
    }

    @Test func aSnapshotReadsBack() throws {
        let people = [
            SnapshotRecord(
                subject: Self.babs,
                attributes: [
                    IdentityAttribute("cn", text: "Babs", "Ü"), IdentityAttribute("jpegPhoto", [[0, 255, 10]]),
                ]),
            SnapshotRecord(
                subject: SubjectName(attribute: "uid", value: Array("ü\u{1}".utf8)),
                attributes: [IdentityAttribute("cn", text: String(repeating: "x", count: 300))]),
        ]
        var writer = SnapshotWriter()
        for person in people { writer.write(person) }
        writer.write(SnapshotRecord(subject: Self.babs, attributes: [IdentityAttribute("mail", [])]))
        var reader = SnapshotReader(file: "s.ldif", input: LDIFBytes(writer.output, chunk: 7))
        var read: [SnapshotRecord] = []
        while let person = try reader.next() { read.append(person) }
        #expect(Array(read.prefix(2)) == people)
        #expect(read.last?.attributes == [])
    }

    @Test(
        arguments: [
            ("dn: uid=a,ou=People\nchangetype: delete\n", .kind), ("dn: uid=a,dc=x\nsn: a\n", .subject),
            ("dn: uid=a,ou=People\nsn: a\ndn: uid=b,ou=People\n", .ldif(.recordStart)),
            ("sn: a\n", .ldif(.recordStart)),
        ] as [(String, RecordError.Code)])
    func aBrokenSnapshotIsRefused(text: String, code: RecordError.Code) throws {
        var reader = SnapshotReader(file: "s.ldif", input: LDIFBytes(Array(text.utf8)))
        do {
            while try reader.next() != nil {}
            Issue.record("accepted")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test func recordsAreBounded() throws {
        var limits = RecordLimits()
        limits.recordLength = 500
        let text = "dn: uid=a,ou=People\ndescription: " + String(repeating: "x", count: 600) + "\n"
        var reader = SnapshotReader(file: "s.ldif", input: LDIFBytes(Array(text.utf8)), limits: limits)
        do {
            _ = try reader.next()
            Issue.record("accepted")
        } catch {
            #expect(error.code == .ldif(.limit))
        }
    }
}
