import Foundation
import HTTP
import Testing
import Transport
import TransportTesting

/// Our client, answered by nginx; our server, asked through nginx.
@Suite(.enabled(if: InteropTools.nginx != nil, "nginx is not there; Interop/install tests unpacks it"))
struct NginxTests {
    private func nginx(port: UInt16, _ server: String) throws -> InteropServer {
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path FOLDER/\($0);" }
        let configuration = """
            daemon off; master_process off; pid FOLDER/pid; error_log FOLDER/errors;
            events {}
            http {
                access_log off; client_max_body_size 100m; \(paths.joined(separator: " "))
                server { listen 127.0.0.1:\(port)\(server) }
            }
            """
        return try InteropServer(InteropTools.nginx, port: port, files: ["nginx.conf": configuration]) {
            ["-p", $0, "-e", "\($0)/errors", "-c", "\($0)/nginx.conf"]
        }
    }

    private final class Target: HTTPDownloadTarget {
        var octets: [UInt8] = []

        func append(_ piece: Span<UInt8>) {
            for index in piece.indices { octets.append(piece[index]) }
        }

        func restart() { octets = [] }
    }

    @Test func servesPartsToOurClientWhichIsKnownByItsKey() throws {
        let (own, other) = try (KeyIdentity.client.get(), KeyIdentity.server.get())
        let port = InteropTools.freePort()
        let server = try nginx(
            port: port,
            """
             ssl; root FOLDER; keepalive_requests 1000;
            ssl_certificate \(other.certificate); ssl_certificate_key \(other.key);
            ssl_verify_client optional_no_ca; add_header X-Client "$ssl_client_s_dn" always;
            """)
        let file = try TestFile(count: 2_000_000)
        try server.write(file.octets, to: "file")
        let client = try KeyIdentity.httpClient(own, pins: [other])
        let url = try #require(HTTPURL("https://127.0.0.1:\(port)/file"))
        let answer = try client.send(HTTPCall(.get, url), limit: 2_000_000)
        #expect(answer.content == file.octets && answer.head.fields["X-Client"] == "CN=client")
        // The rest of what broke off after 700,000 octets.
        let target = Target()
        target.octets = Array(file.octets.prefix(700_000))
        var state = HTTPDownload()
        state.received = 700_000
        state.entityTag = answer.head.fields["ETag"].flatMap { EntityTag(parsing: $0) }
        let part = try client.download(HTTPCall(.get, url), into: target, limit: 2_000_000, &state)
        #expect(part.status == .partialContent && target.octets == file.octets && state.isComplete)
        let missing = try #require(HTTPURL("https://127.0.0.1:\(port)/missing"))
        #expect(try client.send(HTTPCall(.get, missing), limit: 10_000).head.status == .notFound)
        let wrong = try KeyIdentity.httpClient(own, pins: [KeyIdentity.stranger.get()])
        #expect(
            try #require(throws: HTTPClientError.self) { try wrong.send(HTTPCall(.get, url), limit: 10) }.kind
                == .notConnected)
        client.closeIdleConnections()
    }

    @Test(arguments: ["1.0", "1.1"]) func passesRequestsOnToOurServer(version: String) throws {
        let file = try TestFile(count: 500_000)
        let ours = try TestServer(file: file.open())
        let port = InteropTools.freePort()
        let server = try nginx(
            port: port,
            """
            ; location / {
                proxy_pass http://127.0.0.1:\(ours.port); proxy_http_version \(version); proxy_request_buffering off;
                proxy_set_header Connection "";
            }
            """)
        defer { withExtendedLifetime(server) {} }
        let client = HTTPClient()
        func url(_ path: String) throws -> HTTPURL { try #require(HTTPURL("http://127.0.0.1:\(port)\(path)")) }
        #expect(try client.send(HTTPCall(.get, url("/hello/a%20b")), limit: 100).content == Array("hello".utf8))
        #expect(try client.send(HTTPCall(.get, url("/file")), limit: 500_000).content == file.octets)
        let upload = HTTPCall(.post, try url("/pieces"), content: .file(try file.open()))
        #expect(try client.send(upload, limit: 100).content == Array("500000\n".utf8))
        let raw = RawSocket(port: port)
        raw.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        #expect(raw.receive(until: "hello").hasPrefix("HTTP/1.1 200 OK"))
        client.closeIdleConnections()
    }
}
