import LDAP
import LDAPServer
import Testing

private let nobody = "uid=nobody,ou=People,dc=example,dc=edu"

@Test func startsAnonymousAndBindsWithAPassword() throws {
    let client = try TestServer().client()
    #expect(try client.whoAmI() == "")
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try client.whoAmI() == "dn:" + TestDirectory.ann)
    #expect(try client.bind("", "") == .success)
    #expect(try client.whoAmI() == "")
}

@Test(arguments: [
    (TestDirectory.ann, "wrong", ResultCode.invalidCredentials), (nobody, "secret", .invalidCredentials),
    ("dc=elsewhere", "secret", .invalidCredentials), ("", "secret", .invalidCredentials),
    (TestDirectory.ann, "secret\0", .invalidCredentials), (TestDirectory.ann, "", .unwillingToPerform),
    (nobody, "", .unwillingToPerform), ("not a name", "secret", .invalidDNSyntax),
    (TestDirectory.ann, String(repeating: "x", count: Limits.passwordBytes + 1), .invalidCredentials),
])
func refusesBindsAndIsAnonymousAfter_RFC4513_section4(name: String, password: String, code: ResultCode) throws {
    let client = try TestServer().client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try client.bind(name, password) == code)
    #expect(try client.whoAmI() == "")
}

@Test(arguments: [1, 2, 4, 127])
func refusesOtherVersions_RFC4511_section4_2(version: Int) throws {
    let client = try TestServer().client()
    #expect(try client.bind("", "", version: version) == .protocolError)
    #expect(try client.whoAmI() == "")
}

@Test func refusesAnUnknownAuthenticationChoice() throws {
    let client = try TestServer().client()
    // BindRequest { 3, "", [1] "" }
    client.send(octets: [0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x07, 0x02, 0x01, 0x03, 0x04, 0x00, 0x81, 0x00])
    guard case .bindResponse(let response) = try client.receive()?.operation else {
        Issue.record("no bind response")
        return
    }
    #expect(response.result.code == .authMethodNotSupported)
}

@Test func holdsOffRequestsBehindABind_RFC4511_section4_2_1() throws {
    let client = try TestServer().client()
    let simple = BindRequest.Authentication.simple(Array("secret".utf8))
    let bind = client.send(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: simple)))
    let who = client.send(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
    let other = client.send(.bindRequest(BindRequest(name: TestDirectory.ann, authentication: simple)))
    let whoThen = client.send(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
    var answers: [(MessageID, String)] = []
    for _ in 0..<4 {
        let message = try #require(try client.receive())
        switch message.operation {
        case .bindResponse(let response): answers.append((message.messageID, response.result.code.description))
        case .extendedResponse(let response):
            answers.append((message.messageID, String(decoding: response.value ?? [], as: UTF8.self)))
        default: Issue.record("unexpected answer")
        }
    }
    #expect(answers.map(\.0) == [bind, who, other, whoThen])
    #expect(answers.map(\.1) == ["invalidCredentials", "", "success", "dn:" + TestDirectory.ann])
}

@Test func bindsAfterTheSearchBeforeIt_RFC4511_section4_2_1() throws {
    let client = try TestServer().client()
    client.send(.searchRequest(.everything))
    let simple = BindRequest.Authentication.simple(Array("secret".utf8))
    client.send(.bindRequest(BindRequest(name: TestDirectory.ann, authentication: simple)))
    let found = try client.collectSearch()
    #expect(found.names.count == TestDirectory.entryCount && found.result.code == .success)
    guard case .bindResponse(let response) = try client.receive()?.operation else {
        Issue.record("no bind response")
        return
    }
    #expect(response.result.code == .success)
}

@Test func answersManyBindsAtOnce() throws {
    let client = try TestServer().client()
    let simple = BindRequest.Authentication.simple(Array("secret".utf8))
    let count = 300
    var octets: [UInt8] = []
    for _ in 0..<count {
        let bind = ProtocolOp.bindRequest(BindRequest(name: TestDirectory.ann, authentication: simple))
        octets += LDAPMessage(client.nextID(), bind).encoded
    }
    client.send(octets: octets)
    for number in 1...count {
        let message = try #require(try client.receive())
        #expect(message.messageID.rawValue == Int32(number))
        #expect(message.operation == .bindResponse(BindResponse(.success)))
    }
}

@Test func verifiesPasswordsWithoutHoldingUpOthers() throws {
    let server = try TestServer { $0.workerCount = 1 }
    let slow = server.client()
    for _ in 0..<5 {
        let wrong = BindRequest.Authentication.simple(Array("wrong".utf8))
        slow.send(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: wrong)))
    }
    let quick = server.client()
    let start = ContinuousClock.now
    #expect(try quick.search(.suffix).names.count == 1)
    #expect(ContinuousClock.now - start < .milliseconds(100))
    for _ in 0..<5 { #expect(try slow.receive() != nil) }
}

@Test func survivesAClientThatLeavesDuringItsBind() throws {
    let server = try TestServer()
    for _ in 0..<10 {
        let client = server.client()
        let simple = BindRequest.Authentication.simple(Array("secret".utf8))
        client.send(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: simple)))
    }
    #expect(try server.client().whoAmI() == "")
    #expect(eventually { server.server.connectionCount == 0 })
}
