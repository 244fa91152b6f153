import Foundation
import HTTP
import Synchronization
import RandomTesting
import Testing
import TransportTesting

/// The server, asked over sockets by octets of the tests' own.
@Suite struct ServerTests {
    private static let get = "GET /hello/a HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func answersWithEverythingThatAnAnswerNeeds() throws {
        let answer = try TestServer().ask(Self.get)
        let lines = answer.components(separatedBy: "\r\n")
        #expect(lines[0] == "HTTP/1.1 200 OK")
        #expect(lines.contains("X-Name: a") && lines.contains("Content-Length: 5"))
        // RFC 9110 section 6.6.1.
        #expect(lines.contains { $0.hasPrefix("Date: ") && $0.hasSuffix(" GMT") })
        #expect(answer.hasSuffix("\r\n\r\nhello"))
    }

    /// RFC 9112 section 9.3.2.
    @Test func answersPipelinedRequestsInTheirOrderThoughTheFirstTakesLonger() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send(
            "GET /later HTTP/1.1\r\nHost: h\r\n\r\n" + Self.get
                + "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi" + Self.get)
        #expect(eventually { server.record.kept.withLock { $0.count == 1 } })
        usleep(50_000)
        #expect(server.record.calls.withLock { $0.isEmpty }, "the second waits for the first")
        server.record.kept.withLock { $0.first?.answer(HTTPResponse(.ok, content: Array("late".utf8))) }
        client.finishSending()
        let answers = client.receiveAllText()
        #expect(
            answers.components(separatedBy: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "H" } } == [
                "late", "hello", "hi", "hello",
            ])
        #expect(server.record.calls.withLock { $0 == ["/hello/a", "echo 2", "/hello/a"] })
    }

    @Test func manyPipelinedRequestsAreAllAnswered() throws {
        let server = try TestServer()
        let client = server.connect()
        let sender = Thread {
            client.send(String(repeating: Self.get, count: 5000))
            client.finishSending()
        }
        sender.start()
        #expect(client.receiveAllText().components(separatedBy: "hello").count == 5001)
    }

    @Test func largeAnswersAndWhatFollowsArriveWhole() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n" + Self.get)
        usleep(100_000)
        client.finishSending()
        let answers = client.receiveAll()
        #expect(answers.count > 5_000_000)
        #expect(answers.ends(with: Array("\r\n\r\nhello".utf8)))
    }

    /// The client says the first, and then whether the connection stays.
    @Test(arguments: [
        ("GET /hello/a HTTP/1.1\r\nHost: h\r\n\r\n", true),
        ("GET /hello/a HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n", false),
        ("GET /hello/a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, close\r\n\r\n", false),
        ("GET /hello/a HTTP/1.0\r\n\r\n", false), ("GET /hello/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false),
        ("GET /missing HTTP/1.1\r\nHost: h\r\n\r\n", true),
        ("GET /hello/a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", false),
    ]) func keepsTheConnectionWhereItMay(text: String, stays: Bool) throws {
        // RFC 9112 section 9.3.
        let answers = try TestServer().ask(text + Self.get)
        #expect(answers.components(separatedBy: "HTTP/1.1 ").count == (stays ? 3 : 2))
        #expect(answers.contains("Connection: close") == !stays)
    }

    @Test(arguments: [
        ("GET /nothing HTTP/1.1", 404), ("GET / HTTP/1.1", 404), ("GET /hello HTTP/1.1", 404),
        ("GET /hello/ HTTP/1.1", 404), ("GET /hello/a/b HTTP/1.1", 404), ("GET /hello/a%2fb HTTP/1.1", 400),
        ("GET /hello/../etc/passwd HTTP/1.1", 400), ("DELETE /hello/a HTTP/1.1", 405), ("GET /echo HTTP/1.1", 405),
        ("TRACE /echo HTTP/1.1", 405), ("BREW /echo HTTP/1.1", 501), ("CONNECT h:1 HTTP/1.1", 501),
        ("OPTIONS * HTTP/1.1", 204), ("GET /hello/a HTTP/3.0", 505), ("GET /dropped HTTP/1.1", 500),
    ]) func answersWithStatus(line: String, status: Int) throws {
        let answer = try TestServer().ask("\(line)\r\nHost: h\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
    }

    @Test func saysWhatIsAllowed() throws {
        let server = try TestServer()
        #expect(server.ask("DELETE /hello/a HTTP/1.1\r\nHost: h\r\n\r\n").contains("Allow: GET, HEAD\r\n"))
        #expect(server.ask("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n").contains("Allow: POST\r\n"))
    }

    @Test func headIsGetWithoutTheContent() throws {
        let answers = try TestServer().ask("HEAD /hello/a HTTP/1.1\r\nHost: h\r\n\r\n" + Self.get)
        #expect(answers.components(separatedBy: "Content-Length: 5\r\n").count == 3)
        #expect(answers.components(separatedBy: "hello").count == 2)
    }

    @Test func refusesOnTheWireWhatTheReaderRefusesAndEndsTheConnection() throws {
        let server = try TestServer()
        for one in SmugglingTests.refused + RequestVerdictTests.startLines + RequestVerdictTests.fields {
            guard let status = one.status else { continue }
            let client = server.connect()
            client.send(one.octets + Array(Self.get.utf8))
            let answer = client.receiveAllText()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(one.clause): \(answer)")
            #expect(
                answer.components(separatedBy: "\r\nDate: ").count == 2, "\(one.clause): nothing behind it is answered")
        }
        #expect(server.record.calls.withLock { $0.isEmpty })
        #expect(eventually { server.server.connectionCount == 0 })
    }

    // MARK: - Content

    @Test func asksForContentOnlyWhereItIsWanted() throws {
        let server = try TestServer()
        let client = server.connect()
        // RFC 9110 section 10.1.1.
        client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n")
        #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("hi")
        #expect(client.receive(until: "hi").hasPrefix("HTTP/1.1 200 OK"))
        for (fields, status) in [
            ("Content-Length: 1001\r\nExpect: 100-continue", 413), ("Content-Length: 2\r\nExpect: 200-ok", 417),
            ("Content-Length: 18446744073709551615\r\nExpect: 100-continue", 413),
        ] {
            let other = server.connect()
            other.send("POST /echo HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n")
            #expect(other.receiveAllText().hasPrefix("HTTP/1.1 \(status) "))
        }
        let other = server.connect()
        other.send("GET /hello/a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(other.receiveAllText().hasPrefix("HTTP/1.1 200 OK"), "the answer comes in place of it")
    }

    @Test(arguments: [
        ("Content-Length: 1001", String(repeating: "x", count: 1001)), ("Content-Length: 99999999999", "x"),
        ("Transfer-Encoding: chunked", "3e9\r\n"),
        ("Transfer-Encoding: chunked", "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n1\r\n"),
    ]) func refusesContentThatIsTooLarge(field: String, content: String) throws {
        let server = try TestServer()
        let client = server.connect()
        client.send("POST /echo HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n" + content)
        #expect(client.receiveAllText().hasPrefix("HTTP/1.1 413 "))
        #expect(server.record.calls.withLock { $0.isEmpty })
    }

    @Test func streamsContentOfAnySizeAndHoldsTheClientUpMeanwhile() throws {
        let server = try TestServer()
        let content = (0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        server.record.isHeld.store(true, ordering: .relaxed)
        let client = server.connect()
        client.send("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: \(content.count)\r\n\r\n")
        let taken = Mutex(false)
        let sender = Thread {
            client.send(content)
            taken.withLock { $0 = true }
        }
        sender.start()
        #expect(eventually { server.record.pieces.withLock { $0.count == 1 } })
        usleep(200_000)
        #expect(server.record.pieces.withLock { $0.count } == 1, "no piece comes before the last is dealt with")
        #expect(!taken.withLock { $0 }, "the client waits")
        server.record.isHeld.store(false, ordering: .relaxed)
        server.record.kept.withLock { $0.first }?.proceed()
        #expect(client.receive(until: "\n\(content.count)\n").hasPrefix("HTTP/1.1 200 OK"))
        #expect(server.record.pieces.withLock { $0.flatMap { $0 } } == content)
        #expect(server.record.pieces.withLock { $0.allSatisfy { $0.count <= 128 * 1024 } })
        #expect(server.record.ends.withLock { $0 } == ["completed"])
    }

    @Test func chunksOfOneOctetCostNoTurnEach() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send(
            "POST /pieces HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "1\r\nx\r\n", count: 20_000) + "0\r\n\r\n")
        #expect(client.receive(until: "\n20000\n").hasPrefix("HTTP/1.1 200 OK"))
        #expect(server.record.pieces.withLock { $0.count } < 100)
    }

    @Test func aReceiverThatGivesUpIsAnsweredFor() throws {
        let server = try TestServer()
        server.record.isHeld.store(true, ordering: .relaxed)
        let client = server.connect()
        client.send("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhello")
        #expect(eventually { server.record.kept.withLock { $0.count == 1 } })
        server.record.kept.withLock { $0 = [] }
        #expect(client.receiveAllText().hasPrefix("HTTP/1.1 500 "))
    }

    @Test func aReceiverMayAnswerBeforeAllHasCome() throws {
        let server = try TestServer()
        server.record.isHeld.store(true, ordering: .relaxed)
        let client = server.connect()
        client.send("POST /pieces HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhello")
        #expect(eventually { server.record.kept.withLock { $0.count == 1 } })
        server.record.kept.withLock { $0.first }?.answer(HTTPResponse(.locked, text: "not now"))
        let answer = client.receiveAllText()
        #expect(answer.hasPrefix("HTTP/1.1 423 Locked") && answer.contains("Connection: close"))
    }

    // MARK: - Cuts

    private static let exchange =
        "POST /pieces HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nX-A: b\r\n\r\n"

    @Test func anExchangeCutAtAnyOctetIsNeverTakenForAWhole() throws {
        let octets = Array(Self.exchange.utf8)
        let server = try TestServer()
        for count in octets.indices {
            for isReset in [false, true] {
                let client = server.connect()
                client.send(octets.prefix(count))
                if isReset { client.reset() }
            }
        }
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(server.record.ends.withLock { !$0.contains("completed") })
        #expect(server.ask(Self.exchange + Self.get).hasSuffix("hello"))
        #expect(server.record.ends.withLock { $0.filter { $0 == "completed" }.count } == 1)
    }

    @Test func anExchangeInTwoPartsIsTheSameWhereverItIsSplit() throws {
        let octets = Array((Self.exchange + Self.get).utf8)
        let server = try TestServer()
        for count in octets.indices {
            server.record.pieces.withLock { $0 = [] }
            let client = server.connect()
            client.send(octets.prefix(count))
            if count % 8 == 0 { usleep(1000) }
            client.send(octets.dropFirst(count))
            client.finishSending()
            let answers = client.receiveAllText()
            #expect(answers.contains("\r\n\r\n6\n") && answers.hasSuffix("hello"), "split at \(count): \(answers)")
        }
    }

    @Test func survivesAThousandMutations() throws {
        var random = SeededRandom()
        let server = try TestServer()
        for _ in 0..<1000 {
            var octets = Array((Self.exchange + Self.get).utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: octets.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: octets[place] = UInt8.random(in: 0...255, using: &random)
                case 1: octets.remove(at: place)
                default: octets.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let client = server.connect()
            client.send(octets)
            client.finishSending()
            let answer = client.receiveAllText()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "seed \(random.seed)")
        }
        #expect(server.ask(Self.get).hasSuffix("hello"), "seed \(random.seed)")
        #expect(eventually { server.server.connectionCount == 0 }, "seed \(random.seed)")
    }
}
