import Foundation
import HTTP
import Synchronization
import Transport
import TransportTesting

/// A server with a route for each thing that tests ask of it.
final class TestServer: Sendable {
    let server: HTTPServer
    let port: UInt16
    let record = Record()

    /// What the routes saw.
    final class Record: Sendable {
        let calls = Mutex<[String]>([])
        let kept = Mutex<[HTTPExchange]>([])
        let pieces = Mutex<[[UInt8]]>([])
        let ends = Mutex<[String]>([])
        let isHeld = Atomic<Bool>(false)
        /// Octets of files that were sent, an element an answer.
        let sent = Mutex<[UInt64]>([])
    }

    init(file: ServedFile? = nil, _ configure: (inout HTTPServerSettings) -> Void = { _ in }) throws {
        var settings = HTTPServerSettings()
        settings.tickInterval = 20
        configure(&settings)
        server = try HTTPServer(settings, handler: Self.router(record, file))
        port = try server.listen(on: ListenAddress(host: "127.0.0.1", port: 0)).first?.port ?? 0
    }

    deinit { server.drain(within: 1000) }

    private static func router(_ record: Record, _ file: ServedFile?) -> HTTPRouter {
        var router = HTTPRouter()
        router.on(.get, "/hello/*") { request, _ in
            record.calls.withLock { $0.append(request.target.path) }
            return .answer(HTTPResponse(.ok, ["X-Name": request.target.segments[1]], content: Array("hello".utf8)))
        }
        router.on(.post, "/echo") { request, _ in
            .collect(upTo: 1000) { content, exchange in
                record.calls.withLock { $0.append("echo \(content.count)") }
                // From another thread, as everything that takes time is.
                DispatchQueue.global().async { exchange.answer(HTTPResponse(.ok, content: content)) }
            }
        }
        router.on(.post, "/pieces") { _, _ in .stream(upTo: 100 << 20, to: PieceReceiver(record)) }
        router.on(.get, "/later") { _, exchange in
            record.kept.withLock { $0.append(exchange) }
            return .answerLater
        }
        router.on(.get, "/dropped") { _, _ in .answerLater }
        router.on(.get, "/big") { _, _ in
            .answer(HTTPResponse(.ok, content: [UInt8](repeating: 0x78, count: 5_000_000)))
        }
        if let file {
            router.on(.get, "/file") { request, _ in
                var response = HTTPResponse.file(file, to: request, ["Content-Type": "text/plain"])
                response.fileSent = { count in record.sent.withLock { $0.append(count) } }
                return .answer(response)
            }
        }
        return router
    }

    func connect() -> RawSocket { RawSocket(port: port) }

    /// Everything that is answered to `text`, after which nothing more is sent.
    func ask(_ text: String) -> String {
        let client = connect()
        client.send(text)
        client.finishSending()
        return client.receiveAllText()
    }

    func url(_ target: String, scheme: String = "http") throws -> HTTPURL {
        guard let url = HTTPURL("\(scheme)://127.0.0.1:\(port)\(target)") else { throw CocoaError(.featureUnsupported) }
        return url
    }
}

/// Takes pieces on another thread, unless it is told to hold them.
private final class PieceReceiver: HTTPContentReceiver {
    private let record: TestServer.Record

    init(_ record: TestServer.Record) { self.record = record }

    func received(_ piece: [UInt8], _ exchange: HTTPExchange) {
        record.pieces.withLock { $0.append(piece) }
        record.kept.withLock { $0 = [exchange] }
        if record.isHeld.load(ordering: .relaxed) { return }
        DispatchQueue.global().async { exchange.proceed() }
    }

    func completed(_ exchange: HTTPExchange) {
        record.ends.withLock { $0.append("completed") }
        record.kept.withLock { $0 = [] }
        let count = record.pieces.withLock { $0.reduce(0) { $0 + $1.count } }
        DispatchQueue.global().async { exchange.answer(HTTPResponse(.ok, text: "\(count)")) }
    }

    func failed(_ reason: String) {
        record.kept.withLock { $0 = [] }
        record.ends.withLock { $0.append(reason) }
    }
}

/// A file of a test's own, removed with it.
final class TestFile {
    let path = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
    let octets: [UInt8]

    init(count: Int) throws {
        // Octets that tell where they are.
        octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        try Data(octets).write(to: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func open(tag: String? = "v1") throws -> ServedFile {
        try ServedFile(path: path, entityTag: tag.map { EntityTag($0) })
    }
}
