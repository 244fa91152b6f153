import LDAP
import LDAPServer
import Testing

@Test func abandonsASearchUnderWay_RFC4511_section4_11() throws {
    let client = try TestServer().client()
    let search = client.send(.searchRequest(.everything))
    client.send(.abandonRequest(search))
    let last = client.send(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
    var entries = 0
    while let message = try client.receive(), message.messageID != last {
        guard case .searchResultEntry = message.operation else {
            Issue.record("an abandoned search was answered")
            return
        }
        entries += 1
    }
    #expect(entries < TestDirectory.entryCount)
}

@Test func abandonsARequestThatWaits() throws {
    let client = try TestServer().client()
    client.send(.searchRequest(.everything))
    let waiting = client.send(.searchRequest(.suffix))
    client.send(.abandonRequest(waiting))
    let last = client.send(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
    #expect(try client.collectSearch().names.count == TestDirectory.entryCount)
    #expect(try client.receive()?.messageID == last)
}

@Test func passesOverAbandonsOfNothing_RFC4511_section4_11() throws {
    let client = try TestServer().client()
    for number: MessageID in [1, 2, 99, 0] { client.send(.abandonRequest(number)) }
    #expect(try client.whoAmI() == "")
}

@Test func doesNotAbandonABind_RFC4511_section4_11() throws {
    let client = try TestServer().client()
    let simple = BindRequest.Authentication.simple(Array("secret".utf8))
    let slow = client.send(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: simple)))
    let waiting = client.send(.bindRequest(BindRequest(name: TestDirectory.ann, authentication: simple)))
    client.send(.abandonRequest(slow))
    client.send(.abandonRequest(waiting))
    #expect(try client.receive()?.messageID == slow)
    #expect(try client.receive()?.messageID == waiting)
}

private func cancel(_ client: TestClient, _ target: MessageID) -> MessageID {
    let id = UInt8(truncatingIfNeeded: target.rawValue)
    return client.send(
        .extendedRequest(ExtendedRequest(OID.Extension.cancel, value: [0x30, 0x03, 0x02, 0x01, id])))
}

@Test func cancelsASearchUnderWay_RFC3909_section2() throws {
    let client = try TestServer().client()
    let search = client.send(.searchRequest(.everything))
    let cancel = cancel(client, search)
    let found = try client.collectSearch()
    #expect(found.result.code == .canceled && found.names.count < TestDirectory.entryCount)
    let answer = try client.receive()
    #expect(answer?.messageID == cancel && answer?.result?.code == .success)
}

@Test func cancelsARequestThatWaits_RFC3909_section2() throws {
    let client = try TestServer().client()
    let search = client.send(.searchRequest(.everything))
    let waiting = client.send(.searchRequest(.suffix))
    let cancel = cancel(client, waiting)
    var ended: [(MessageID, ResultCode)] = []
    while ended.count < 3, let message = try client.receive() {
        if let result = message.result { ended.append((message.messageID, result.code)) }
    }
    #expect(ended.map(\.0) == [waiting, cancel, search])
    #expect(ended.map(\.1) == [.canceled, .success, .success])
}

@Test func cancelsNeitherBindsNorItselfNorNothing_RFC3909_section2() throws {
    let client = try TestServer().client()
    let own = cancel(client, 1)
    #expect(try client.receive()?.result?.code == .cannotCancel)
    #expect(own == 1)
    _ = cancel(client, 77)
    #expect(try client.receive()?.result?.code == .noSuchOperation)
    let simple = BindRequest.Authentication.simple(Array("secret".utf8))
    let bind = client.send(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: simple)))
    let cancelling = cancel(client, bind)
    let first = try client.receive()
    #expect(first?.messageID == cancelling && first?.result?.code == .cannotCancel)
    #expect(try client.receive()?.messageID == bind)
    let answer = try client.perform(.extendedRequest(ExtendedRequest(OID.Extension.cancel, value: [0x30])))
    #expect(answer.result?.code == .protocolError)
}
