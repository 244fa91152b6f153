import Foundation
import HTTP
import Synchronization
import RandomTesting
import Testing
import TransportTesting

/// The client, answered by octets of the tests' own.
@Suite struct ClientTests {
    static func call(_ port: UInt16, _ method: HTTPMethod = .get, _ content: HTTPCall.Content = .none) throws
        -> HTTPCall
    {
        let url = try #require(HTTPURL("http://127.0.0.1:\(port)/a?b=secret"))
        var call = HTTPCall(method, url, content: content)
        call.timeout = 5000
        call.silenceTimeout = 2000
        return call
    }

    /// What becomes of a call that is answered so; the server closes then.
    private func outcome(
        of answer: String, limit: Int = 1000, timeout: UInt64 = 5000,
        _ configure: (inout HTTPClient.Settings) -> Void = { _ in }
    ) throws -> Result<HTTPAnswer, HTTPClientError> {
        let server = ScriptedServer { connection, _ in
            _ = connection.receive(until: "\r\n\r\n")
            connection.send(answer)
        }
        defer { server.stop() }
        var settings = HTTPClient.Settings()
        configure(&settings)
        let call = try Self.call(server.port)
        return Result { () throws(HTTPClientError) in try HTTPClient(settings).send(call, limit: limit) }
    }

    @Test func asksAndIsAnswered() throws {
        let asked = Mutex("")
        let server = ScriptedServer { connection, _ in
            let head = connection.receive(until: "\r\n\r\n")
            asked.withLock { $0 = head }
            connection.send("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi")
        }
        defer { server.stop() }
        let answer = try HTTPClient().send(Self.call(server.port), limit: 2)
        #expect(answer.head.status == .ok && answer.head.fields["x-a"] == "b")
        #expect(answer.content == Array("hi".utf8))
        #expect(asked.withLock { $0 } == "GET /a?b=secret HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    }

    @Test(arguments: [
        ("a length that lies", "Content-Length: 10\r\n\r\nhi", HTTPClientError.Kind.interrupted),
        ("chunks without end", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", .interrupted),
        ("a chunk cut off", "Transfer-Encoding: chunked\r\n\r\n5\r\nhi", .interrupted),
        ("the last chunk cut off", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n", .interrupted),
        ("no length", "\r\nhi", .malformed),
        ("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!", .malformed),
        (
            "a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            .malformed
        ), ("a length above the limit", "Content-Length: 1001\r\n\r\n", .tooLarge),
        ("chunks above the limit", "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", .tooLarge),
        ("a folded field", "A: b\r\n c\r\nContent-Length: 0\r\n\r\n", .malformed),
        ("a head without end", "A: " + String(repeating: "b", count: 9000), .malformed),
        ("a head cut off", "Content-Length: 2\r\n", .interrupted),
    ]) func failsOn(name: String, answer: String, kind: HTTPClientError.Kind) throws {
        let outcome = try outcome(of: "HTTP/1.1 200 OK\r\n" + answer)
        guard case .failure(let error) = outcome else {
            Issue.record("\(name) is taken")
            return
        }
        #expect(error.kind == kind, "\(error)")
        #expect(!error.description.contains("secret"))
    }

    @Test func takesAnAnswerWithoutLengthOnlyWhereToldTo() throws {
        let answer = try outcome(of: "HTTP/1.0 200 OK\r\n\r\nhi") { $0.takesAnswersWithoutLength = true }.get()
        #expect(answer.content == Array("hi".utf8))
    }

    @Test func anEndlessAnswerEndsAtTheLimit() throws {
        let server = ScriptedServer { connection, _ in
            _ = connection.receive(until: "\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.send("3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n") {}
        }
        let error = try #require(throws: HTTPClientError.self) {
            try HTTPClient().send(Self.call(server.port), limit: 100_000)
        }
        #expect(error.kind == .tooLarge)
        server.stop()
    }

    @Test func silenceAndSlownessHaveTheirDeadlines() throws {
        let server = ScriptedServer { connection, number in
            _ = connection.receive(until: "\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            if number == 0 { usleep(600_000) } else { for _ in 0..<100 where connection.send("x") { usleep(20_000) } }
        }
        defer { server.stop() }
        var silent = try Self.call(server.port)
        silent.silenceTimeout = 200
        let before = Date()
        #expect(
            try #require(throws: HTTPClientError.self) { try HTTPClient().send(silent, limit: 1000) }.kind == .timeout)
        var slow = try Self.call(server.port)
        slow.timeout = 400
        #expect(
            try #require(throws: HTTPClientError.self) { try HTTPClient().send(slow, limit: 1000) }.kind == .timeout)
        #expect(Date().timeIntervalSince(before) < 5)
    }

    @Test func aServerThatIsNotThereIsNotConnected() throws {
        let server = ScriptedServer { _, _ in }
        server.stop()
        let error = try #require(throws: HTTPClientError.self) {
            try HTTPClient().send(Self.call(server.port), limit: 1)
        }
        #expect(error.kind == .notConnected && error.isTransient)
        var call = try Self.call(server.port)
        call.url = try #require(HTTPURL("https://127.0.0.1:\(server.port)/"))
        #expect(
            try #require(throws: HTTPClientError.self) { try HTTPClient().send(call, limit: 1) }.kind == .notConnected)
    }

    @Test func anAnswerCutAtAnyOctetIsNeverTakenForAWhole() throws {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n",
        ] {
            let octets = Array(answer.utf8)
            let server = ScriptedServer { connection, number in
                _ = connection.receive(until: "\r\n\r\n")
                connection.send(octets.prefix(number / 2))
                if number % 2 == 1 { connection.reset() }
            }
            for count in octets.indices {
                for _ in 0..<2 {
                    let error = try #require(throws: HTTPClientError.self) {
                        try HTTPClient().send(Self.call(server.port), limit: 100)
                    }
                    #expect(error.kind == .interrupted, "after \(count): \(error)")
                }
            }
            #expect(try HTTPClient().send(Self.call(server.port), limit: 100).content == Array("hello".utf8))
            server.stop()
        }
    }

    @Test func survivesAThousandMutations() throws {
        let random = SeededRandom()
        let state = Mutex(random)
        let answer = Array(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n".utf8)
        let server = ScriptedServer { connection, _ in
            _ = connection.receive(until: "\r\n\r\n")
            var octets = answer
            state.withLock { random in
                let place = Int.random(in: octets.indices, using: &random)
                octets[place] = UInt8.random(in: 0...255, using: &random)
            }
            connection.send(octets)
        }
        defer { server.stop() }
        for _ in 0..<1000 {
            let outcome = Result { try HTTPClient().send(Self.call(server.port), limit: 5) }
            if case .success(let taken) = outcome { #expect(taken.content.count == 5, "seed \(random.seed)") }
        }
    }

    // MARK: - Connections

    /// Answers each request on a connection, up to `most` of them.
    private static func answering(_ most: Int = .max, last: String = "") -> ScriptedServer {
        ScriptedServer { connection, _ in
            for _ in 0..<most {
                let head = connection.receive(until: "\r\n\r\n")
                if head.isEmpty { return }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\(last)\r\nhi")
            }
        }
    }

    @Test func usesAConnectionAgain() throws {
        let server = Self.answering()
        let client = HTTPClient()
        for _ in 0..<5 { _ = try client.send(Self.call(server.port), limit: 2) }
        #expect(server.connectionCount == 1)
        client.closeIdleConnections()
        server.stop()
    }

    @Test func takesAnotherConnectionWhereTheServerHasClosedOrWillClose() throws {
        for server in [Self.answering(1), Self.answering(last: "Connection: close\r\n")] {
            let client = HTTPClient()
            for _ in 0..<3 {
                _ = try client.send(Self.call(server.port, .post, .octets([1])), limit: 2)
                usleep(20_000)
            }
            #expect(server.connectionCount == 3)
            client.closeIdleConnections()
            server.stop()
        }
    }

    /// RFC 9112 section 9.3.1: the server closes when it gets the second request, unanswered.
    @Test func repeatsWhatCanBeRepeatedAndNothingElse() throws {
        let server = ScriptedServer { connection, _ in
            _ = connection.receive(until: "\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            _ = connection.receive(until: "\r\n\r\n")
        }
        let client = HTTPClient()
        _ = try client.send(Self.call(server.port), limit: 2)
        _ = try client.send(Self.call(server.port), limit: 2)
        #expect(server.connectionCount == 2)
        let error = try #require(throws: HTTPClientError.self) {
            try client.send(Self.call(server.port, .post, .octets([1])), limit: 2)
        }
        #expect(error.kind == .interrupted)
        #expect(server.connectionCount == 2, "it may have been acted on")
        server.stop()
    }

    @Test func octetsThatNobodyAskedForAreNeverAnAnswer() throws {
        let server = ScriptedServer { connection, _ in
            _ = connection.receive(until: "\r\n\r\n")
            connection.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        }
        let client = HTTPClient()
        for _ in 0..<3 { #expect(try client.send(Self.call(server.port), limit: 10).content == Array("hi".utf8)) }
        #expect(server.connectionCount == 3)
        server.stop()
    }

    // MARK: - Content, to our own server

    @Test func sendsContentOfBothKinds() throws {
        let server = try TestServer()
        let client = HTTPClient()
        var call = HTTPCall(.post, try server.url("/echo"), content: .octets(Array("hi".utf8)))
        #expect(try client.send(call, limit: 10).content == Array("hi".utf8))
        call.content = .octets([])
        #expect(try client.send(call, limit: 10).content.isEmpty)
        let file = try TestFile(count: 3_000_000)
        call = HTTPCall(.post, try server.url("/pieces"), content: .file(try file.open()))
        #expect(try client.send(call, limit: 100).content == Array("3000000\n".utf8))
        #expect(server.record.pieces.withLock { $0.flatMap { $0 } } == file.octets)
        #expect(server.server.connectionCount == 1)
    }

    @Test func contentThatIsNotWantedIsNotSent() throws {
        let server = try TestServer()
        let call = HTTPCall(.post, try server.url("/echo"), content: .file(try TestFile(count: 30_000_000).open()))
        #expect(try HTTPClient().send(call, limit: 100).head.status == .contentTooLarge)
        let client = HTTPClient()
        let small = HTTPCall(.post, try server.url("/echo"), content: .octets([UInt8](repeating: 1, count: 100_000)))
        #expect(
            try client.send(small, limit: 100).head.status == .contentTooLarge,
            "the answer is found though it came early")
    }

    @Test func aServerThatNeverAsksForContentGetsItAfterASecond() throws {
        let server = ScriptedServer { connection, _ in
            let head = connection.receive(until: "\r\n\r\n")
            guard head.contains("Expect: 100-continue\r\n") else { return }
            var count = 0
            while count < 300_000 { count += connection.receiveSome().count }
            connection.send("HTTP/1.1 204 No Content\r\n\r\n")
        }
        defer { server.stop() }
        let call = try Self.call(server.port, .post, .octets([UInt8](repeating: 1, count: 300_000)))
        #expect(try HTTPClient().send(call, limit: 0).head.status == .noContent)
    }

    @Test func aSinkThatCannotEndsTheCall() throws {
        struct Full: Error {}
        final class FullSink: HTTPSink {
            func begin(_ head: ResponseHead) {}
            func receive(_ octets: Span<UInt8>) throws { throw Full() }
        }
        let server = try TestServer()
        let call = HTTPCall(.get, try server.url("/hello/a"))
        #expect(
            try #require(throws: HTTPClientError.self) { try HTTPClient().send(call, to: FullSink(), limit: 10) }.kind
                == .local)
    }
}
