import Foundation
import Glibc
import HTTP
import Testing
import TransportTesting

/// Files, whole and in parts (RFC 9110 sections 13 and 14).
@Suite struct FileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fields: String
        let status: Int
        let octets: Range<Int>
        let contentRange: String?

        init(
            _ clause: String, _ fields: [String], _ status: Int, _ octets: Range<Int> = 0..<0,
            _ contentRange: String? = nil
        ) {
            testDescription = clause
            self.fields = fields.map { $0 + "\r\n" }.joined()
            self.status = status
            self.octets = octets
            self.contentRange = contentRange
        }
    }

    /// Of a file of 10,000 octets.
    static let cases: [Case] = [
        Case("RFC 9110 9.3.1: whole", [], 200, 0..<10_000),
        Case("RFC 9110 14.2: the first", ["Range: bytes=0-499"], 206, 0..<500, "bytes 0-499/10000"),
        Case("RFC 9110 14.2: the rest", ["Range: bytes=9500-"], 206, 9500..<10_000, "bytes 9500-9999/10000"),
        Case("RFC 9110 14.2: the last", ["Range: bytes=-500"], 206, 9500..<10_000, "bytes 9500-9999/10000"),
        Case("RFC 9110 14.2: one octet", ["Range: bytes=9999-9999"], 206, 9999..<10_000, "bytes 9999-9999/10000"),
        Case(
            "RFC 9110 14.2: more than there is", ["Range: bytes=9000-99999"], 206, 9000..<10_000,
            "bytes 9000-9999/10000"),
        Case("RFC 9110 15.5.17: behind the end", ["Range: bytes=10000-"], 416, 0..<0, "bytes */10000"),
        Case("RFC 9110 14.2: malformed", ["Range: bytes=5-1"], 200, 0..<10_000),
        Case("RFC 9110 14.2: another unit", ["Range: lines=0-1"], 200, 0..<10_000),
        Case("RFC 9110 14.2: several parts", ["Range: bytes=0-1,5-6"], 200, 0..<10_000),
        Case("RFC 9110 14.2: two fields", ["Range: bytes=0-1", "Range: bytes=5-6"], 200, 0..<10_000),
        Case(
            "RFC 9110 13.1.5: the same version", ["Range: bytes=1-2", "If-Range: \"v1\""], 206, 1..<3, "bytes 1-2/10000"
        ), Case("RFC 9110 13.1.5: another version", ["Range: bytes=1-2", "If-Range: \"v2\""], 200, 0..<10_000),
        Case("RFC 9110 13.1.5: a weak tag", ["Range: bytes=1-2", "If-Range: W/\"v1\""], 200, 0..<10_000),
        Case(
            "RFC 9110 13.1.5: a date", ["Range: bytes=1-2", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT"], 200, 0..<10_000),
        Case("RFC 9110 13.1.2: not if it is this version", ["If-None-Match: \"v0\", W/\"v1\""], 304),
        Case("RFC 9110 13.1.2: not if there is any", ["If-None-Match: *"], 304),
        Case("RFC 9110 13.1.2: another version", ["If-None-Match: \"v0\""], 200, 0..<10_000),
        Case(
            "RFC 9110 13.1.1: only this version", ["If-Match: \"v1\"", "Range: bytes=0-0"], 206, 0..<1,
            "bytes 0-0/10000"), Case("RFC 9110 13.1.1: only another", ["If-Match: \"v0\"", "Range: bytes=0-0"], 412),
    ]

    @Test(arguments: cases) func gives(_ one: Case) throws {
        let file = try TestFile(count: 10_000)
        let server = try TestServer(file: file.open())
        let client = server.connect()
        client.send("GET /file HTTP/1.1\r\nHost: h\r\n\(one.fields)Connection: close\r\n\r\n")
        let octets = client.receiveAll()
        let end = try #require(octets.indices.first { octets[...$0].suffix(4).elementsEqual("\r\n\r\n".utf8) })
        let head = String(decoding: octets[...end], as: UTF8.self)
        #expect(head.hasPrefix("HTTP/1.1 \(one.status) "))
        if one.status != 412 {
            #expect(Array(octets[(end + 1)...]) == Array(file.octets[one.octets]))
            #expect(head.contains("ETag: \"v1\"\r\n"))
        }
        #expect(head.contains("Content-Range") == (one.contentRange != nil))
        if let range = one.contentRange { #expect(head.contains("Content-Range: \(range)\r\n")) }
    }

    @Test func headTellsTheSizeAndTakesNoRange() throws {
        let server = try TestServer(file: TestFile(count: 10_000).open())
        let answer = server.ask("HEAD /file HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\n\r\n")
        #expect(
            answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Content-Length: 10000\r\n")
                && answer.hasSuffix("\r\n\r\n"))
    }

    @Test func aFileNamesItsVersionItself() throws {
        let file = try TestFile(count: 10)
        let before = try file.open(tag: nil).entityTag
        #expect(try file.open(tag: nil).entityTag == before)
        usleep(20_000)
        try Data("other".utf8).write(to: URL(fileURLWithPath: file.path))
        #expect(try file.open(tag: nil).entityTag != before)
        #expect(throws: ServedFile.Failure.self) { try ServedFile(path: "/nowhere") }
        #expect(throws: ServedFile.Failure.self) { try ServedFile(path: "/dev/zero") }
        #expect(throws: ServedFile.Failure.self) { try ServedFile(path: "/tmp") }
    }

    /// Others are answered while somebody takes a large file slowly, and next to nothing of it is in memory.
    @Test func aLargeDownloadHoldsUpNobody() throws {
        let size = 100_000_000
        let path = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(unsafe truncate(path, size) == 0)
        let server = try TestServer(file: ServedFile(path: path))
        let before = residentMemory()
        let clients = (0..<8).map { _ in server.connect() }
        for client in clients { client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n") }
        for client in clients { #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 ")) }
        for _ in 0..<100 { #expect(server.ask("GET /hello/a HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("hello")) }
        var count = 0
        while count < size {
            let some = clients[0].receiveSome(1 << 20).count
            guard some > 0 else { break }
            count += some
        }
        #expect(count == size)
        #expect(residentMemory() - before < 30_000_000)
    }

    @Test func aFileThatShrinksIsNotTakenForAWhole() throws {
        let path = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(unsafe truncate(path, 50_000_000) == 0)
        let server = try TestServer(file: ServedFile(path: path))
        let client = server.connect()
        client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.receiveSome(100).count == 100)
        #expect(unsafe truncate(path, 1000) == 0)
        #expect(client.receiveAll().count < 50_000_000)
        #expect(server.ask("GET /hello/a HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("hello"))
    }

    private func residentMemory() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * 4096
    }
}
