import BER
import Glibc
import LDAP
import LDAPServer
import Testing
import Transport

/// Clients that take their time: each case as the catalogue of incidents has it, over a real socket.
@Suite struct SlowClientTests {
    private static func counter(_ name: String, on server: TestServer) throws -> Int {
        let client = server.client()
        let request = SearchRequest(
            base: "cn=\(name),cn=Refusals,cn=Monitor", scope: .base, filter: .present("cn"),
            attributes: ["monitorCounter"])
        client.send(.searchRequest(request))
        var number = -1
        while let message = try client.receive(), message.result == nil {
            if case .searchResultEntry(let entry) = message.operation, let value = entry.attributes.first?.values.first
            {
                number = Int(String(decoding: value, as: UTF8.self)) ?? -1
            }
        }
        return number
    }

    /// The deadline is for the whole message: an octet now and then does not put it off.
    @Test func endsAMessageThatComesOctetByOctetForTooLong() throws {
        let server = try TestServer(directory: TestDirectory.make(people: 1)) { $0.timeouts = Timeouts(message: 300) }
        let client = server.client()
        let start = monotonicMilliseconds()
        let request = search(filter: element(0xA1, copies(anything, 100)))
        var ended = false
        for octet in request where !ended {
            client.send(octets: [octet])
            usleep(20_000)
            ended = try Self.counter("Message Deadline", on: server) > 0
        }
        let time = monotonicMilliseconds() - start
        #expect(ended && time >= 300)
        let notice = try client.receive()
        #expect(notice?.messageID == .unsolicited && notice?.result?.code == .protocolError)
        #expect(try client.receive() == nil)
    }

    /// A connection that says nothing is idle from its first moment.
    @Test func endsAConnectionThatNeverSaysAnything() throws {
        let server = try TestServer(directory: TestDirectory.make(people: 1)) { $0.timeouts = Timeouts(idle: 200) }
        let silent = (0..<20).map { _ in server.client() }
        for client in silent { #expect(try client.receive() == nil) }
        #expect(try Self.counter("Idle", on: server) == 20)
    }

    @Test func endsAClientThatTakesNothingOfItsAnswers() throws {
        let server = try TestServer { $0.timeouts = Timeouts(message: 0, write: 300) }
        let deaf = server.client(receiveBuffer: 2048)
        for _ in 0..<200 { deaf.send(.searchRequest(.everything)) }
        let (other, start) = (server.client(), monotonicMilliseconds())
        #expect(try other.search(.suffix).names.count == 1, "nobody else waits")
        #expect(eventually { (try? Self.counter("Write Deadline", on: server)) == 1 })
        #expect(monotonicMilliseconds() - start >= 250)
        #expect(eventually { server.server.connectionCount <= 1 })
    }

    /// RFC 4511 section 3.1: what was asked for is given up with the transport; what was answered already may have been sent.
    @Test(arguments: [1, 50])
    func endsTheSessionOfAClientThatFinishesSending(requests: Int) throws {
        let server = try TestServer(directory: TestDirectory.make(people: 5))
        let client = server.client()
        for _ in 0..<requests { client.send(.searchRequest(.everything)) }
        client.finishSending()
        while try client.receive() != nil {}
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(try server.client().search(.suffix).names.count == 1)
    }

    /// CVE-2013-4449: unbind at once after a search; here again and again, with or without waiting for anything.
    @Test func survivesAnUnbindRightAfterASearch() throws {
        let server = try TestServer()
        for round in 0..<200 {
            let client = server.client()
            let id = client.nextID()
            client.send(
                octets: LDAPMessage(id, .searchRequest(.everything)).encoded
                    + LDAPMessage(client.nextID(), .unbindRequest).encoded)
            if round.isMultiple(of: 2) { while try client.receive() != nil {} }
        }
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(try server.client().search(.suffix).names.count == 1)
    }

    /// Nothing of a message is read before the one before it is done, and of a flood only what may wait is kept.
    @Test func holdsUpAFloodOfSearchesAndAbandons() throws {
        let server = try TestServer()
        let client = server.client()
        var octets: [UInt8] = []
        for number in Int32(1)...1_000 {
            guard let id = MessageID(rawValue: number), let next = MessageID(rawValue: number + 10_000) else {
                continue
            }
            octets += LDAPMessage(id, .searchRequest(.everything)).encoded
            octets += LDAPMessage(next, .abandonRequest(id)).encoded
        }
        client.send(octets: octets)
        // What was begun before its abandon was read may have answered in part, or in full; this one is answered in any case.
        let probe = LDAPMessage(2_000_000_000, .extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
        client.send(octets: probe.encoded)
        var isAnswered = false
        while !isAnswered, let message = try client.receive() { isAnswered = message.messageID == probe.messageID }
        #expect(isAnswered)
        #expect(try server.client().search(.suffix).names.count == 1)
    }

    /// 2,000 connections one after the other, gone at once or in the middle of a request.
    @Test func forgetsConnectionsThatComeAndGo() throws {
        let server = try TestServer(directory: TestDirectory.make(people: 1)) { $0.reactorCount = 2 }
        let request = search()
        for round in 0..<2_000 {
            let client = server.client()
            if round.isMultiple(of: 2) { client.send(octets: Array(request.prefix(round % request.count))) }
        }
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(try server.client().search(.suffix).names.count == 1)
    }
}
