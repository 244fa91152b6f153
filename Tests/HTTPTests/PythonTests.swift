import Foundation
import HTTP
import Testing
import TransportTesting

/// Our server, asked by Python's http.client; our client, answered by Python's http.server.
@Suite(.enabled(if: InteropTools.python != nil, "python3 is not installed; Interop/install tests does that"))
struct PythonTests {
    private func python(_ program: String, _ arguments: String...) throws -> String {
        let outcome = try InteropTools.run(InteropTools.python, ["-"] + arguments, input: program)
        return outcome.status == 0 ? outcome.text : outcome.errors
    }

    @Test func asksInEveryForm() throws {
        let server = try TestServer()
        let program = """
            import http.client, sys
            c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
            def ask(*a, **k):
                c.request(*a, **k)
                r = c.getresponse()
                print(r.status, r.read().decode().strip(), end=" ")
            ask("GET", "/hello/a")
            ask("HEAD", "/hello/a")
            ask("POST", "/echo", body=b"octets")
            ask("POST", "/echo", body=iter([b"in ", b"chunks"]), encode_chunked=True)
            ask("POST", "/pieces", body=iter([b"x" * 100000] * 20), encode_chunked=True)
            ask("PUT", "/echo")
            """
        #expect(
            try python(program, "\(server.port)")
                == "200 hello 200  200 octets 200 in chunks 200 2000000 405 Allowed here: POST ")
        #expect(server.server.connectionCount <= 1)
    }

    /// The key is known in a session that was resumed, too, in which no certificate is sent.
    @Test(arguments: ["TLSv1_2", "TLSv1_3"]) func isKnownByItsKeyInResumedSessions(version: String) throws {
        let (own, other) = try (KeyIdentity.client.get(), KeyIdentity.server.get())
        let tls = try other.serverContext()
        let server = try TestServer {
            $0.tls = tls
            $0.admits = { $0.publicKeyFingerprint == own.fingerprint }
        }
        let program = """
            import socket, ssl, sys
            port, certificate, key, version = sys.argv[1:]
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
            if certificate: context.load_cert_chain(certificate, key)
            session = None
            for _ in range(2):
                with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as plain:
                    with context.wrap_socket(plain, session=session) as s:
                        s.sendall(b"GET /hello/a HTTP/1.1\\r\\nHost: h\\r\\nConnection: close\\r\\n\\r\\n")
                        answer = b""
                        while some := s.recv(65536): answer += some
                        session = s.session
                        print(answer.split()[1].decode(), s.session_reused, end=" ")
            """
        let known = try python(program, "\(server.port)", own.certificate, own.key, version)
        #expect(known == "200 False 200 True ")
        #expect(try python(program, "\(server.port)", "", "", version) == "403 False 403 True ")
    }

    @Test(arguments: ["HTTP/1.0", "HTTP/1.1"]) func answersOurClient(version: String) throws {
        let port = InteropTools.freePort()
        let program = """
            import http.server, sys
            class Handler(http.server.SimpleHTTPRequestHandler):
                protocol_version = sys.argv[2]
                def do_POST(self):
                    content = self.rfile.read(int(self.headers["Content-Length"]))
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
            http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
            """
        let server = try InteropServer(InteropTools.python, port: port, files: ["serve.py": program]) {
            ["\($0)/serve.py", "\(port)", version]
        }
        let file = try TestFile(count: 2_000_000)
        try server.write(file.octets, to: "file")
        let client = HTTPClient()
        let base = "http://127.0.0.1:\(port)"
        let url = try #require(HTTPURL(base + "/file"))
        for _ in 0..<3 { #expect(try client.send(HTTPCall(.get, url), limit: 2_000_000).content == file.octets) }
        #expect(try client.send(HTTPCall(.head, url), limit: 0).head.fields["Content-Length"] == "2000000")
        #expect(
            try client.send(HTTPCall(.post, url, content: .file(file.open())), limit: 2_000_000).content == file.octets)
        let missing = try #require(HTTPURL(base + "/missing"))
        #expect(try client.send(HTTPCall(.get, missing), limit: 10_000).head.status == .notFound)
        client.closeIdleConnections()
    }
}
