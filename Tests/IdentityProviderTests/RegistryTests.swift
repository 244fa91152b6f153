import CommonInterface
import Foundation
import LDIF
import Schema
import Storage
import StorageTesting
import Testing

@testable import IdentityProvider

@Suite struct RegistryTests {
    static let normalizer = RecordNormalizer(subject: "uid", attributes: nil, schema: .builtIn)

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func read(_ registry: LDIFRegistry) throws(IdentityProviderError) -> [String] {
        var people: [String] = []
        try registry.readAll { (record) throws(IdentityProviderError) in
            people.append(
                String(decoding: record.subject, as: UTF8.self) + ":"
                    + record.attributes.map { "\($0.name)\($0.values.count)" }.joined(separator: ","))
        }
        return people
    }

    @Test func aFolderIsReadInTheOrderOfItsFiles() throws {
        let folder = try TemporaryDirectory()
        try write(
            "dn: ou=People,dc=x\nou: People\n\ndn: uid=b,ou=People\nuid: b\nSN: x\nsn: y\n2.5.4.3: B\n",
            to: folder.path + "/2.ldif")
        try write(
            "dn: uid=a\nuid: a\nuserPassword: secret\ncampusThing: 1\nentryUUID: x\n", to: folder.path + "/1.ldif")
        try write("no LDIF", to: folder.path + "/README")
        let registry = LDIFRegistry(path: folder.path, normalizer: Self.normalizer)
        #expect(try read(registry) == ["a:campusThing1,uid1", "b:cn1,sn2,uid1"])
        #expect(try registry.fetch(Array("b".utf8))?.values(of: "sn").count == 2)
        #expect(try registry.fetch(Array("c".utf8)) == nil)
    }

    @Test func aChangeIsSeenOnceItHasSettled() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/people.ldif"
        try write("dn: uid=a\nuid: a\n", to: path)
        let registry = LDIFRegistry(path: path, normalizer: Self.normalizer)
        #expect(try registry.waitForChange(milliseconds: 2000))
        _ = try read(registry)
        #expect(try !registry.waitForChange(milliseconds: 20))
        try write("dn: uid=a\nuid: a\nsn: b\n", to: path)
        #expect(try registry.waitForChange(milliseconds: 3000))
        _ = try read(registry)
        #expect(try !registry.waitForChange(milliseconds: 0))
    }

    @Test(arguments: [
        "dn: uid=a\nuid: a\nuid: b\n", "dn: uid=a\nuid: a\nsn:< file:///etc/passwd\n",
        "dn: uid=a\nchangetype: delete\n", "dn: uid=a\nuid: a\nsn b\n",
    ])
    func aMistakeStopsTheReadingAndChangesNothing(text: String) throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/people.ldif"
        try write("dn: uid=z\nuid: z\n\n" + text, to: path)
        let feed = try TestFeed([])
        try feed.provider.apply([PersonChange(subject: [1], record: person("\u{1}", [:]))])
        do {
            try feed.provider.load(LDIFRegistry(path: path, normalizer: Self.normalizer))
            Issue.record("accepted")
        } catch let error as IdentityProviderError {
            #expect(error.code == .registry)
            #expect(error.description.contains("people.ldif:"), "\(error)")
        }
        #expect(try feed.provider.person([1]) != nil)
        #expect(try feed.provider.person(Array("z".utf8)) == nil)
    }

    @Test func somebodyTwiceIsRefused() throws {
        let feed = try TestFeed([])
        #expect(throws: IdentityProviderError(.registry, "")) {
            try feed.provider.load(ListRegistry([person("a", [:]), person("b", [:]), person("a", ["sn": ["x"]])]))
        }
    }

    @Test func tooManyRemovalsAreHeldUntilTheyAreAccepted() throws {
        let feed = try TestFeed([])
        let people = (0..<300).map { person("u\($0)", [:]) }
        try feed.provider.load(ListRegistry(people))
        try feed.provider.load(ListRegistry(Array(people.prefix(275))))
        #expect(throws: IdentityProviderError(.brake, "")) {
            try feed.provider.load(ListRegistry(Array(people.prefix(200))))
        }
        #expect(try feed.provider.person(Array("u250".utf8)) != nil)
        let changes = try feed.provider.load(ListRegistry(Array(people.prefix(200))), acceptsRemovals: true)
        #expect(changes.removed == 75)
        #expect(try feed.provider.load(ListRegistry(Array(people.prefix(200)))).isEmpty)
    }

    private func change(_ feed: TestFeed, _ text: String) throws {
        let records = try LDIFRecord.records(in: Array(text.utf8))
        try feed.provider.apply(
            records, file: "c.ldif", by: ChangeRecords(normalizer: Self.normalizer, schema: .builtIn))
    }

    @Test func changeRecordsChangeSinglePeople() throws {
        let feed = try TestFeed([])
        try change(feed, "dn: uid=a,ou=People,dc=x\nchangetype: add\nsn: X\nmail: a@x\nmail: b@x\n")
        try change(
            feed,
            """
            dn: uid=a
            changetype: modify
            delete: sn
            sn:  x
            -
            add: cn
            cn: A
            -
            replace: mail
            mail: c@x
            -

            dn: userid=b
            uid: b
            cn: B
            """)
        #expect(try feed.provider.person([0x61]) == person("a", ["cn": ["A"], "mail": ["c@x"]]))
        #expect(try feed.provider.person([0x62]) == person("b", ["cn": ["B"]]))
        try change(feed, "dn: uid=a\nchangetype: delete\n\ndn: uid=b\nchangetype: modify\nreplace: cn\n-\n")
        #expect(try feed.provider.person([0x61]) == nil)
        #expect(try feed.provider.person([0x62]) == person("b", [:]))
    }

    @Test(arguments: [
        "dn: uid=a\nchangetype: add\nsn: b\n", "dn: uid=c\nchangetype: delete\n",
        "dn: uid=c\nchangetype: modify\nreplace: sn\nsn: b\n-\n", "dn: cn=a\nchangetype: delete\n",
        "dn: uid=a\nchangetype: modify\nadd: sn\nsn: X\n-\n", "dn: uid=a\nchangetype: modify\ndelete: cn\n-\n",
        "dn: uid=a\nchangetype: modify\ndelete: sn\nsn: b\n-\n",
        "dn: uid=a\nchangetype: modify\nreplace: uid\nuid: b\n-\n",
        "dn: uid=a\nchangetype: modrdn\nnewrdn: uid=b\ndeleteoldrdn: 1\n", "dn: uid=a\nuid: b\n",
        "dn: uid=a\ncontrol: 1.2.3 true\nchangetype: delete\n",
    ])
    func aChangeThatDoesNotFitChangesNothing(text: String) throws {
        let feed = try TestFeed([])
        try change(feed, "dn: uid=a\nuid: a\nsn: x\n")
        #expect(throws: IdentityProviderError(.change, "")) {
            try change(feed, "dn: uid=new\nuid: new\n\n" + text)
        }
        #expect(try feed.provider.person(Array("new".utf8)) == nil)
        #expect(try feed.provider.person([0x61]) == person("a", ["sn": ["x"]]))
    }
}
