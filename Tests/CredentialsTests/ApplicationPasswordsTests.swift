import Storage
import StorageTesting
import Testing

@testable import Credentials

private let names = ["6f1a2b3c-0000-5000-8000-00000000000a", "6F1A2B3C-0000-5000-8000-00000000000B"]

@Suite struct ApplicationPasswordsTests {
    private let files = SimulatedFileSystem()
    private let alice: EntryUUID
    private let bob: EntryUUID

    init() throws {
        alice = try #require(EntryUUID(names[0]))
        bob = try #require(EntryUUID(names[1]))
        try files.makeDirectory("/data")
        try files.synchronizeDirectory("/")
    }

    private func store(_ other: SimulatedFileSystem? = nil) -> ApplicationPasswords {
        ApplicationPasswords(dataDirectory: "/data", files: other ?? files)
    }

    private func add(
        _ store: ApplicationPasswords, _ label: String, to entry: EntryUUID? = nil, expires: Int64? = nil
    ) throws -> (id: ApplicationPassword.ID, secret: [UInt8]) {
        let added = try store.add(to: entry ?? alice, label: label, expires: expires, at: 1000)
        return (added.password.id, added.secret.withOctets { $0.copied() })
    }

    private func verify(
        _ store: ApplicationPasswords, _ secret: [UInt8], of entry: EntryUUID? = nil, at now: Int64 = 2000
    ) throws -> ApplicationPassword.ID? {
        try store.verify(secret.span, of: entry ?? alice, at: now)
    }

    @Test func aPersonHasSeveralAndEachIsItsOwn() throws {
        let store = store()
        #expect(try store.passwords(of: alice).isEmpty)
        let cloud = try add(store, "nextcloud")
        let mail = try add(store, "mail client")
        let other = try add(store, "nextcloud", to: bob)
        #expect(try verify(store, cloud.secret) == cloud.id)
        #expect(try verify(store, mail.secret) == mail.id)
        #expect(try verify(store, other.secret) == nil)
        #expect(try verify(store, other.secret, of: bob) == other.id)
        #expect(try verify(store, octets("wrong")) == nil)
        #expect(try verify(store, []) == nil)
        #expect(try store.passwords(of: alice).map(\.label) == ["nextcloud", "mail client"])
        #expect(try store.entries() == [alice, bob])
        #expect(Set([cloud, mail, other].map(\.secret)).count == 3)
    }

    @Test func aSecretHas140BitsInReadableGroups() throws {
        let secret = String(decoding: try add(store(), "x").secret, as: UTF8.self)
        let groups = secret.split(separator: "-")
        #expect(groups.count == 7 && groups.allSatisfy { $0.count == 4 })
        #expect(secret.utf8.allSatisfy { $0 == 0x2D || ApplicationSecret.alphabet.contains($0) })
        #expect(Set(ApplicationSecret.alphabet).count == 32)
    }

    @Test func theSecretIsNotInTheFile() throws {
        let made = try add(store(), "nextcloud")
        let path = "/data/register/application-passwords/\(alice)"
        let contents = String(decoding: try files.contents(of: path, limit: 1 << 20), as: UTF8.self)
        #expect(contents.contains("nextcloud") && !contents.contains(String(decoding: made.secret, as: UTF8.self)))
    }

    @Test(arguments: SCRAMHash.allCases)
    func everyOneWorksWithSCRAM(hash: SCRAMHash) throws {
        let store = store()
        let made = [try add(store, "one"), try add(store, "two", expires: 3000)]
        func candidates(_ now: Int64) throws -> SCRAMUser {
            SCRAMUser(
                nameKey: octets("alice"), hash: hash, stored: [],
                applicationPasswords: try store.scramKeys(of: alice, hash: hash, at: now))
        }
        for password in made {
            let client = SCRAMTestClient(hash: hash, password: String(decoding: password.secret, as: UTF8.self))
            #expect(try client.authenticate(as: candidates(2000)).applicationPassword == password.id)
        }
        let late = SCRAMTestClient(hash: hash, password: String(decoding: made[1].secret, as: UTF8.self))
        #expect(throws: SCRAMError(.invalidProof, "")) { try late.authenticate(as: candidates(3000)) }
    }

    @Test func isNotValidFromItsExpiryOn() throws {
        let store = store()
        let made = try add(store, "x", expires: 3000)
        #expect(try verify(store, made.secret, at: 2999) == made.id)
        #expect(try verify(store, made.secret, at: 3000) == nil)
        #expect(try store.passwords(of: alice).count == 1, "it is still listed")
        #expect(throws: ApplicationPasswordError.self) { try add(store, "y", expires: 1000) }
    }

    @Test func revokedByOneProcessItFailsInAnotherAtOnce() throws {
        let (server, command) = (store(), store())
        let cloud = try add(command, "nextcloud")
        let mail = try add(command, "mail")
        #expect(try verify(server, cloud.secret) == cloud.id)
        #expect(try command.revoke(of: alice) { $0.id == cloud.id }.map(\.label) == ["nextcloud"])
        #expect(try verify(server, cloud.secret) == nil)
        #expect(try verify(server, mail.secret) == mail.id)
        try command.revoke(of: alice) { _ in true }
        #expect(try verify(server, mail.secret) == nil)
        #expect(try server.scramKeys(of: alice, hash: .sha256, at: 2000).isEmpty)
        #expect(throws: ApplicationPasswordError(.notFound, "")) { try command.revoke(of: alice) { _ in true } }
        #expect(try command.entries().isEmpty)
    }

    @Test(arguments: ["", " x", "x ", "a\nb", "a\u{7}", "a\u{202E}b", String(repeating: "x", count: 65)])
    func refusesWhatIsNoLabel(label: String) {
        #expect(throws: ApplicationPasswordError(.refused, "")) { try add(store(), label) }
    }

    @Test func refusesALabelTwiceAndOneTooMany() throws {
        let store = store()
        _ = try add(store, "a b \u{E4} \u{1F511}")
        #expect(throws: ApplicationPasswordError(.refused, "")) { try add(store, "a b \u{E4} \u{1F511}") }
        for number in 1..<ApplicationPasswordFile.maximumCount { _ = try add(store, String(number)) }
        #expect(throws: ApplicationPasswordError(.refused, "")) { try add(store, "one more") }
        #expect(try store.passwords(of: alice).count == ApplicationPasswordFile.maximumCount)
        #expect(try store.check().isEmpty)
    }

    @Test func oneProcessChangesAtATime() throws {
        let lock = try { () throws in
            _ = try add(store(), "first")
            return try files.lock("/data/register/lock")
        }()
        #expect(throws: ApplicationPasswordError(.locked, "")) { try add(store(), "second") }
        lock.release()
        _ = try add(store(), "second")
    }

    @Test(arguments: [
        "", "x", "6f1a2b3c-0000-5000-8000-00000000000", "6f1a2b3c-0000-5000-8000-00000000000g",
        "../../../../../../../../../etc/passwd", "6f1a2b3c/0000-5000-8000-00000000000a",
    ])
    func onlyUUIDsNameFiles(text: String) {
        #expect(EntryUUID(text) == nil)
    }

    @Test func everyChangedOctetIsNoticed() throws {
        let made = try add(store(), "nextcloud", expires: 5000)
        let path = "/data/register/application-passwords/\(alice)"
        let whole = try files.contents(of: path, limit: 1 << 20)
        for index in whole.indices {
            for edit: (inout [UInt8]) -> Void in [
                { $0[index] ^= 0x01 }, { $0.removeSubrange(index...) }, { $0.insert(0x20, at: index) },
            ] {
                let store = store(try files.damaged(path, edit))
                #expect(throws: ApplicationPasswordError(.damaged, "")) { try verify(store, made.secret) }
                #expect(throws: ApplicationPasswordError(.damaged, "")) {
                    try store.scramKeys(of: alice, hash: .sha256, at: 1)
                }
                #expect(throws: ApplicationPasswordError(.damaged, "")) { try add(store, "other") }
                #expect(try store.check().map(\.file) == [path])
            }
        }
    }

    @Test func anotherPersonsFileIsDamage() throws {
        _ = try add(store(), "x")
        try files.rename(
            "/data/register/application-passwords/\(alice)", to: "/data/register/application-passwords/\(bob)")
        #expect(throws: ApplicationPasswordError(.damaged, "")) { try store().passwords(of: bob) }
    }

    @Test func saysWhenOneWasLastUsed() throws {
        let store = store()
        let cloud = try add(store, "nextcloud")
        let mail = try add(store, "mail")
        _ = try verify(store, cloud.secret, at: 2000)
        _ = try verify(store, cloud.secret, at: 2500)
        store.noteUse(of: mail.id, of: alice, at: 2100)
        #expect(try store.lastUses().isEmpty, "nothing is written with a bind")
        try store.writeUses()
        #expect(try self.store().lastUses() == [alice: [cloud.id: 2500, mail.id: 2100]])
        let before = files.writtenCount
        try store.writeUses()
        #expect(files.writtenCount == before, "nothing was used meanwhile")
        // Another server of the same directory, with a clock behind.
        let other = self.store()
        other.noteUse(of: cloud.id, of: alice, at: 2400)
        other.noteUse(of: cloud.id, of: bob, at: 1)
        try other.writeUses()
        #expect(try store.lastUses() == [alice: [cloud.id: 2500, mail.id: 2100], bob: [cloud.id: 1]])
        try store.revoke(of: alice) { $0.id == cloud.id }
        #expect(try store.lastUses() == [alice: [mail.id: 2100], bob: [cloud.id: 1]])
    }

    @Test func usesThatCannotBeWrittenAreKept() throws {
        let store = store()
        let made = try add(store, "x")
        store.noteUse(of: made.id, of: alice, at: 5)
        let lock = try files.lock("/data/register/lock")
        try store.writeUses()
        lock.release()
        files.inject(.error(28), atCall: 8)
        try? store.writeUses()
        files.clearFault()
        try store.writeUses()
        #expect(try store.lastUses() == [alice: [made.id: 5]])
    }

    @Test func damagedUsesCostNoPassword() throws {
        let made = try add(store(), "x")
        store().noteUse(of: made.id, of: alice, at: 5)
        let first = store()
        first.noteUse(of: made.id, of: alice, at: 5)
        try first.writeUses()
        let store = store(try files.damaged("/data/register/application-password-uses") { $0[3] ^= 1 })
        #expect(throws: ApplicationPasswordError(.damaged, "")) { try store.lastUses() }
        #expect(try store.check().map(\.file) == ["/data/register/application-password-uses"])
        #expect(try verify(store, made.secret) == made.id)
        try store.writeUses()
        #expect(try store.lastUses() == [alice: [made.id: 2000]])
        #expect(try store.check().isEmpty)
    }

    @Test func theSaltsOfUnknownNamesOutliveARestart() throws {
        let salt = try SCRAMDecoys(dataDirectory: "/data", files: files).shape([1], .sha256).salt
        let survivor = files.afterCrash(.nothing)
        #expect(try SCRAMDecoys(dataDirectory: "/data", files: survivor).shape([1], .sha256).salt == salt)
        let short = try files.damaged("/data/register/scram-secret") { $0.removeLast() }
        #expect(throws: ApplicationPasswordError(.damaged, "")) {
            try SCRAMDecoys(dataDirectory: "/data", files: short)
        }
    }
}
