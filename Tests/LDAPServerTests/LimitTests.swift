import Glibc
import LDAP
import LDAPServer
import Testing
import Transport

@Test func limitsEntries() throws {
    let client = try TestServer { $0.sizeLimit = 20 }.client()
    var request = SearchRequest.everything
    for (asked, given) in [(Int32(0), 20), (19, 19), (20, 20), (21, 20)] {
        request.sizeLimit = asked
        let found = try client.search(request)
        #expect(found.names.count == given && found.result.code == .sizeLimitExceeded)
    }
}

/// In a process of its own: the memory measured is the server's, not that of the tests beside it.
@Test func keepsBoundedMemoryForASlowReader() async {
    await #expect(processExitsWith: .success) {
        let server = try TestServer()
        let client = server.client(receiveBuffer: 4096)
        let before = residentMemory()
        for _ in 0..<200 { client.send(.searchRequest(.everything)) }
        // Two hundred times all entries would be far more than this.
        usleep(300_000)
        let growth = residentMemory() - before
        #expect(growth < 16 << 20, "memory grew by \(growth) octets")
        #expect(try server.client().search(.suffix).names.count == 1)
        #expect(try client.collectSearch().names.count == TestDirectory.entryCount)
    }
}

/// Octets of memory in use by this process.
func residentMemory() -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    _ = unsafe fgets(&line, 128, file)
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
        separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
}

@Test func holdsUpAClientRatherThanRefuseItsHaste() throws {
    let client = try TestServer().client()
    let count = Limits.outstandingOperationsBeforeAuthentication * 5
    client.send(.searchRequest(.everything))
    var octets: [UInt8] = []
    for _ in 0..<count { octets += LDAPMessage(client.nextID(), .searchRequest(.suffix)).encoded }
    client.send(octets: octets)
    #expect(try client.collectSearch().names.count == TestDirectory.entryCount)
    for _ in 0..<count { #expect(try client.collectSearch().result.code == .success) }
}

@Test(arguments: [0, 1])
func takesMessagesOfSoManyOctetsAndNoMore(beyond: Int) throws {
    let client = try TestServer().client()
    func message(value: Int) -> [UInt8] {
        let request = ExtendedRequest("1.2.3", value: [UInt8](repeating: 0, count: value))
        return LDAPMessage(1, .extendedRequest(request)).encoded
    }
    let limit = Limits.messageBytesBeforeAuthentication
    let overhead = message(value: limit - 100).count - (limit - 100)
    let octets = message(value: limit - overhead + beyond)
    #expect(octets.count == limit + beyond)
    client.send(octets: octets)
    let answer = try client.receive()
    #expect(answer?.messageID == (beyond == 0 ? 1 : 0))
    #expect(answer?.result?.code == .protocolError)
}

@Test func takesLargerMessagesAfterAuthentication() throws {
    let client = try TestServer().client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    let request = ExtendedRequest("1.2.3", value: [UInt8](repeating: 0, count: Limits.messageBytesBeforeAuthentication))
    #expect(try client.perform(.extendedRequest(request)).result?.code == .protocolError)
    #expect(try client.whoAmI() == "dn:" + TestDirectory.ann)
}

@Test func endsASessionWhoseMessageDoesNotEnd() throws {
    let client = try TestServer { $0.timeouts = Timeouts(idle: 0, message: 100, write: 0) }.client()
    #expect(try client.search(.suffix).names.count == 1)
    client.send(octets: [0x30, 0x20])
    let message = try client.receive()
    #expect(message?.messageID == .unsolicited)
    #expect(try client.receive() == nil)
}

@Test func endsIdleSessionsOnly() throws {
    let server = try TestServer { $0.timeouts = Timeouts(idle: 300, message: 0, write: 0) }
    let (idle, busy) = (server.client(), server.client())
    for _ in 0..<8 {
        usleep(100_000)
        #expect(try busy.whoAmI() == "")
    }
    #expect(try idle.receive() == nil)
}

@Test func tellsTheConnectionTooMany() throws {
    let server = try TestServer { $0.maximumConnections = 2 }
    let clients = [server.client(), server.client()]
    for client in clients { #expect(try client.whoAmI() == "") }
    let third = server.client()
    #expect(try third.receive()?.result?.code == .busy)
    #expect(try third.receive() == nil)
    for client in clients { #expect(try client.whoAmI() == "") }
}

@Test func refusesBindsBeyondThoseThatMayWait() throws {
    let server = try TestServer {
        $0.workerCount = 1
        $0.maximumWaitingBinds = 1
    }
    let simple = BindRequest.Authentication.simple(Array("wrong".utf8))
    let clients = (0..<8).map { _ in server.client() }
    for client in clients {
        client.send(.bindRequest(BindRequest(name: TestDirectory.slow, authentication: simple)))
    }
    let codes = try clients.map { try $0.receive()?.result?.code }
    #expect(codes.contains(.busy) && codes.contains(.invalidCredentials))
    #expect(codes.allSatisfy { $0 == .busy || $0 == .invalidCredentials })
}

@Test func finishesWhatIsUnderWayAndTellsEveryClientWhenItStops() throws {
    let server = try TestServer()
    let (idle, searching) = (server.client(), server.client())
    #expect(try idle.whoAmI() == "")
    searching.send(.searchRequest(.everything))
    guard case .searchResultEntry = try searching.receive()?.operation else {
        Issue.record("no entry")
        return
    }
    let stopping = StoppingThread(server.server)
    let found = try searching.collectSearch()
    #expect(found.names.count == TestDirectory.entryCount - 1 && found.result.code == .success)
    for client in [idle, searching] {
        let notice = try client.receive()
        #expect(notice?.messageID == .unsolicited && notice?.result?.code == .unavailable)
        #expect(try client.receive() == nil)
    }
    stopping.join()
}

/// Stops a server beside the test.
private final class StoppingThread {
    private let pool: WorkerPool?

    init(_ server: LDAPServer) {
        pool = try? WorkerPool(threads: 1, maximumQueue: 1)
        _ = pool?.submit { server.drain(within: 5000) }
    }

    func join() { pool?.stop() }
}
