import BER
import LDAP
import LDAPServer
import Testing

@Test func answersPipelinedRequestsInOrder() throws {
    let client = try TestServer().client()
    var octets: [UInt8] = []
    let count = 200
    for number in 0..<count {
        let operation: ProtocolOp =
            number % 3 == 0
            ? .extendedRequest(ExtendedRequest(OID.Extension.whoAmI)) : .searchRequest(.suffix)
        octets += LDAPMessage(client.nextID(), operation).encoded
    }
    client.send(octets: octets)
    var ended: [Int32] = []
    while ended.count < count, let message = try client.receive() {
        if case .searchResultEntry = message.operation { continue }
        ended.append(message.messageID.rawValue)
    }
    #expect(ended == Array(1...Int32(count)))
}

@Test func answersARequestThatComesOctetByOctet() throws {
    let client = try TestServer().client()
    for octet in LDAPMessage(client.nextID(), .searchRequest(.suffix)).encoded { client.send(octets: [octet]) }
    let found = try client.collectSearch()
    #expect(found.names == [TestDirectory.suffix] && found.result.code == .success)
}

@Test(arguments: [1, 2, 3, 7, 64, 1000, 65535, 65536, 65537])
func answersRequestsCutAnywhere(size: Int) throws {
    let client = try TestServer().client()
    var octets: [UInt8] = []
    let count = size < 10 ? 20 : 2000
    for _ in 0..<count {
        octets += LDAPMessage(client.nextID(), .extendedRequest(ExtendedRequest(OID.Extension.whoAmI))).encoded
    }
    for start in stride(from: 0, to: octets.count, by: size) {
        client.send(octets: Array(octets[start..<min(start + size, octets.count)]))
    }
    for number in 1...count { #expect(try client.receive()?.messageID.rawValue == Int32(number)) }
}

@Test func refusesChangesAndNamesTheUpstream() throws {
    let client = try TestServer { $0.upstream = "ldaps://directory.example.edu" }.client()
    let name = "cn=x,dc=example,dc=edu"
    let writes: [ProtocolOp] = [
        .addRequest(AddRequest(entry: name, attributes: [PartialAttribute("cn", "x")])), .deleteRequest(name),
        .modifyRequest(ModifyRequest(entry: name, changes: [])),
        .modifyDNRequest(ModifyDNRequest(entry: name, newRDN: "cn=y", deletesOldRDN: true)),
        .extendedRequest(ExtendedRequest(OID.Extension.passwordModify)),
    ]
    for write in writes {
        let result = try #require(try client.perform(write).result)
        #expect(result.code == .unwillingToPerform)
        #expect(result.diagnosticMessage.contains("ldaps://directory.example.edu"))
    }
    #expect(try client.search(.suffix).names.count == 1)
}

@Test func refersChangesWhereConfigured() throws {
    let urls = ["ldap://master.example.edu/"]
    let client = try TestServer { $0.referrals = urls }.client()
    let result = try #require(try client.perform(.deleteRequest("cn=x,dc=example,dc=edu")).result)
    #expect(result.code == .referral && result.referral == urls)
}

@Test func refusesUnknownExtendedOperations_RFC4511_section4_12() throws {
    let client = try TestServer().client()
    for name in ["1.2.3", OID.Extension.startTLS, ""] {
        let result = try client.perform(.extendedRequest(ExtendedRequest(name))).result
        #expect(result?.code == .protocolError)
    }
    let result = try client.perform(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI, value: []))).result
    #expect(result?.code == .protocolError)
    #expect(try client.whoAmI() == "")
}

@Test func comparesValues() throws {
    let client = try TestServer().client()
    let request = CompareRequest(entry: TestDirectory.ann, attribute: "uid", value: Array("ann".utf8))
    #expect(try client.perform(.compareRequest(request)).operation == .compareResponse(LDAPResult(.compareTrue)))
}

@Test func endsTheSessionOnUnbind_RFC4511_section4_3() throws {
    let client = try TestServer().client()
    client.send(.searchRequest(.suffix))
    client.send(.unbindRequest)
    client.send(.searchRequest(.suffix))
    #expect(try client.collectSearch().result.code == .success)
    #expect(try client.receive() == nil)
}

@Test func endsTheSessionOnUnbindWhileSearching() throws {
    let server = try TestServer()
    let client = server.client()
    client.send(.searchRequest(.everything))
    client.send(.unbindRequest)
    var messages = 0
    while try client.receive() != nil { messages += 1 }
    #expect(messages < TestDirectory.entryCount)
    #expect(eventually { server.server.connectionCount == 0 })
}

/// RFC 4511 section 4.1.1: a Notice of Disconnection with protocolError, and the end.
@Test(
    arguments: [
        ("another tag than SEQUENCE", Array("GET / HTTP/1.1\r\n\r\n".utf8)),
        ("an indefinite length", [0x30, 0x80, 0x02, 0x01, 0x01]),
        ("a length of nine octets", [0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        ("four gigabytes", [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
        ("nothing in it", [0x30, 0x00]),
        ("message ID 0", [0x30, 0x05, 0x02, 0x01, 0x00, 0x42, 0x00]),
        ("a response", [0x30, 0x0C, 0x02, 0x01, 0x01, 0x61, 0x07, 0x0A, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00]),
        ("an inner length beyond the outer", [0x30, 0x05, 0x02, 0x01, 0x01, 0x63, 0x20]),
        ("a search without contents", [0x30, 0x05, 0x02, 0x01, 0x01, 0x63, 0x00]),
    ] as [(String, [UInt8])])
func disconnectsWithNotice_RFC4511_section4_1_1(what: String, octets: [UInt8]) throws {
    let server = try TestServer()
    let client = server.client()
    client.send(octets: octets)
    let message = try #require(try client.receive())
    #expect(message.messageID == .unsolicited)
    guard case .extendedResponse(let notice) = message.operation else {
        Issue.record("no notice")
        return
    }
    #expect(notice.name == OID.Extension.noticeOfDisconnection && notice.result.code == .protocolError)
    #expect(try client.receive() == nil)
    #expect(try server.client().search(.suffix).names.count == 1)
}

@Test func answersValuesOutOfRangeAndStays_RFC4511_section4_1_1() throws {
    let client = try TestServer().client()
    // SearchRequest { "", scope 9, ... }
    client.send(octets: [
        0x30, 0x1B, 0x02, 0x01, 0x07, 0x63, 0x16, 0x04, 0x00, 0x0A, 0x01, 0x09, 0x0A, 0x01, 0x00, 0x02, 0x01, 0x00,
        0x02, 0x01, 0x00, 0x01, 0x01, 0x00, 0x87, 0x01, 0x61, 0x30, 0x00,
    ])
    let message = try client.receive()
    #expect(message?.messageID == 7)
    #expect(message?.result?.code == .protocolError)
    #expect(try client.whoAmI() == "")
}

extension LDAPMessage {
    /// The result, where the message is a response that has one.
    var result: LDAPResult? {
        switch operation {
        case .bindResponse(let response): response.result
        case .searchResultDone(let result), .modifyResponse(let result), .addResponse(let result),
            .deleteResponse(let result), .modifyDNResponse(let result), .compareResponse(let result):
            result
        case .extendedResponse(let response): response.result
        default: nil
        }
    }
}

/// The roots of the search before are used again where they are the same, and only there.
@Test func searchesFromTheBaseOfEachRequest() throws {
    let directory = try TestDirectory.make(people: 3)
    let client = try TestServer(directory: directory).client()
    let people = "ou=People," + TestDirectory.suffix
    func count(_ base: String, _ scope: SearchScope) throws -> Int {
        try client.search(SearchRequest(base: base, scope: scope, filter: .present("objectClass"))).names.count
    }
    for added in 0..<3 {
        #expect(try count(people, .sub) == 6 + added)
        #expect(try count(people, .sub) == 6 + added)
        #expect(try count(people, .one) == 5 + added)
        #expect(try count(TestDirectory.suffix, .sub) == 7 + added)
        #expect(try count("dc=nowhere", .sub) == 0)
        #expect(try count(TestDirectory.suffix, .base) == 1)
        #expect(try count("", .base) == 1)
        #expect(try count(people, .sub) == 6 + added)
        try directory.replace(sequence: UInt64(added) + 2, people: 4 + added)
    }
}
