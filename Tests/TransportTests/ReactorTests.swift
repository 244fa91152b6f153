import Glibc
import Synchronization
import Testing

@testable import Transport

@Test func answersAllOfOneReadAndEachOctetOfManyReads() throws {
    let server = try LineServer()
    let client = RawClient(port: server.port)
    client.send("echo one\necho two\nec")
    #expect(client.receiveText(6) == "onetwo")
    for octet in "ho three\necho four\n".utf8 { client.send([octet]) }
    #expect(client.receiveText(9) == "threefour")
}

@Test func keepsConnectionsTogetherWhileRoundsAreShort() throws {
    let server = try LineServer(reactors: 3)
    let clients = (0..<9).map { _ in RawClient(port: server.port) }
    for client in clients {
        client.send("echo x\n")
        #expect(client.receiveText(1) == "x")
    }
    #expect(server.record.reactors.withLock { $0 } == [0])
    #expect(server.group.connectionCount == 9)
}

/// Connections wander round the reactors while requests are on their way, whole and in halves.
@Test func handsConnectionsOverWithoutLosingAnything() throws {
    let server = try LineServer(reactors: 3)
    let clients = (0..<6).map { _ in RawClient(port: server.port) }
    // As often as it takes: a connection goes only when it happens to be at rest.
    func hasWandered() -> Bool {
        server.record.handOvers.load(ordering: .relaxed) > 20 && server.record.reactors.withLock { $0 } == [0, 1, 2]
    }
    var number = 0
    while number < 100 || (number < 20_000 && !hasWandered()) {
        number += 1
        for client in clients { client.send("echo a\(number)\nec") }
        for (index, reactor) in server.group.reactors.enumerated() {
            reactor.post { $0.share(.gather(to: (index + 1) % 3)) }
        }
        for client in clients { client.send("ho b\(number)\n") }
        let expected = "a\(number)b\(number)"
        for client in clients { #expect(client.receiveText(expected.utf8.count) == expected) }
    }
    for client in clients {
        client.send("echo end\n")
        #expect(client.receiveText(3) == "end")
    }
    #expect(hasWandered())
    #expect(server.group.connectionCount == 6)
    #expect(server.record.closed.withLock { $0.isEmpty })
    clients[0].send("bye\n")
    #expect(clients[0].isAtEnd())
    server.group.drain(within: 1000)
    for client in clients { #expect(client.isAtEnd()) }
    #expect(server.record.closed.withLock { $0.count } == 6)
}

/// Some go elsewhere at once, others are handed over.
@Test func spreadsConnectionsWhereRoundsAreLong() throws {
    let server = try LineServer(reactors: 2, longRound: 0)
    let clients = (0..<4).map { _ in RawClient(port: server.port) }
    let hasSpread = eventually {
        for _ in 0..<20 {
            for client in clients { client.send("echo x\n") }
            for client in clients where client.receiveText(1) != "x" { return false }
        }
        return server.record.reactors.withLock { $0 } == [0, 1]
    }
    #expect(hasSpread)
}

@Test(arguments: [
    // Short rounds, and none to join.
    (0, [UInt64(50), 0, 0], Sharing.none), (0, [100, 0, 0], .none),
    // Long ones are evened out with the shortest, if those are much shorter.
    (0, [200, 150, 0], .spread(to: 2, part: 0.5)), (1, [60, 240, 90], .spread(to: 0, part: 0.375)),
    (0, [200, 100, 100], .none), (0, [200, 99, 100], .spread(to: 1, part: 0.2525)),
    // Short ones join an earlier reactor where they stay short, well below what spreads them again.
    (1, [50, 25], .gather(to: 0)), (1, [50, 26], .none), (2, [90, 0, 30], .gather(to: 1)), (1, [0, 0], .none),
    (1, [20, 150], .spread(to: 0, part: 0.4333)),
])
func sharesByTheTimeOfRounds(reactor: Int, times: [UInt64], expected: Sharing) {
    let sharing = Sharing(of: reactor, times: times, longRound: 100)
    #expect(sharing == expected)
    #expect(abs(sharing.targetAndPart.1 - expected.targetAndPart.1) < 0.001)
}

@Test func measuresRoundsByTheProcessorTimeTheyTake() {
    var meter = RoundMeter()
    #expect(meter.read(now: 1000, used: 5_000) == 5_000)
    #expect(meter.nextReading == 1050)
    for _ in 0..<10 { meter.countRound() }
    #expect(meter.read(now: 1050, used: 9_000) == 400)
    #expect(meter.read(now: 1100, used: 9_000) == 0)
}

@Test func keepsOutputForASlowReaderAndReadsNothingMeanwhile() throws {
    let server = try LineServer()
    let client = RawClient(port: server.port)
    let size = 30_000_000
    client.send("big \(size)\n")
    usleep(50_000)
    let calls = server.record.calls.load(ordering: .relaxed)
    client.send("echo more\n")
    usleep(50_000)
    #expect(server.record.calls.load(ordering: .relaxed) == calls)
    let octets = client.receive(size)
    #expect(octets.count == size && octets.allSatisfy { $0 == 0x78 })
    #expect(client.receiveText(11) == "drainedmore")
}

@Test func givesTurnsToOthersBetweenTurns() throws {
    let server = try LineServer()
    let (busy, other) = (RawClient(port: server.port), RawClient(port: server.port))
    busy.send("turns 20000\n")
    other.send("echo x\n")
    #expect(other.receiveText(1) == "x")
    #expect(busy.receive(20000).count == 20000)
}

@Test func letsLastWordsReachAPeerThatIsStillSending() throws {
    let server = try LineServer()
    for _ in 0..<20 {
        let client = RawClient(port: server.port)
        client.send("stop\n" + String(repeating: "x", count: 200_000))
        #expect(client.receiveText(100) == "last")
    }
}

@Test func closesWhenAskedAndWhenThePeerDoes() throws {
    let server = try LineServer()
    let client = RawClient(port: server.port)
    client.send("bye\n")
    #expect(client.isAtEnd())
    let other = RawClient(port: server.port)
    other.send("echo x\n")
    other.finishSending()
    #expect(other.receiveText(100) == "x")
    #expect(eventually { server.group.connectionCount == 0 })
    #expect(server.record.closed.withLock { $0 } == [.local, .peer])
}

@Test func endsIdleConnections() throws {
    let server = try LineServer(timeouts: Timeouts(idle: 50, message: 0, write: 0))
    #expect(RawClient(port: server.port).receiveText(100) == "idle")
}

@Test func endsConnectionsWhoseMessageDoesNotEnd() throws {
    let server = try LineServer(timeouts: Timeouts(idle: 0, message: 100, write: 0))
    let client = RawClient(port: server.port)
    client.send("echo a\necho b")
    for _ in 0..<4 {
        usleep(20_000)
        client.send("b")
    }
    #expect(client.receiveText(100) == "amessage")
}

@Test func endsConnectionsThatTakeNoOutput() throws {
    let server = try LineServer(timeouts: Timeouts(idle: 0, message: 0, write: 50))
    let client = RawClient(port: server.port)
    client.send("big 30000000\n")
    #expect(eventually { server.record.closed.withLock { !$0.isEmpty } })
    #expect(server.group.connectionCount <= 1)
}

@Test func drainsAndStops() throws {
    let record = Record()
    let group = try ReactorGroup(.init(reactorCount: 2, tickInterval: 10)) { LineService(record, $0) }
    let port = try #require(try group.listen(on: ListenAddress(host: "127.0.0.1", port: 0)).first?.port)
    let clients = (0..<4).map { _ in RawClient(port: port) }
    for client in clients {
        client.send("echo x\n")
        #expect(client.receiveText(1) == "x")
    }
    group.drain(within: 1000)
    for client in clients { #expect(client.isAtEnd()) }
    #expect(record.closed.withLock { $0.count } == 4)
}

@Test func endsWhatDoesNotDrain() throws {
    let record = Record()
    let group = try ReactorGroup(.init(tickInterval: 10)) { LineService(record, $0) }
    let port = try #require(try group.listen(on: ListenAddress(host: "127.0.0.1", port: 0)).first?.port)
    let client = RawClient(port: port)
    client.send("big 30000000\n")
    #expect(client.receiveText(1) == "x")
    group.drain(within: 100)
    #expect(record.closed.withLock { $0 } == [.stopped])
}

@Test func refusesAnAddressInUse() throws {
    let server = try LineServer()
    let address = ListenAddress(host: "127.0.0.1", port: server.port)
    let error = #expect(throws: TransportError.self) { try server.group.listen(on: address) }
    #expect(error?.isAddressInUse == true)
    #expect(error?.description == "cannot listen on 127.0.0.1:\(server.port): Address already in use")
}

@Test func refusesAHostThatDoesNotExist() throws {
    let server = try LineServer()
    #expect(throws: TransportError.self) {
        try server.group.listen(on: ListenAddress(host: "nowhere.invalid", port: 0))
    }
}

@Test func waitsForDescriptorsRatherThanSpin() async {
    await #expect(processExitsWith: .success) {
        let server = try LineServer()
        let first = RawClient(port: server.port)
        first.send("echo x\n")
        #expect(first.receiveText(1) == "x")
        // One descriptor is left: the client's end takes it, and the server's finds none.
        let next = dup(0)
        close(next)
        var limit = rlimit(rlim_cur: rlim_t(next) + 1, rlim_max: 1024)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let second = RawClient(port: server.port)
        let isExhausted = eventually { server.record.failures.withLock { $0.contains(EMFILE) } }
        usleep(50_000)
        let failures = server.record.failures.withLock { $0.count }
        limit.rlim_cur = 1024
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        second.send("echo y\n")
        let isServed = second.receiveText(1) == "y"
        exit(isServed && isExhausted && failures < 100 ? 0 : 1)
    }
}

@Test(arguments: [
    ("127.0.0.1:389", "127.0.0.1", UInt16(389)), ("[::1]:3389", "::1", 3389), (":0", "", 0),
    ("ldap.example.edu:65535", "ldap.example.edu", 65535), ("[]:1", "", 1),
])
func readsListenAddresses(text: String, host: String, port: UInt16) {
    #expect(ListenAddress(text) == ListenAddress(host: host, port: port))
}

@Test(arguments: ["", "localhost", "::1:389", "host:", "host:65536", "host:-1", "[::1]", "[::1:389", "::1]:389"])
func refusesWhatIsNoListenAddress(text: String) {
    #expect(ListenAddress(text) == nil)
}

@Test func doesAllAcceptedWorkAndRefusesTheRest() throws {
    let pool = try WorkerPool(threads: 2, maximumQueue: 10)
    let done = Atomic<Int>(0)
    let gate = Semaphore()
    var accepted = 0
    for _ in 0..<100 {
        let isAccepted = pool.submit {
            gate.wait()
            done.add(1, ordering: .relaxed)
        }
        if isAccepted { accepted += 1 }
    }
    #expect((10...12).contains(accepted))
    for _ in 0..<100 { gate.signal() }
    pool.stop()
    #expect(done.load(ordering: .relaxed) == accepted)
    #expect(!pool.submit {})
}
