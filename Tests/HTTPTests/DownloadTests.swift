import Foundation
import HTTP
import Synchronization
import Testing
import TransportTesting

/// Downloads that are interrupted, and go on or begin anew.
@Suite struct DownloadTests {
    private final class Target: HTTPDownloadTarget {
        var octets: [UInt8] = []
        var restarts = 0

        func append(_ piece: Span<UInt8>) { for index in piece.indices { octets.append(piece[index]) } }

        func restart() {
            octets = []
            restarts += 1
        }
    }

    /// Answers the requests one after the other, and keeps what was asked.
    private static func server(_ answers: [String], _ asked: Asked) -> ScriptedServer {
        ScriptedServer { connection, number in
            let head = connection.receive(until: "\r\n\r\n")
            asked.heads.withLock { $0.append(head) }
            if number < answers.count { connection.send(answers[number]) }
        }
    }

    private final class Asked: Sendable {
        let heads = Mutex<[String]>([])
        var ranges: [String?] {
            heads.withLock { heads in
                heads.map { head in head.components(separatedBy: "\r\n").first { $0.hasPrefix("Range: ") } }
            }
        }
    }

    private func download(
        _ answers: [String], limit: UInt64 = 100, attempts: Int = 3, from start: HTTPDownload = HTTPDownload(),
        have: String = ""
    ) throws -> (Target, HTTPDownload, Result<ResponseHead, HTTPClientError>, Asked) {
        let asked = Asked()
        let server = Self.server(answers, asked)
        defer { server.stop() }
        let target = Target()
        target.octets = Array(have.utf8)
        var state = start
        let call = try ClientTests.call(server.port)
        let outcome = Result { () throws(HTTPClientError) in
            try HTTPClient().download(call, into: target, limit: limit, attempts: attempts, &state)
        }
        return (target, state, outcome, asked)
    }

    private static let first = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v1\"\r\n\r\n01234"
    private static func part(_ range: String, _ content: String, tag: String = "\"v1\"") -> String {
        "HTTP/1.1 206 Partial Content\r\nContent-Length: \(content.utf8.count)\r\nContent-Range: bytes \(range)\r\nETag: \(tag)\r\n\r\n\(content)"
    }

    @Test func goesOnWhereItBroke() throws {
        let (target, state, outcome, asked) = try download([
            Self.first, Self.part("5-9/10", "567").replacing("Content-Length: 3", with: "Content-Length: 5"),
            Self.part("8-9/10", "89"),
        ])
        #expect(try outcome.get().status == .partialContent)
        #expect(target.octets == Array("0123456789".utf8) && target.restarts == 1 && state.isComplete)
        #expect(asked.ranges == [nil, "Range: bytes=5-", "Range: bytes=8-"])
        #expect(asked.heads.withLock { $0[1].contains("If-Range: \"v1\"\r\n") })
    }

    @Test func goesOnAfterARestartOfTheProgram() throws {
        var state = HTTPDownload()
        state.received = 5
        state.entityTag = EntityTag("v1")
        let (target, end, outcome, _) = try download([Self.part("5-9/10", "56789")], from: state, have: "01234")
        #expect(try outcome.get().status == .partialContent)
        #expect(target.octets == Array("0123456789".utf8) && target.restarts == 0 && end.isComplete)
    }

    @Test func beginsAnewWhereTheVersionIsAnother() throws {
        let (target, state, outcome, _) = try download([
            Self.first, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"v2\"\r\n\r\nabc",
        ])
        #expect(try outcome.get().status == .ok)
        #expect(target.octets == Array("abc".utf8) && target.restarts == 2)
        #expect(state.entityTag == EntityTag("v2") && state.isComplete)
    }

    @Test(arguments: ["", "ETag: W/\"v1\"\r\n"]) func beginsAnewWhereNothingTellsVersionsApart(tag: String) throws {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\(tag)\r\n0123456789"
        let (target, _, outcome, asked) = try download([String(whole.dropLast(4)), whole])
        #expect(try outcome.get().status == .ok)
        #expect(target.octets == Array("0123456789".utf8) && target.restarts == 2)
        #expect(asked.ranges == [nil, nil])
    }

    /// Parts that are not the one asked for: nothing of them is taken.
    @Test(arguments: [
        DownloadTests.part("4-9/10", "456789"), DownloadTests.part("6-9/10", "6789"),
        DownloadTests.part("5-8/10", "5678"), DownloadTests.part("5-9/*", "56789"),
        DownloadTests.part("5-9/10", "56789", tag: "\"v2\""),
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\n56789",
    ]) func refusesPart(answer: String) throws {
        let (target, state, outcome, _) = try download([Self.first, answer])
        guard case .failure(let error) = outcome else {
            Issue.record("it was taken")
            return
        }
        #expect(error.kind == .malformed)
        #expect(target.octets == Array("01234".utf8) && state.received == 5 && !state.isComplete)
    }

    @Test func aPartThatIsShorterThanItSaysIsNoWhole() throws {
        let short = Self.part("5-9/10", "56")
        let (target, state, _, _) = try download([Self.first, short, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"])
        #expect(target.octets == Array("abc".utf8) && state.isComplete, "begun anew")
    }

    @Test func whatIsWholeAlreadyIsComplete() throws {
        var state = HTTPDownload()
        state.received = 10
        state.entityTag = EntityTag("v1")
        let missing = "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nContent-Range: bytes */"
        let (_, complete, _, _) = try download([missing + "10\r\n\r\n"], from: state)
        #expect(complete.isComplete)
        let (target, anew, _, _) = try download(
            [missing + "4\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"], from: state)
        #expect(anew.isComplete && target.octets == Array("abcd".utf8))
    }

    @Test func givesUpAfterItsAttempts() throws {
        let (_, state, outcome, asked) = try download([Self.first, "", ""], attempts: 3)
        guard case .failure(let error) = outcome else {
            Issue.record("it was taken")
            return
        }
        #expect(error.kind == .interrupted && state.received == 5 && !state.isComplete)
        #expect(asked.ranges.count == 3)
    }

    @Test func thePartsTogetherStayInTheLimit() throws {
        let (target, _, outcome, _) = try download([Self.first, Self.part("5-9/10", "56789")], limit: 10)
        #expect(try outcome.get().status == .partialContent && target.octets.count == 10)
        let (_, _, refused, _) = try download(
            [Self.first.replacing("10", with: "9"), Self.part("5-9/10", "56789")], limit: 9)
        guard case .failure(let error) = refused else {
            Issue.record("it was taken")
            return
        }
        #expect(error.kind == .tooLarge)
    }

    @Test func anotherStatusLeavesTheTargetAsItWas() throws {
        let (target, state, outcome, _) = try download(
            ["HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"], have: "old")
        #expect(try outcome.get().status == .notFound)
        #expect(target.octets == Array("old".utf8) && !state.isComplete)
    }

    @Test func aFileOfOurOwnServerArrivesWholeThoughItBreaksEveryMegabyte() throws {
        let file = try TestFile(count: 10_000_000)
        let server = try TestServer(file: file.open())
        let port = server.port
        // A relay that cuts each connection after a megabyte.
        let relay = ScriptedServer { connection, _ in
            let upstream = RawSocket(port: port)
            upstream.send(connection.receive(until: "\r\n\r\n"))
            var left = 1_000_000
            while left > 0 {
                let some = upstream.receiveSome(min(left, 65536))
                guard !some.isEmpty, connection.send(some) else { return }
                left -= some.count
            }
        }
        defer { relay.stop() }
        let target = Target()
        var state = HTTPDownload()
        let url = try #require(HTTPURL("http://127.0.0.1:\(relay.port)/file"))
        try HTTPClient().download(HTTPCall(.get, url), into: target, limit: 1 << 30, attempts: 20, &state)
        #expect(target.octets == file.octets && state.isComplete && target.restarts == 1)
    }
}
