import LDAP
import LDAPServer
import Schema
import Testing
import Transport

/// A server with service accounts, at a Unix socket, where PLAIN and EXTERNAL are possible.
private func server(_ change: @escaping (inout BindPolicy) -> Void = { _ in }) throws -> TestServer {
    let secret = Array("{SSHA}TvMibZ5Ptithu/PC0zInYlGqQrZzYWx0c2FsdA==".utf8)
    func dn(_ text: String) throws -> DistinguishedName { try DistinguishedName(parsing: text, schema: .builtIn) }
    let reader = ServiceAccount(dn: try dn("cn=reader,dc=example,dc=edu"), name: "reader", passwords: [secret])
    let proxy = ServiceAccount(
        dn: try dn("cn=proxy,dc=elsewhere"), name: "proxy", passwords: [secret],
        mayActAs: [try dn("ou=People,dc=example,dc=edu")])
    return try TestServer(local: true) {
        $0.binds.accounts = [reader, proxy]
        change(&$0.binds)
    }
}

private func plain(_ authorizationID: String, _ name: String, _ password: String) -> [UInt8] {
    Array("\(authorizationID)\0\(name)\0\(password)".utf8)
}

@Test(arguments: [
    ("", "ann", "secret", "dn:" + TestDirectory.ann), ("", "ANN", "secret", "dn:" + TestDirectory.ann),
    ("dn:" + TestDirectory.ann, "ann", "secret", "dn:" + TestDirectory.ann),
    ("dn:UID=Ann, OU=people,dc=example,dc=edu", "ann", "secret", "dn:" + TestDirectory.ann),
    ("u:ann", "ann", "secret", "dn:" + TestDirectory.ann),
    ("", "reader", "reader-secret", "dn:cn=reader,dc=example,dc=edu"),
    ("u:ann", "proxy", "reader-secret", "dn:" + TestDirectory.ann),
    ("dn:" + TestDirectory.ann, "proxy", "reader-secret", "dn:" + TestDirectory.ann),
])
func plainIsTaken_RFC4616(authorizationID: String, name: String, password: String, identity: String) throws {
    let client = try server().client()
    let response = try client.sasl("PLAIN", plain(authorizationID, name, password))
    #expect(response.result == .success && response.serverCredentials == nil)
    #expect(try client.whoAmI() == identity)
}

@Test(arguments: [
    plain("", "ann", "wrong"), plain("", "nobody", "secret"), plain("", "u*", "secret"), plain("", "*", "secret"),
    plain("", "ann)(uid=*", "secret"), plain("u:slow", "ann", "secret"),
    plain("dn:" + TestDirectory.slow, "ann", "secret"),
    plain("ann", "ann", "secret"), plain("dn:", "ann", "secret"), plain("dn:no name", "ann", "secret"),
    plain("u:", "ann", "secret"), plain("u:ann", "reader", "reader-secret"),
    plain("dn:cn=reader,dc=example,dc=edu", "proxy", "reader-secret"),
    plain("", "cn=reader,dc=example,dc=edu", "reader-secret"),
    plain("", "ann", ""), plain("", "", "secret"), plain("", "ann", "secret\0"), [], [0], [0, 0], [0, 0, 0],
    Array("ann".utf8), [0, 0xFF, 0, 0x61], [0xC3, 0, 0x61, 0, 0x61],
    plain("", String(repeating: "a", count: 256), "secret"),
])
func plainIsRefusedAndTheSessionAnonymous_case40_case41(message: [UInt8]) throws {
    let client = try server().client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    let response = try client.sasl("PLAIN", message)
    #expect(response == BindResponse(LDAPResult(.invalidCredentials)))
    #expect(try client.whoAmI() == "")
}

@Test func aPasswordOfAMegabyteIsRefusedUnread_case40() throws {
    let client = try server().client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    let response = try client.sasl("PLAIN", plain("", "ann", String(repeating: "x", count: 1_000_000)))
    #expect(response.result.code == .invalidCredentials)
    #expect(try client.whoAmI() == "")
}

@Test func aNameThatTwoEntriesHaveIsNobodys() throws {
    let both = try server { $0.nameSearch.filter = .equality("sn", NameSearch.placeholder) }.client()
    #expect(try both.sasl("PLAIN", plain("", "Person", "secret")).result.code == .invalidCredentials)
}

@Test func plainNeedsAConfidentialConnection_RFC4616() throws {
    let client = try TestServer().client()
    #expect(try client.sasl("PLAIN", plain("", "ann", "secret")).result.code == .confidentialityRequired)
    #expect(try client.whoAmI() == "")
}

@Test func passwordsNeedTLSWhereTheListenerSaysSo_case39() throws {
    let required = try TestServer {
        var policy = ListenerPolicy()
        policy.requiresConfidentiality = true
        $0.listeners = [policy]
    }
    let client = required.client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .confidentialityRequired)
    #expect(try client.bind(TestDirectory.ann, "wrong") == .confidentialityRequired)
    #expect(try client.bind("", "") == .success)
    #expect(try client.whoAmI() == "")
}

@Test(arguments: ["", "nonsense", "GSSAPI", "plain2", String(repeating: "X", count: 1_000)])
func unknownMechanismsAreNotSupported_RFC4513_section5_2(mechanism: String) throws {
    let client = try server().client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try client.sasl(mechanism, []).result.code == .authMethodNotSupported)
    #expect(try client.sasl(mechanism, nil).result.code == .authMethodNotSupported)
    #expect(try client.whoAmI() == "")
}

@Test func mechanismsThatAreSwitchedOffAreNotSupported() throws {
    let client = try server { $0.mechanisms = [.external] }.client()
    #expect(try client.sasl("PLAIN", plain("", "ann", "secret")).result.code == .authMethodNotSupported)
}

@Test func externalIsTheProcessAtAUnixSocket() throws {
    let client = try server().client()
    #expect(try client.sasl("EXTERNAL", []).result == .success)
    let who = try client.whoAmI()
    #expect(who.hasPrefix("dn:gidNumber=") && who.hasSuffix(",cn=peercred,cn=external,cn=auth"))
    #expect(try client.sasl("EXTERNAL", Array(who.utf8)).result == .success)
    #expect(try client.sasl("EXTERNAL", Array(("dn:" + TestDirectory.ann).utf8)).result.code == .invalidCredentials)
    #expect(try client.whoAmI() == "")
}

@Test func externalIsMappedByRules() throws {
    let dn = try DistinguishedName(parsing: "cn=reader,dc=example,dc=edu", schema: .builtIn)
    let client = try server { $0.peerRules = [PeerRule(user: 4_000_000, dn: dn), PeerRule(user: currentUser, dn: dn)] }
        .client()
    #expect(try client.sasl("EXTERNAL", []).result == .success)
    #expect(try client.whoAmI() == "dn:cn=reader,dc=example,dc=edu")
}

@Test func externalNeedsSomethingExternal() throws {
    let client = try TestServer().client()
    #expect(try client.sasl("EXTERNAL", []).result.code == .authMethodNotSupported)
}

@Test func aClientThatHasYetToBeginIsToldSo_RFC4422_section3() throws {
    let client = try server().client()
    let response = try client.sasl("PLAIN", nil)
    #expect(response == BindResponse(LDAPResult(.saslBindInProgress), serverCredentials: []))
    #expect(try client.sasl("PLAIN", plain("", "ann", "secret")).result == .success)
}

@Test func externalWithoutCredentialsIsTakenForEmptyOnesAsInOpenLDAP() throws {
    #expect(try server().client().sasl("EXTERNAL", nil).result == .success)
}

@Test func anotherRequestEndsAnExchange_RFC4511_section4_2_1() throws {
    let client = try server().client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try client.sasl("PLAIN", nil).result.code == .saslBindInProgress)
    let refused = try client.perform(.searchRequest(.suffix))
    #expect(
        refused.operation
            == .searchResultDone(
                LDAPResult(.operationsError, diagnosticMessage: "a SASL bind was in progress, and is over")))
    #expect(try client.search(.suffix).result.code == .success)
    #expect(try client.whoAmI() == "")
}

@Test func serviceAccountsBindByName() throws {
    let client = try server().client()
    #expect(try client.bind("CN=Reader, dc=example,dc=edu", "reader-secret") == .success)
    #expect(try client.whoAmI() == "dn:cn=reader,dc=example,dc=edu")
    #expect(try client.bind("cn=proxy,dc=elsewhere", "reader-secret") == .success)
    #expect(try client.bind("cn=proxy,dc=elsewhere", "wrong") == .invalidCredentials)
    #expect(try client.whoAmI() == "")
}

@Test func anEntryWithAnAccountsNameIsTheEntry() throws {
    let dn = try DistinguishedName(parsing: TestDirectory.ann, schema: .builtIn)
    let account = ServiceAccount(dn: dn, passwords: [Array("{SSHA}TvMibZ5Ptithu/PC0zInYlGqQrZzYWx0c2FsdA==".utf8)])
    let client = try server { $0.accounts = [account] }.client()
    #expect(try client.bind(TestDirectory.ann, "reader-secret") == .invalidCredentials)
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
}

@Test func theRootDSENamesTheMechanismsOfTheConnection() throws {
    func mechanisms(_ client: TestClient) throws -> [String] {
        let request = SearchRequest(
            base: "", scope: .base, filter: .present("objectClass"), attributes: ["supportedSASLMechanisms"])
        guard case .searchResultEntry(let entry) = try client.perform(.searchRequest(request)).operation else {
            return []
        }
        _ = try client.receive()
        return (entry.attributes.first?.values ?? []).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }
    let clear = try mechanisms(TestServer().client())
    let local = try mechanisms(server().client())
    #expect(clear == ["SCRAM-SHA-256", "SCRAM-SHA-512"])
    #expect(local == ["EXTERNAL", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
}

@Test func failedBindsOfAStrangerWaitAndAbandoningThemDoesNotHelp() throws {
    let strict = try TestServer {
        $0.binds.delays.trusted = []
        $0.binds.delays.longest = 300
    }
    let client = strict.client()
    for _ in 0..<3 { #expect(try client.bind(TestDirectory.ann, "wrong") == .invalidCredentials) }
    let start = ContinuousClock.now
    let simple = BindRequest.Authentication.simple(Array("wrong".utf8))
    let id = client.send(.bindRequest(BindRequest(name: TestDirectory.ann, authentication: simple)))
    client.send(.abandonRequest(id))
    #expect(try client.receive()?.messageID == id)
    #expect(ContinuousClock.now - start >= .milliseconds(240))
    // A client that leaves while it waits leaves nothing behind.
    strict.client().send(.bindRequest(BindRequest(name: TestDirectory.ann, authentication: simple)))
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try client.whoAmI() == "dn:" + TestDirectory.ann)
}
