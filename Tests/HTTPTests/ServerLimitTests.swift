import Foundation
import Glibc
import HTTP
import Synchronization
import Testing
import TransportTesting

/// Clients that are slow, too many, or strangers; and the end of the server.
@Suite struct ServerLimitTests {
    private static let get = "GET /hello/a HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func aHeadThatDripsIsCutOff() throws {
        let server = try TestServer { $0.headTimeout = 200 }
        let client = server.connect()
        let sender = Thread {
            for octet in Self.get.utf8.dropLast(2) {
                client.send([octet])
                usleep(20_000)
            }
        }
        sender.start()
        #expect(client.receiveAllText().hasPrefix("HTTP/1.1 408 "))
        #expect(server.record.calls.withLock { $0.isEmpty })
    }

    @Test func contentThatDripsIsCutOffAndNeverTakenForAWhole() throws {
        let server = try TestServer {
            $0.contentTimeout = 200
            $0.minimumRate = 1000
        }
        let client = server.connect()
        client.send("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n")
        let sender = Thread { for _ in 0..<200 where client.send("x") { usleep(10_000) } }
        sender.start()
        #expect(client.receiveAllText().hasPrefix("HTTP/1.1 408 "))
        #expect(eventually { server.record.ends.withLock { $0 == ["the content came too slowly"] } })
    }

    @Test func theTimeThatAReceiverTakesIsNotTheClients() throws {
        let server = try TestServer { $0.contentTimeout = 150 }
        server.record.isHeld.store(true, ordering: .relaxed)
        let client = server.connect()
        client.send("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello")
        #expect(eventually { server.record.kept.withLock { $0.count == 1 } })
        usleep(400_000)
        server.record.isHeld.store(false, ordering: .relaxed)
        client.send("world")
        server.record.kept.withLock { $0.first }?.proceed()
        #expect(client.receive(until: "\n10\n").hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func idleConnectionsAreClosedWithoutAWord() throws {
        let server = try TestServer { $0.idleTimeout = 100 }
        let (fresh, used) = (server.connect(), server.connect())
        used.send(Self.get)
        #expect(used.receive(until: "hello").hasSuffix("hello"))
        #expect(fresh.receiveAll().isEmpty)
        #expect(used.receiveAll().isEmpty)
    }

    @Test func aClientThatTakesNothingIsCutOff() throws {
        let server = try TestServer { $0.writeTimeout = 200 }
        let client = server.connect()
        client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(eventually { server.server.connectionCount == 1 })
        #expect(eventually { server.server.connectionCount == 0 })
    }

    @Test func aClientThatTakesAFileDropByDropIsCutOff() throws {
        let path = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(unsafe truncate(path, 100_000_000) == 0)
        let server = try TestServer(file: ServedFile(path: path)) {
            $0.contentTimeout = 300
            $0.minimumRate = 100_000_000
        }
        let client = server.connect()
        client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(eventually { server.server.connectionCount == 1 })
        #expect(eventually { client.receiveSome(100).isEmpty || server.server.connectionCount == 0 })
        #expect(client.receiveAll().count < 90_000_000)
    }

    @Test func whoConnectsAndAsksNothingIsClosedSoon() throws {
        let server = try TestServer { $0.headTimeout = 100 }
        let (silent, asking) = (server.connect(), server.connect())
        asking.send(Self.get)
        #expect(asking.receive(until: "hello").hasSuffix("hello"))
        #expect(silent.receiveAll().isEmpty)
        usleep(200_000)
        asking.send(Self.get)
        #expect(asking.receive(until: "hello").hasSuffix("hello"), "the idle timeout is another")
    }

    @Test func requestsAboveTheLimitAreToldToComeBack() throws {
        let server = try TestServer {
            $0.maximumRequests = 2
            $0.retryAfter = 7
        }
        let waiting = [server.connect(), server.connect()]
        for client in waiting { client.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n") }
        #expect(eventually { server.record.kept.withLock { $0.count == 2 } })
        let refused = server.ask(Self.get)
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("Retry-After: 7\r\n"))
        server.record.kept.withLock { kept in
            for exchange in kept { exchange.answer(HTTPResponse(.noContent)) }
            kept = []
        }
        for client in waiting { #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 ")) }
        #expect(server.ask(Self.get).hasSuffix("hello"), "all is counted back")
    }

    @Test func connectionsAboveTheLimitAreToldSoAndAboveTwiceItNothing() throws {
        let server = try TestServer { $0.maximumConnections = 2 }
        let first = [server.connect(), server.connect()]
        for client in first {
            client.send(Self.get)
            #expect(client.receive(until: "hello").hasSuffix("hello"))
        }
        let more = [server.connect(), server.connect()]
        #expect(eventually { server.server.connectionCount == 4 })
        #expect(server.connect().receiveAll().isEmpty)
        for client in more {
            client.send(Self.get)
            #expect(client.receiveAllText().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func connectionsOfOneAddressAboveItsLimitAreClosedUnheard() throws {
        let server = try TestServer { $0.maximumConnectionsOfAddress = 2 }
        let first = server.connect()
        do {
            let second = server.connect()
            for client in [first, second] {
                client.send(Self.get)
                #expect(client.receive(until: "hello").hasSuffix("hello"))
            }
            for _ in 0..<3 { #expect(server.connect().receiveAll().isEmpty) }
        }
        #expect(eventually { server.ask(Self.get).hasSuffix("hello") }, "what has ended counts no more")
    }

    @Test func strangersReachNoHandler() throws {
        let server = try TestServer { $0.admits = { _ in false } }
        let answer = server.ask(Self.get + Self.get)
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("Connection: close"))
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        #expect(server.record.calls.withLock { $0.isEmpty })
        #expect(
            server.ask("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 10000000000\r\n\r\n").hasPrefix(
                "HTTP/1.1 403 "))
        #expect(server.record.ends.withLock { $0.isEmpty })
    }

    @Test func drainsWhatIsUnderWayAndNothingElse() throws {
        let server = try TestServer()
        let (idle, waiting) = (server.connect(), server.connect())
        waiting.send("GET /later HTTP/1.1\r\nHost: h\r\n\r\n" + Self.get)
        #expect(eventually { server.record.kept.withLock { $0.count == 1 } })
        let drainer = Thread { server.server.drain(within: 5000) }
        drainer.start()
        #expect(idle.receiveAll().isEmpty)
        server.record.kept.withLock { $0.first?.answer(HTTPResponse(.ok, content: Array("last".utf8))) }
        let answer = waiting.receiveAllText()
        #expect(answer.contains("Connection: close") && answer.hasSuffix("last"))
    }
}
