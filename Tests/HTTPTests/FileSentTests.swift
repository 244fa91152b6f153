import Foundation
import Glibc
import HTTP
import Synchronization
import Testing
import TransportTesting

/// What a handler is told of the files that it has sent: everything once, and never more than the network took.
@Suite struct FileSentTests {
    private static func get(_ fields: String = "") -> String {
        "GET /file HTTP/1.1\r\nHost: h\r\n\(fields)Connection: close\r\n\r\n"
    }

    @Test(arguments: [("", 1_000_000), ("Range: bytes=10-19\r\n", 10), ("Range: bytes=999999-\r\n", 1)])
    func whatWentWholeIsToldOnceWithItsLength(_ fields: String, _ count: UInt64) throws {
        let server = try TestServer(file: TestFile(count: 1_000_000).open())
        #expect(server.ask(Self.get(fields)).hasPrefix("HTTP/1.1 20"))
        #expect(eventually { server.record.sent.withLock { $0 == [count] } })
        #expect(server.ask("GET /hello/a HTTP/1.1\r\nHost: h\r\n\r\n").hasSuffix("hello"))
        #expect(server.record.sent.withLock { $0 } == [count])
    }

    @Test(arguments: [
        "HEAD /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", get("If-None-Match: \"v1\"\r\n"),
        get("Range: bytes=1000000-\r\n"),
    ])
    func answersWithoutOctetsOfTheFileTellNothing(_ request: String) throws {
        let server = try TestServer(file: TestFile(count: 10_000).open())
        #expect(server.ask(request).hasPrefix("HTTP/1.1 "))
        usleep(50_000)
        #expect(server.record.sent.withLock { $0.isEmpty })
    }

    /// A client that goes in the middle, having read so much or so little.
    @Test(arguments: [0, 1, 100_000, 3_000_000])
    func whatBrokeIsToldWithNoMoreThanTheNetworkTook(_ read: Int) throws {
        let size = 50_000_000
        let path = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        #expect(unsafe truncate(path, size) == 0)
        let server = try TestServer(file: ServedFile(path: path))
        do {
            let client = server.connect()
            client.send(Self.get())
            var count = 0
            while count < read { count += client.receiveSome(65536).count }
            usleep(50_000)
        }
        #expect(eventually { server.record.sent.withLock { $0.count == 1 } })
        let sent = server.record.sent.withLock { $0[0] }
        // A head of some hundred octets is no part of it.
        #expect(sent < size && Int(sent) >= read - 1000, "\(sent)")
    }
}
