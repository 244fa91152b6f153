import LDAP
import Testing
import Transport

@testable import LDAPServer

/// StartTLS (RFC 4511 section 4.14, RFC 4513 section 3), ldaps, and TLS before credentials.
@Suite struct StartTLSTests {
    static func server(isImplicit: Bool = false, requiresConfidentiality: Bool = false) throws -> TestServer {
        let policy = try SecureClient.policy(isImplicit: isImplicit, requiresConfidentiality: requiresConfidentiality)
        return try TestServer { $0.listeners = [policy] }
    }

    @Test func startsTLSAndGoesOnAnonymous_RFC4513_section4() throws {
        let client = try SecureClient(try Self.server())
        #expect(try client.bind(TestDirectory.ann, "secret") == .success)
        let response = try client.extended(OID.Extension.startTLS)
        #expect(response.result.code == .success)
        #expect(response.name == OID.Extension.startTLS)
        try client.beginTLS()
        #expect(try client.whoAmI() == "")
        #expect(try client.bind(TestDirectory.ann, "secret") == .success)
        #expect(try client.whoAmI() == "dn:" + TestDirectory.ann)
    }

    @Test func answersOverImplicitTLS() throws {
        let client = try SecureClient(try Self.server(isImplicit: true), isImplicit: true)
        #expect(try client.bind(TestDirectory.ann, "secret") == .success)
        #expect(try client.whoAmI() == "dn:" + TestDirectory.ann)
        try client.send(octets: client.message(.searchRequest(.everything)))
        var entries = 0
        while let message = try client.receive(), case .searchResultEntry = message.operation { entries += 1 }
        #expect(entries == TestDirectory.entryCount)
    }

    @Test(arguments: [true, false])
    func refusesTLSInTLS_RFC4511_section4_14_1(isImplicit: Bool) throws {
        let client = try SecureClient(try Self.server(isImplicit: isImplicit), isImplicit: isImplicit)
        if !isImplicit {
            #expect(try client.startTLS() == .success)
            try client.beginTLS()
        }
        #expect(try client.startTLS() == .operationsError)
        #expect(try client.whoAmI() == "")
    }

    @Test func refusesAValue_RFC4511_section4_14_1() throws {
        let client = try SecureClient(try Self.server())
        #expect(try client.extended(OID.Extension.startTLS, value: []).result.code == .protocolError)
        #expect(try client.extended(OID.Extension.startTLS, value: [1]).result.code == .protocolError)
        #expect(try client.startTLS() == .success)
    }

    @Test func refusesWhereThereIsNoTLS_RFC4511_section4_14_2() throws {
        let client = try SecureClient(try TestServer())
        #expect(try client.startTLS() == .protocolError)
        #expect(try client.whoAmI() == "")
    }

    /// A bind that takes its time, and a search of many entries.
    @Test func refusesWhileOperationsAreOutstanding_RFC4511_section4_14_1() throws {
        let client = try SecureClient(try Self.server())
        let password = BindRequest.Authentication.simple(Array("secret".utf8))
        var octets = client.message(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: password)))
        octets += client.message(.extendedRequest(ExtendedRequest(OID.Extension.startTLS)))
        octets += client.message(.searchRequest(.everything))
        octets += client.message(.extendedRequest(ExtendedRequest(OID.Extension.startTLS)))
        try client.send(octets: octets)
        var refusals = 0
        var entries = 0
        var others = 0
        while refusals < 2 || others < 2, let message = try client.receive() {
            switch message.operation {
            case .extendedResponse(let response):
                #expect(response.result.code == .operationsError)
                refusals += 1
            case .searchResultEntry: entries += 1
            default: others += 1
            }
        }
        #expect(entries == TestDirectory.entryCount)
        #expect(try client.startTLS() == .success)
        try client.beginTLS()
        #expect(try client.whoAmI() == "")
    }

    /// reliability: what is pipelined behind StartTLS is not performed, neither now nor after the handshake.
    @Test(arguments: [true, false])
    func neverPerformsWhatCameBehindStartTLSInItsSegment(isWhole: Bool) throws {
        let client = try SecureClient(try Self.server())
        let behind = client.message(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
        let octets = client.message(.extendedRequest(ExtendedRequest(OID.Extension.startTLS)))
        try client.send(octets: octets + (isWhole ? behind : Array(behind.prefix(3))))
        let answer = try #require(try client.receive())
        guard case .extendedResponse(let response) = answer.operation else {
            Issue.record("unexpected answer")
            return
        }
        #expect(response.result.code == .operationsError)
        #expect(try client.receive() == nil)
    }

    @Test func neverPerformsWhatCameBehindStartTLSInTheNextSegment() throws {
        let client = try SecureClient(try Self.server())
        #expect(try client.startTLS() == .success)
        try client.send(octets: client.message(.extendedRequest(ExtendedRequest(OID.Extension.whoAmI))))
        // An alert is no LDAP message; the end is.
        let rest = try client.stream.read(upTo: 100, deadline: SecureClient.soon)
        #expect(rest.isEmpty || rest.first == 0x15)
    }

    /// The request for TLS comes octet by octet, so that it is put together from what was kept.
    @Test func startsTLSFromPieces() throws {
        let client = try SecureClient(try Self.server())
        for octet in client.message(.extendedRequest(ExtendedRequest(OID.Extension.startTLS))) {
            try client.send(octets: [octet])
        }
        #expect(try client.receive() != nil)
        try client.beginTLS()
        #expect(try client.whoAmI() == "")
    }

    @Test func demandsTLSBeforeCredentialsEvenIfTheyAreRight_RFC4513_section6_3_3() throws {
        let client = try SecureClient(try Self.server(requiresConfidentiality: true))
        for (name, password) in [
            (TestDirectory.ann, "secret"), (TestDirectory.ann, "wrong"), ("uid=nobody", "x"), ("", "x"),
        ] {
            #expect(try client.bind(name, password) == .confidentialityRequired)
            #expect(try client.whoAmI() == "")
        }
        #expect(try client.bind("", "") == .success)
        #expect(try client.startTLS() == .success)
        try client.beginTLS()
        #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    }

    @Test func aSilentHandshakeEndsAtItsDeadline() throws {
        let policy = try SecureClient.policy(isImplicit: true)
        let server = try TestServer {
            $0.listeners = [policy]
            $0.timeouts.handshake = 200
        }
        let client = try SecureClient(server)
        #expect(try client.receive() == nil)
        #expect(eventually { server.server.connectionCount == 0 })
    }

    @Test func nothingIsSaidInTheClearWhereTLSIsImplicit() throws {
        let policy = try SecureClient.policy(isImplicit: true)
        let server = try TestServer {
            $0.listeners = [policy]
            $0.maximumConnections = 1
        }
        let first = try SecureClient(server, isImplicit: true)
        #expect(try first.whoAmI() == "")
        let second = try SecureClient(server)
        #expect(try second.stream.read(upTo: 100, deadline: SecureClient.soon).isEmpty)
    }

    @Test func drainsInMidHandshake() throws {
        let server = try Self.server(isImplicit: true)
        let silent = try SecureClient(server)
        let settled = try SecureClient(server, isImplicit: true)
        #expect(try settled.whoAmI() == "")
        server.server.drain(within: 3000)
        #expect(try silent.receive() == nil)
        let notice = try #require(try settled.receive())
        guard case .extendedResponse(let response) = notice.operation else {
            Issue.record("unexpected answer")
            return
        }
        #expect(response.name == OID.Extension.noticeOfDisconnection)
        #expect(try settled.receive() == nil)
    }
}
