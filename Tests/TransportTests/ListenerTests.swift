import Addresses
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Transport

/// Says from whom a connection came, and at which listener, then what the client says.
private final class PeerHandler: ConnectionHandler {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
        let arrival = connection.arrival
        connection.send(Array("\(arrival.peer)@\(arrival.listener)\n".utf8).span)
    }

    var isIdle: Bool { true }
    func received(_ octets: Span<UInt8>) -> Int {
        connection.send(octets)
        return octets.count
    }
    func outputDrained() {}
    func resume() {}
    func deadlinePassed(_ deadline: Connection.Deadline) { connection.close() }
    func drain() { connection.close() }
    func handOver() -> (any Sendable)? { nil }
    func closed(_ reason: Connection.CloseReason) {}
}

private final class PeerService: ReactorService {
    let refusals: Refusals

    init(_ refusals: Refusals) { self.refusals = refusals }

    func accept(_ connection: Connection) -> any ConnectionHandler { PeerHandler(connection) }
    func takeOver(_ connection: Connection, _ state: any Sendable) -> any ConnectionHandler { accept(connection) }
    func acceptFailed(_ code: Int32) {}
    func tick(now: UInt64) {}
    func proxyRefused(_ arrival: Arrival, _ reason: ProxyHeaderError) {
        refusals.reasons.withLock { $0.append(reason) }
    }
}

private final class Refusals: Sendable {
    let reasons = Mutex<[ProxyHeaderError]>([])
}

/// Listens on a free port of the loopback, where a PROXY header is expected from `proxies`, if any.
private final class PeerServer {
    let refusals = Refusals()
    let group: ReactorGroup
    var port: UInt16 = 0

    init(proxies: [String]? = nil, handshake: UInt64 = 5000) throws {
        let refusals = refusals
        group = try ReactorGroup(.init(reactorCount: 2, timeouts: Timeouts(handshake: handshake), tickInterval: 10)) {
            _ in
            PeerService(refusals)
        }
        guard let proxies else { return }
        for socket in try ListeningSocket.bind(to: ListenAddress(host: "127.0.0.1", port: 0)) {
            port = socket.address.port
            try group.listen(on: socket, number: 3, proxies: proxies.compactMap { IPPrefix($0) })
        }
    }

    deinit { group.drain(within: 500) }

    var reasons: [ProxyHeaderError] { refusals.reasons.withLock { $0 } }
}

private func line(_ client: RawClient) -> String {
    var text = ""
    while !text.hasSuffix("\n") {
        let next = client.receiveText(1)
        if next.isEmpty { return text }
        text += next
    }
    return String(text.dropLast())
}

private final class SocketFolder {
    let path: String
    init() {
        path = NSTemporaryDirectory() + "/p\(UInt32.random(in: 0...UInt32.max))"
        _ = unsafe mkdir(path, 0o755)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

@Suite struct UnixSocketTests {
    private let folder = SocketFolder()

    private func mode(_ path: String) -> UInt32 {
        var record = stat()
        return unsafe lstat(path, &record) == 0 ? record.st_mode & 0o7777 : 0
    }

    @Test func tellsWhoConnects() throws {
        let server = try PeerServer()
        let path = folder.file("ldapi")
        for socket in try ListeningSocket.bind(to: .file(path: path)) { try server.group.listen(on: socket, number: 7) }
        let client = RawClient(path: path)
        #expect(line(client) == "uid \(geteuid())@7")
        client.send("hello")
        #expect(client.receiveText(5) == "hello")
    }

    @Test(arguments: [UInt32(0o666), 0o600, 0o660, 0o777], [mode_t(0), 0o022, 0o077])
    func theFileHasTheModeWhateverTheUmask(wanted: UInt32, mask: mode_t) throws {
        let before = umask(mask)
        defer { umask(before) }
        let path = folder.file("mode")
        let sockets = try ListeningSocket.bind(to: .file(path: path), mode: wanted)
        #expect(mode(path) == wanted)
        withExtendedLifetime(sockets) {}
    }

    @Test func replacesTheSocketOfADeadServer() throws {
        let path = folder.file("dead")
        let dead = socket(AF_UNIX, 1, 0)
        #expect(UnixAddress.bind(dead, to: path))
        listen(dead, 1)
        close(dead)
        let server = try PeerServer()
        for socket in try ListeningSocket.bind(to: .file(path: path)) { try server.group.listen(on: socket, number: 1) }
        #expect(line(RawClient(path: path)) == "uid \(geteuid())@1")
    }

    @Test func refusesTheSocketOfALivingServer() throws {
        let path = folder.file("living")
        let server = try PeerServer()
        for socket in try ListeningSocket.bind(to: .file(path: path)) { try server.group.listen(on: socket, number: 1) }
        let error = #expect(throws: TransportError.self) { try ListeningSocket.bind(to: .file(path: path)) }
        #expect(error?.description == "cannot listen on \(path): another server answers there")
        #expect(line(RawClient(path: path)) == "uid \(geteuid())@1")
    }

    @Test func leavesAFileThatIsNoSocketAlone() throws {
        let path = folder.file("file")
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: TransportError.self) { try ListeningSocket.bind(to: .file(path: path)) }
        #expect(error?.description == "cannot listen on \(path): there is a file that is no socket")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test func refusesAPathTooLongOrWithoutAFolder() {
        let long = folder.file(String(repeating: "x", count: 108))
        #expect(throws: TransportError.self) { try ListeningSocket.bind(to: .file(path: long)) }
        #expect(throws: TransportError.self) { try ListeningSocket.bind(to: .file(path: folder.file("no/such"))) }
    }

    @Test func removesItsFileAtTheEndAndNobodyElses() throws {
        let (own, others) = (folder.file("own"), folder.file("others"))
        do {
            let server = try PeerServer()
            for path in [own, others] {
                for socket in try ListeningSocket.bind(to: .file(path: path)) {
                    try server.group.listen(on: socket, number: 1)
                }
            }
            _ = unsafe unlink(others)
            try "new".write(toFile: others, atomically: true, encoding: .utf8)
            server.group.drain(within: 500)
        }
        #expect(mode(own) == 0)
        #expect(try String(contentsOfFile: others, encoding: .utf8) == "new")
    }
}

@Suite struct InheritedSocketTests {
    @Test func takesOverAListeningSocket() throws {
        let server = try PeerServer()
        let original = try #require(try ListeningSocket.bind(to: ListenAddress(host: "127.0.0.1", port: 0)).first)
        try original.startListening()
        let inherited = try ListeningSocket.inherit(dup(original.descriptor))
        #expect(inherited.address == original.address)
        try server.group.listen(on: inherited, number: 2)
        #expect(line(RawClient(port: inherited.address.port)).hasSuffix("@2"))
    }

    @Test func leavesTheFileToWhoMadeIt() throws {
        let folder = SocketFolder()
        let path = folder.file("theirs")
        let theirs = socket(AF_UNIX, 1, 0)
        #expect(UnixAddress.bind(theirs, to: path))
        listen(theirs, 1)
        try ListeningSocket.inherit(theirs).close()
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func refusesWhatDoesNotListen() throws {
        let stream = socket(AF_INET, 1, 0)
        let datagrams = socket(AF_INET, 2, 0)
        let file = unsafe open("/dev/null", O_RDONLY)
        for descriptor in [stream, datagrams, file, 999] {
            #expect(throws: TransportError.self) { try ListeningSocket.inherit(descriptor) }
            close(descriptor)
        }
    }
}

@Suite struct ProxiedConnectionTests {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let header =
        signature + [0x21, 0x11, 0, 15, 192, 0, 2, 1, 198, 51, 100, 2, 0x9C, 0x40, 1, 0x85, 4, 0, 0]

    @Test(arguments: [
        (header, "192.0.2.1:40000@3"), (Array("PROXY TCP6 2001:db8::7 ::1 5 389\r\n".utf8), "[2001:db8::7]:5@3"),
    ])
    func theClientThatTheHeaderNamesCounts(header: [UInt8], client: String) throws {
        let server = try PeerServer(proxies: ["127.0.0.0/8"])
        let together = RawClient(port: server.port)
        together.send(header + Array("hello".utf8))
        #expect(line(together) == client)
        #expect(together.receiveText(5) == "hello")
        // In pieces, with what is behind it in the last.
        let pieces = RawClient(port: server.port)
        for octet in header.dropLast() {
            pieces.send([octet])
            usleep(500)
        }
        pieces.send([header[header.count - 1]] + Array("hello".utf8))
        #expect(line(pieces) == client)
        #expect(pieces.receiveText(5) == "hello")
        #expect(server.reasons.isEmpty)
    }

    @Test func theProxysOwnConnectionsAreItsOwn() throws {
        let server = try PeerServer(proxies: ["127.0.0.1"])
        for header in [Self.signature + [0x20, 0, 0, 0], Array("PROXY UNKNOWN\r\n".utf8)] {
            let client = RawClient(port: server.port)
            client.send(header)
            #expect(line(client).hasPrefix("127.0.0.1:"))
        }
    }

    @Test func nobodyElseIsLetInWithOrWithoutAHeader() throws {
        let server = try PeerServer(proxies: ["192.0.2.0/24", "::1"])
        for header in [Self.header, []] {
            let client = RawClient(port: server.port)
            client.send(header)
            #expect(client.receive(1).isEmpty)
        }
        #expect(eventually { server.reasons == [.untrusted, .untrusted] })
    }

    @Test func aProxyIsNotLetInWithoutAHeader() throws {
        let server = try PeerServer(proxies: ["127.0.0.1"])
        let client = RawClient(port: server.port)
        client.send([0x30, 0x0C, 0x02, 0x01, 0x01, 0x60, 0x07])
        #expect(client.receive(1).isEmpty)
        let wrong = RawClient(port: server.port)
        wrong.send("PROXY TCP4 here there 1 2\r\n")
        #expect(wrong.receive(1).isEmpty)
        #expect(server.reasons.count == 2)
        #expect(server.reasons.first == .missing)
    }

    @Test func aHeaderHasADeadline() throws {
        let server = try PeerServer(proxies: ["127.0.0.1"], handshake: 60)
        let silent = RawClient(port: server.port)
        let slow = RawClient(port: server.port)
        slow.send("PROXY TCP4 ")
        #expect(silent.isAtEnd())
        #expect(slow.receive(1).isEmpty)
        #expect(server.reasons == [.late, .late])
        #expect(eventually { server.group.connectionCount == 0 })
    }

    @Test func whoGoesBeforeTheHeaderIsForgotten() throws {
        let server = try PeerServer(proxies: ["127.0.0.1"])
        for start in ["", "PROXY", "PROXY TCP4 192.0.2.1"] {
            let client = RawClient(port: server.port)
            client.send(start)
            client.finishSending()
            #expect(client.isAtEnd())
        }
        #expect(eventually { server.group.connectionCount == 0 })
        #expect(server.reasons.isEmpty)
    }

    @Test func drainEndsThoseThatWait() throws {
        let server = try PeerServer(proxies: ["127.0.0.1"])
        let client = RawClient(port: server.port)
        client.send("PROXY")
        #expect(eventually { server.group.connectionCount == 1 })
        server.group.drain(within: 5000)
        #expect(client.isAtEnd())
    }
}
