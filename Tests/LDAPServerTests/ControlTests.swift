import LDAP
import LDAPServer
import Testing

@Test func refusesUnknownCriticalControls_RFC4511_section4_1_11() throws {
    let client = try TestServer().client()
    let unknown = Control("1.2.3.4", isCritical: true, value: [0xFF])
    let requests: [ProtocolOp] = [
        .searchRequest(.suffix), .deleteRequest("cn=x,dc=example,dc=edu"),
        .compareRequest(CompareRequest(entry: TestDirectory.ann, attribute: "uid", value: [])),
        .extendedRequest(ExtendedRequest(OID.Extension.whoAmI)),
        .bindRequest(BindRequest(name: "", authentication: .simple([]))),
    ]
    for request in requests {
        #expect(try client.perform(request, controls: [unknown]).result?.code == .unavailableCriticalExtension)
    }
}

@Test func ignoresUnknownControlsThatAreNotCritical() throws {
    let client = try TestServer().client()
    let found = try client.search(.suffix, controls: [Control("1.2.3.4"), Control("", value: [1])])
    #expect(found.names.count == 1 && found.result.code == .success)
    #expect(try client.bind("", "", controls: [Control(OID.Control.passwordPolicy)]) == .success)
}

@Test func refusesCriticalControlsOfOtherOperations() throws {
    let client = try TestServer().client()
    let page = PagedResults(size: 10)
    let compare = ProtocolOp.compareRequest(CompareRequest(entry: TestDirectory.ann, attribute: "uid", value: []))
    #expect(
        try client.perform(compare, controls: [page.control(isCritical: true)]).result?.code
            == .unavailableCriticalExtension)
    #expect(try client.perform(compare, controls: [page.control()]).result?.code != .unavailableCriticalExtension)
}

@Test func acceptsManageDSAITWithoutAValue_RFC3296() throws {
    let client = try TestServer().client()
    let control = Control(OID.Control.manageDsaIT, isCritical: true)
    #expect(try client.search(.suffix, controls: [control]).result.code == .success)
    #expect(try client.search(.suffix, controls: [control, control]).result.code == .protocolError)
    let withValue = Control(OID.Control.manageDsaIT, value: [])
    #expect(try client.search(.suffix, controls: [withValue]).result.code == .protocolError)
}

@Test(arguments: [Limits.controlsPerRequest, Limits.controlsPerRequest + 1])
func takesSoManyControlsAndNoMore(count: Int) throws {
    let client = try TestServer().client()
    let controls = [Control](repeating: Control("1.2.3"), count: count)
    let result = try client.search(.suffix, controls: controls).result
    #expect(result.code == (count > Limits.controlsPerRequest ? .protocolError : .success))
}
