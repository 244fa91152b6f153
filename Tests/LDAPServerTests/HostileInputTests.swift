import Glibc
import LDAP
import LDAPServer
import Testing
import Transport

/// What strangers send that no client would, over a real socket: the documented answer, and a server that goes on serving.
@Suite struct HostileInputTests {
    private static let server = Result { try makeServer() }

    /// Failed binds do not slow down the next here: what they are answered with is what counts.
    private static func makeServer() throws -> TestServer {
        try TestServer(directory: TestDirectory.make(people: 10)) { $0.binds.delays.longest = 0 }
    }

    @Test(arguments: HostileTable.all)
    func answersAsDocumented(_ hostile: HostileCase) throws {
        let server = try Self.server.get()
        #expect(try violation(of: hostile, on: server) == nil)
        #expect(try server.client().search(.suffix).names.count == 1, "the server goes on serving")
    }

    @Test func tableIsAsLongAsPromised() {
        #expect(HostileTable.all.count >= 100)
        #expect(Set(HostileTable.all.map(\.what)).count == HostileTable.all.count)
    }

    /// Everything of the table, again and again, in a process of its own: what one round leaves behind is nothing.
    @Test func keepsItsMemoryFlat() async {
        await #expect(processExitsWith: .success) {
            let server = try HostileInputTests.makeServer()
            func round() throws {
                for hostile in HostileTable.all { _ = try violation(of: hostile, on: server) }
            }
            try round()
            let before = residentMemory()
            for _ in 0..<2 { try round() }
            let growth = residentMemory() - before
            #expect(growth < 8 << 20, "memory grew by \(growth) octets")
            #expect(eventually { server.server.connectionCount == 0 })
        }
    }

    @Test func endsAMessageThatDoesNotEnd() throws {
        let server = try TestServer(directory: TestDirectory.make(people: 1)) { $0.timeouts = Timeouts(message: 100) }
        for start in [hex("30"), hex("30 84 00 00"), hex("30 20 02 01"), extended("1.2.3") + hex("30")] {
            let client = server.client()
            client.send(octets: start)
            var last: LDAPMessage?
            while let message = try client.receive() { last = message }
            #expect(last?.messageID == .unsolicited && last?.result?.code == .protocolError)
        }
    }

    /// A client that is gone in the middle of a request leaves nothing behind.
    @Test func forgetsAClientThatIsGone() throws {
        let server = try TestServer(directory: TestDirectory.make(people: 10))
        let whole = search()
        for count in whole.indices {
            let client = server.client()
            client.send(octets: Array(whole.prefix(count)))
        }
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(try server.client().search(.suffix).names.count == 1)
    }
}

/// What is wrong with the server's answer to `hostile`; nil if it is as documented.
private func violation(of hostile: HostileCase, on server: TestServer) throws -> String? {
    let client = server.client()
    client.send(octets: hostile.octets)
    // A question after it, with an ID that nothing else has: does the connection stay?
    let probe = LDAPMessage(2_000_000_000, .extendedRequest(ExtendedRequest(OID.Extension.whoAmI)))
    client.send(octets: probe.encoded)
    var messages: [LDAPMessage] = []
    var stays = false
    while !stays, let message = try client.receive() {
        if message.messageID == probe.messageID {
            stays = true
        } else if message.result != nil {
            messages.append(message)
        }
    }
    let codes = messages.compactMap(\.result?.code)
    switch hostile.answer {
    case .notice:
        guard !stays, messages.count == 1, codes == [.protocolError], messages[0].messageID == .unsolicited else {
            return "\(codes), stays: \(stays), where a notice and the end are due"
        }
    case .results(let due):
        guard stays, codes == due, messages.allSatisfy({ $0.messageID == 7 }) else {
            return "\(codes.prefix(5)), stays: \(stays), where \(due.prefix(5)) and staying are due"
        }
    case .silence:
        guard stays, messages.isEmpty else { return "\(codes), stays: \(stays), where silence and staying are due" }
    case .end:
        guard !stays, messages.isEmpty else { return "\(codes), stays: \(stays), where only the end is due" }
    }
    return nil
}
