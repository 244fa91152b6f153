import Glibc
import Synchronization
import Testing
import TransportTesting

@testable import Transport

/// Real handshakes over sockets, between the server's streams, our own client's and raw octets.
@Suite struct TLSTests {
    static let authority = Result { try TestAuthority() }
    static let server = Result { try authority.get().issue("server") }

    static func settings(_ configure: (inout TLSContext.Settings) -> Void = { _ in }) throws -> TLSContext.Settings {
        let identity = try server.get()
        var settings = TLSContext.Settings(certificate: identity.certificate, key: identity.key)
        configure(&settings)
        return settings
    }

    static func lineServer(
        isImplicit: Bool = true, reactors: Int = 1, timeouts: Timeouts = Timeouts(),
        _ configure: (inout TLSContext.Settings) -> Void = { _ in }
    ) throws -> LineServer {
        try LineServer(
            reactors: reactors, timeouts: timeouts, tls: TLSContext(settings(configure)), isImplicitTLS: isImplicit)
    }

    static func soon() -> UInt64 { monotonicMilliseconds() + 10_000 }

    static func clientContext(
        _ configure: (inout TLSClientContext.Settings) -> Void = { _ in }
    ) throws -> TLSClientContext {
        var settings = TLSClientContext.Settings()
        settings.authorities = try authority.get().certificate
        configure(&settings)
        return try TLSClientContext(settings)
    }

    static func client(
        _ server: LineServer, name: String = "localhost",
        _ configure: (inout TLSClientContext.Settings) -> Void = { _ in }
    ) throws -> OutgoingStream {
        let stream = try OutgoingStream(host: "127.0.0.1", port: server.port, deadline: soon())
        try stream.startTLS(clientContext(configure), serverName: name, deadline: soon())
        return stream
    }

    @Test func echoesOverTLS13() throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        #expect(client.security.protocolName == "TLSv1.3")
        #expect(try client.ask("echo hello") == "hello")
        #expect(try client.ask("echo again") == "again")
        let security = try #require(server.record.security.withLock { $0.first })
        #expect(security.strength == 256)
        #expect(security.cipherName == "TLS_AES_256_GCM_SHA384")
        #expect(security.peerCertificate == nil)
        client.close()
        #expect(eventually { server.record.closed.withLock { $0 == [.peer] } })
    }

    @Test func channelBindingsAreTheSameOnBothSides() throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        #expect(try client.ask("echo x") == "x")
        for kind in ChannelBinding.allCases {
            let own = try #require(client.channelBinding(kind))
            #expect(own.count == 32)
            #expect(server.record.bindings.withLock { $0[kind] } == own, "\(kind)")
        }
    }

    @Test func exporterBindingIsNotOfferedBelowTLS13() throws {
        let server = try Self.lineServer { $0.versions = [.tls12] }
        let client = try Self.client(server)
        #expect(try client.ask("echo x") == "x")
        #expect(client.security.protocolName == "TLSv1.2")
        #expect(client.channelBinding(.tlsExporter) == nil)
        #expect(server.record.bindings.withLock { $0[.tlsExporter] } == nil)
        #expect(server.record.bindings.withLock { $0[.tlsServerEndPoint] } == client.channelBinding(.tlsServerEndPoint))
    }

    @Test(arguments: [1, 100, 16_384, 16_385, 1_000_000, 20_000_000])
    func answersOfAnySizeArriveWhole(size: Int) throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        try client.send("big \(size)\n")
        if size > 1_000_000 { usleep(200_000) }
        let received = try client.receive(size)
        #expect(received.count == size)
        #expect(received.allSatisfy { $0 == 0x78 })
        if size < 1_000_000 { #expect(try client.ask("echo on") == "on") }
    }

    @Test func manyLinesInOneSendAreAllAnswered() throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        let count = 30_000
        try client.send(String(repeating: "echo 12345678\n", count: count))
        #expect(try client.receive(count * 8).count == count * 8)
    }

    @Test func manyRecordsAtOnceAreAllAnswered() throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        for round in 0..<2000 { try client.send("echo \(1000 + round)\n") }
        #expect(try client.receive(8000).count == 8000)
    }

    @Test func turnsAndReceivedOctetsDoNotDisturbEachOther() throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        try client.send("turns 5\n")
        #expect(try client.receiveText(5) == ".....")
        #expect(try client.ask("echo x") == "x")
    }

    @Test func startsTLSOnRequest() throws {
        let server = try Self.lineServer(isImplicit: false)
        let client = try OutgoingStream(host: "127.0.0.1", port: server.port, deadline: Self.soon())
        #expect(try client.ask("echo clear") == "clear")
        #expect(try client.ask("tls") == "go")
        try client.startTLS(Self.clientContext(), serverName: "127.0.0.1", deadline: Self.soon())
        #expect(try client.ask("echo sealed") == "sealed")
    }

    /// RFC 4513 section 3.1.1; CVE-2011-0411 of other servers.
    @Test func octetsBehindTheRequestForTLSAreNeverReadAsIfTheyCameOverIt() throws {
        let server = try Self.lineServer(isImplicit: false)
        let client = RawClient(port: server.port)
        client.send("tls\necho inj")
        #expect(client.receiveText(10) == "go")
        #expect(
            eventually {
                server.record.closed.withLock {
                    $0 == [.tls("octets came in the clear behind the request for TLS")]
                }
            })
    }

    @Test func octetsInTheNextSegmentAreTakenForTLSAndRefused() throws {
        let server = try Self.lineServer(isImplicit: false)
        let client = RawClient(port: server.port)
        client.send("tls\n")
        #expect(client.receiveText(2) == "go")
        client.send("echo injected\n")
        let answer = client.receive(100)
        #expect(answer.isEmpty || answer.first == 0x15, "an alert, or nothing")
        #expect(eventually { server.record.closed.withLock { $0.count == 1 } })
        #expect(server.record.security.withLock { $0.isEmpty })
    }

    @Test(arguments: ["", "\u{16}\u{03}\u{01}", "GET / HTTP/1.0\r\n\r\n", "0\u{0c}\u{02}\u{01}\u{01}`\u{07}"])
    func whatIsNoHandshakeEndsAtTheDeadlineOrBefore(text: String) throws {
        let server = try Self.lineServer(timeouts: Timeouts(handshake: 200))
        let client = RawClient(port: server.port)
        client.send(text)
        let answer = client.receive(100)
        #expect(answer.isEmpty || answer.first == 0x15)
        #expect(
            eventually { server.record.closed.withLock { if case .tls? = $0.first { true } else { false } } })
    }

    @Test func handshakeDeadlineHoldsAfterStartTLSToo() throws {
        let server = try Self.lineServer(isImplicit: false, timeouts: Timeouts(handshake: 200))
        let client = RawClient(port: server.port)
        client.send("tls\n")
        #expect(client.receiveText(2) == "go")
        #expect(client.isAtEnd())
        #expect(eventually { server.record.closed.withLock { $0 == [.tls("the handshake took too long")] } })
    }

    @Test func lastWordsAndCloseNotifyReachTheClient() throws {
        let server = try Self.lineServer()
        let client = try Self.client(server)
        try client.send("last\n")
        #expect(try client.receiveText(4) == "last")
        // An end without close_notify would be an error.
        #expect(try client.read(upTo: 1, deadline: Self.soon()).isEmpty)
        let other = try Self.client(server)
        try other.send("bye\n")
        #expect(try other.read(upTo: 1, deadline: Self.soon()).isEmpty)
    }

    @Test func aClientCutOffIsAPeerThatClosed() throws {
        let server = try Self.lineServer()
        do {
            let client = try Self.client(server)
            #expect(try client.ask("echo x") == "x")
            client.cutOff()
        }
        #expect(eventually { server.record.closed.withLock { $0 == [.peer] } })
    }

    @Test func connectionsUnderTLSStayWithTheirReactor() throws {
        let server = try Self.lineServer(reactors: 2)
        let client = try Self.client(server)
        #expect(try client.ask("echo x") == "x")
        for reactor in server.group.reactors { reactor.post { $0.share(.spread(to: 1, part: 1)) } }
        #expect(try client.ask("echo y") == "y")
        #expect(server.record.handOvers.load(ordering: .relaxed) == 0)
    }
}

extension OutgoingStream {
    func send(_ text: String) throws {
        try write(Array(text.utf8).span, deadline: TLSTests.soon())
    }

    func receive(_ count: Int) throws -> [UInt8] {
        var received: [UInt8] = []
        while received.count < count {
            let more = try read(upTo: count - received.count, deadline: TLSTests.soon())
            guard !more.isEmpty else { break }
            received += more
        }
        return received
    }

    func receiveText(_ count: Int) throws -> String { String(decoding: try receive(count), as: UTF8.self) }

    /// Sends a line whose answer is one word, and returns that.
    func ask(_ line: String) throws -> String {
        try send(line + "\n")
        return String(decoding: try read(upTo: 1000, deadline: TLSTests.soon()), as: UTF8.self)
    }
}
