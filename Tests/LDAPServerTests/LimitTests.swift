import Glibc
import LDAP
import LDAPServer
import Testing
import Transport

@Test func limitsEntries() throws {
    let client = try TestServer { $0.limits.anonymous.size = SteppedLimit(20) }.client()
    var request = SearchRequest.everything
    for (asked, given) in [(Int32(0), 20), (19, 19), (20, 20), (21, 20)] {
        request.sizeLimit = asked
        let found = try client.search(request)
        #expect(found.names.count == given && found.result.code == .sizeLimitExceeded)
    }
}

@Test func softIsForSearchesThatNameNoneAndHardForAll() throws {
    let client = try TestServer { $0.limits.anonymous.size = SteppedLimit(soft: 5, hard: 10) }.client()
    var request = SearchRequest.everything
    for (asked, given) in [(Int32(0), 5), (7, 7), (10, 10), (11, 10), (.max, 10)] {
        request.sizeLimit = asked
        let found = try client.search(request)
        #expect(found.names.count == given && found.result.code == .sizeLimitExceeded, "asked for \(asked)")
    }
}

@Test func limitsFollowTheIdentity() throws {
    let client = try TestServer {
        $0.limits.anonymous.size = SteppedLimit(1)
        $0.limits.authenticated.size = SteppedLimit(2)
    }.client()
    #expect(try client.search(.everything).names.count == 1)
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try client.search(.everything).names.count == 2)
    // RFC 4513 section 4: a bind that fails leaves an anonymous session, with its limits.
    #expect(try client.bind(TestDirectory.ann, "wrong") == .invalidCredentials)
    #expect(try client.search(.everything).names.count == 1)
}

@Test(arguments: [99, 100, 5_000])
func endsASearchThatWouldLookAtTooManyEntries(limit: Int) throws {
    let client = try TestServer { $0.limits.anonymous.examined = limit }.client()
    let found = try client.search(.everything)
    #expect(found.names.count == min(limit, TestDirectory.entryCount))
    #expect(found.result.code == (limit < TestDirectory.entryCount ? .adminLimitExceeded : .success))
    // What an index finds, and what does not match but is looked at.
    let ann = SearchRequest(base: TestDirectory.suffix, scope: .sub, filter: .equality("uid", "ann"))
    #expect(try client.search(ann).names.count == 1)
    var unmatched = SearchRequest.everything
    unmatched.filter = .not(.equality("uid", "nobody"))
    #expect(try client.search(unmatched).result.code == found.result.code)
}

@Test func aLimitOnEntriesLookedAtHoldsInPagesToo() throws {
    let client = try TestServer { $0.limits.anonymous.examined = 50 }.client()
    let page = PagedResults(size: 40, cookie: []).control(isCritical: true)
    #expect(try client.search(.everything, controls: [page]).result.code == .success)
    let larger = PagedResults(size: 60, cookie: []).control(isCritical: true)
    #expect(try client.search(.everything, controls: [larger]).result.code == .adminLimitExceeded)
}

@Test func holdsUpAClientThatAsksFasterThanItMay() throws {
    let server = try TestServer { $0.limits.anonymous.rates.connection = 20 }
    let (fast, other) = (server.client(), server.client())
    var octets: [UInt8] = []
    for _ in 0..<40 { octets += LDAPMessage(fast.nextID(), .searchRequest(.suffix)).encoded }
    let start = monotonicMilliseconds()
    fast.send(octets: octets)
    #expect(try other.search(.suffix).names.count == 1)
    #expect(monotonicMilliseconds() < start + 900, "nobody else waits")
    for _ in 0..<40 { #expect(try fast.collectSearch().result.code == .success, "answered late, not refused") }
    let time = monotonicMilliseconds() - start
    #expect(time >= 900, "twenty at once, the others in a second: \(time) ms")
}

@Test func theConnectionsOfAnAddressShareItsRate() throws {
    let server = try TestServer { $0.limits.anonymous.rates.address = 20 }
    let clients = (0..<4).map { _ in server.client() }
    let start = monotonicMilliseconds()
    for client in clients {
        for _ in 0..<10 { client.send(.searchRequest(.suffix)) }
    }
    for client in clients {
        for _ in 0..<10 { #expect(try client.collectSearch().result.code == .success) }
    }
    #expect(monotonicMilliseconds() - start >= 900)
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

@Test func tellsTheConnectionTooManyOfAnAddress() throws {
    let server = try TestServer { $0.maximumConnectionsOfAddress = 2 }
    var clients = [server.client(), server.client()]
    for client in clients { #expect(try client.whoAmI() == "") }
    #expect(try server.client().receive()?.result?.code == .busy)
    clients.removeLast()
    #expect(eventually { (try? server.client().whoAmI()) == "" }, "one has gone, another may come")
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
