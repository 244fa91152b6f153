import Testing

@testable import Credentials

@Suite struct SCRAMServerTests {
    private func keys(_ password: String, _ hash: SCRAMHash = .sha256, salt: String = "saltsaltsaltsalt") throws
        -> SCRAMKeys
    {
        try #require(derivedKeys(hash, password, salt: octets(salt)))
    }

    private func user(_ stored: String..., hash: SCRAMHash = .sha256) -> SCRAMUser {
        SCRAMUser(nameKey: octets("user"), hash: hash, stored: stored.map(octets))
    }

    private func refusal(
        _ client: SCRAMTestClient, _ mechanism: SCRAMMechanism? = nil, as user: SCRAMUser,
        channel: SCRAMChannel = SCRAMChannel()
    ) -> SCRAMError.Code? {
        do throws(SCRAMError) {
            _ = try client.authenticate(mechanism, as: user, channel: channel)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: SCRAMHash.allCases)
    func letsInWhoKnowsThePassword(hash: SCRAMHash) throws {
        let client = SCRAMTestClient(hash: hash)
        let stored = try keys("pencil", hash)
        for value in ["pencil", "{CLEARTEXT}pencil", stored.userPassword, stored.authPassword] {
            #expect(refusal(client, as: user(value, hash: hash)) == nil, "\(value)")
        }
        #expect(refusal(client, as: user("{SSHA}x", "other", "pencil", hash: hash)) == nil)
    }

    @Test(arguments: SCRAMHash.allCases)
    func refusesEverybodyElseAlike(hash: SCRAMHash) throws {
        let other: SCRAMHash = hash == .sha256 ? .sha512 : .sha256
        let nobody = [
            SCRAMUser(unknownName: octets("user")), user(hash: hash), user("Pencil", hash: hash),
            user(try keys("Pencil", hash).userPassword, hash: hash), user("{SSHA}x", hash: hash),
            user(try keys("pencil", other).userPassword, hash: hash), user("{SCRAM-SHA-256}", hash: hash),
            user("{PBKDF2-SHA256}1000$c2FsdHNhbHQ$hgR9HsqtKupWxpnv8y99TrPDajTT/9PcSTlNafpdLXQ", hash: hash),
        ]
        for user in nobody { #expect(refusal(SCRAMTestClient(hash: hash), as: user) == .invalidProof) }
    }

    @Test func aStoredValueIsNeverAPasswordItself() throws {
        let stored = try keys("pencil")
        for value in [stored.userPassword, stored.authPassword] {
            var client = SCRAMTestClient()
            client.password = value
            #expect(refusal(client, as: user(value)) == .invalidProof)
            #expect(!isRight(value, verifies: value))
            #expect(isRight(value, verifies: "pencil"))
        }
        let damaged = String(stored.authPassword.dropLast())
        #expect(refusal(SCRAMTestClient(password: damaged), as: user(damaged)) == .invalidProof)
        #expect(!isRight(damaged, verifies: damaged))
    }

    @Test func anUnknownNameLooksLikeAKnownOne() throws {
        func serverFirst(_ user: SCRAMUser, _ decoys: SCRAMDecoys) throws -> [String] {
            var server = SCRAMServer(
                SCRAMMechanism(.sha256, bindsChannel: false), channel: SCRAMChannel(), decoys: decoys,
                nonce: octets("x"))
            _ = try server.receiveFirst(SCRAMTestClient().first.span)
            return String(decoding: try server.answerFirst(user), as: UTF8.self).split(separator: ",").map(String.init)
        }
        let decoys = decoys()
        let stored = try #require(derivedKeys(.sha256, "pencil", iterations: 5000, salt: Array(1...24)))
        decoys.prime(with: octets(stored.userPassword).span)
        let known = try serverFirst(user(stored.userPassword), decoys)
        let unknown = try serverFirst(SCRAMUser(unknownName: octets("nobody")), decoys)
        #expect(known[2] == "i=5000" && unknown[2] == "i=5000")
        #expect(known[1].utf8.count == unknown[1].utf8.count && known[1] != unknown[1])
        #expect(try serverFirst(SCRAMUser(unknownName: octets("nobody")), decoys) == unknown)
        #expect(try serverFirst(SCRAMUser(unknownName: octets("nobody2")), decoys) != unknown)
        // No password, or one that SCRAM cannot verify, or a clear one: the salt of the name, too.
        #expect(try serverFirst(SCRAMUser(nameKey: octets("nobody"), hash: .sha256, stored: []), decoys) == unknown)
        #expect(
            try serverFirst(SCRAMUser(nameKey: octets("nobody"), hash: .sha256, stored: [octets("x")]), decoys)
                == unknown)
    }

    @Test func saltsOfUnknownNamesOutliveTheServer() throws {
        let one = decoys().shape(octets("nobody"), .sha256)
        #expect(decoys().shape(octets("nobody"), .sha256).salt == one.salt)
        #expect(decoys().shape(octets("nobody"), .sha512).salt != one.salt)
        var secret = [UInt8](repeating: 8, count: 32)
        #expect(SCRAMDecoys(secret: SecretOctets(taking: &secret)).shape(octets("nobody"), .sha256).salt != one.salt)
    }

    @Test(arguments: ["tls-server-end-point", "tls-exporter"])
    func bindsTheChannel_RFC5802Section6(type: String) throws {
        let channel = SCRAMChannel(
            tlsServerEndPoint: octets("certificate"), tlsExporter: octets("exporter"), isBindingOffered: true)
        let plus = SCRAMMechanism(.sha256, bindsChannel: true)
        var client = SCRAMTestClient(header: "p=\(type),,")
        client.channelBinding = channel.value(ofType: type) ?? []
        #expect(refusal(client, plus, as: user("pencil"), channel: channel) == nil)
        #expect(refusal(client, plus, as: user("Pencil"), channel: channel) == .invalidProof)
        // The mechanism of the same name without -PLUS does not bind.
        #expect(refusal(client, as: user("pencil"), channel: channel) == .channelBindingNotSupported)
        // Somebody in between has another certificate.
        client.channelBinding[0] ^= 1
        #expect(refusal(client, plus, as: user("pencil"), channel: channel) == .channelBindingsDontMatch)
        client.channelBinding = []
        #expect(refusal(client, plus, as: user("pencil"), channel: channel) == .channelBindingsDontMatch)
        // Without TLS there is nothing to bind to.
        #expect(refusal(client, plus, as: user("pencil")) == .unsupportedChannelBindingType)
    }

    @Test(arguments: [
        ("y,,", false, true, SCRAMError.Code.serverDoesSupportChannelBinding),
        ("y,,", false, false, nil), ("n,,", false, true, nil),
        ("n,,", true, true, .channelBindingsDontMatch), ("y,,", true, true, .serverDoesSupportChannelBinding),
        ("p=tls-unique,,", true, true, .unsupportedChannelBindingType),
    ])
    func noticesADowngrade_RFC5802Section6(header: String, isPlus: Bool, isOffered: Bool, expected: SCRAMError.Code?) {
        let channel = SCRAMChannel(tlsServerEndPoint: octets("certificate"), isBindingOffered: isOffered)
        let client = SCRAMTestClient(header: header)
        let mechanism = SCRAMMechanism(.sha256, bindsChannel: isPlus)
        #expect(refusal(client, mechanism, as: user("pencil"), channel: channel) == expected)
    }

    @Test func theHeaderThatWasSentFirstMustComeAgain() throws {
        var server = SCRAMServer(
            SCRAMMechanism(.sha256, bindsChannel: false), channel: SCRAMChannel(), decoys: decoys())
        _ = try server.receiveFirst(SCRAMTestClient(header: "y,,").first.span)
        let first = try server.answerFirst(user("pencil"))
        let message = try #require(SCRAMTestClient(header: "n,,").final(after: first)?.message)
        #expect(throws: SCRAMError(.channelBindingsDontMatch, "")) { try server.receiveFinal(message.span) }
    }

    @Test func namesOnesOwnApplicationPassword() throws {
        let first = try #require(ApplicationPassword.ID("aaaaaaaa"))
        let second = try #require(ApplicationPassword.ID("bbbbbbbb"))
        let given = [
            ApplicationSCRAMKeys(id: first, keys: try keys("one")),
            ApplicationSCRAMKeys(id: second, keys: try keys("two")),
            ApplicationSCRAMKeys(id: second, keys: try keys("three", .sha512)),
            ApplicationSCRAMKeys(id: second, keys: try keys("four", salt: "another")),
        ]
        let user = SCRAMUser(
            nameKey: octets("user"), hash: .sha256, stored: [octets("clear")], applicationPasswords: given)
        func who(_ password: String) throws -> ApplicationPassword.ID? {
            try SCRAMTestClient(password: password).authenticate(as: user).applicationPassword
        }
        #expect(try who("one") == first)
        #expect(try who("two") == second)
        #expect(try who("clear") == nil)
        for wrong in ["three", "four", "five"] {
            #expect(throws: SCRAMError(.invalidProof, "")) { try who(wrong) }
        }
    }

    @Test func stepsOutOfOrderEndTheExchange() throws {
        let start = SCRAMServer(SCRAMMechanism(.sha256, bindsChannel: false), channel: SCRAMChannel(), decoys: decoys())
        var server = start
        #expect(throws: SCRAMError(.otherError, "")) { try server.receiveFinal(octets("c=biws,r=x,p=x").span) }
        #expect(throws: SCRAMError(.otherError, "")) { try server.receiveFirst(SCRAMTestClient().first.span) }
        server = start
        #expect(throws: SCRAMError(.otherError, "")) { try server.answerFirst(user("pencil")) }
        server = start
        _ = try server.receiveFirst(SCRAMTestClient().first.span)
        #expect(throws: SCRAMError(.otherError, "")) { try server.receiveFirst(SCRAMTestClient().first.span) }
        server = start
        _ = try server.receiveFirst(SCRAMTestClient().first.span)
        let message = try #require(SCRAMTestClient().final(after: try server.answerFirst(user("pencil")))?.message)
        _ = try server.receiveFinal(message.span)
        // The same proof does not work twice.
        #expect(throws: SCRAMError(.otherError, "")) { try server.receiveFinal(message.span) }
    }
}
