import Foundation
import HTTP
import Testing
import TransportTesting

/// Our server, asked by curl.
@Suite(.enabled(if: InteropTools.curl != nil, "curl is not installed; Interop/install tests does that"))
struct CurlTests {
    private func curl(_ arguments: String..., input: String = "") throws -> InteropTools.Outcome {
        try InteropTools.run(
            InteropTools.curl, ["-sS", "--max-time", "20", "--noproxy", "*"] + arguments, input: input)
    }

    @Test func getsHeadsAndPosts() throws {
        let server = try TestServer()
        let url = try server.url("").description.dropLast()
        #expect(try curl("\(url)/hello/a%20b").text == "hello")
        #expect(try curl("-I", "\(url)/hello/a").text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(try curl("-0", "\(url)/hello/a").text == "hello")
        #expect(try curl("-d", "some content", "\(url)/echo").text == "some content")
        #expect(try curl("-T", "-", "-X", "POST", "\(url)/echo", input: "in chunks").text == "in chunks")
        #expect(try curl("-o", "/dev/null", "-w", "%{http_code}", "-X", "DELETE", "\(url)/echo").text == "405")
        #expect(try curl("-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", "\(url)/../etc/passwd").text == "400")
    }

    @Test func usesAConnectionAgain() throws {
        let server = try TestServer()
        let url = try server.url("/hello/a").description
        let outcome = try curl("-w", " %{num_connects} ", url, url, url)
        #expect(outcome.text == "hello 1 hello 0 hello 0 ")
    }

    @Test func waitsToBeAskedForLargeContent() throws {
        let server = try TestServer()
        let file = try TestFile(count: 5_000_000)
        let wanted = try curl(
            "-v", "-H", "Expect: 100-continue", "--data-binary", "@\(file.path)", server.url("/pieces").description)
        #expect(wanted.text == "5000000\n" && wanted.errors.contains("< HTTP/1.1 100 Continue"))
        let unwanted = try curl(
            "-H", "Expect: 100-continue", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "--data-binary",
            "@\(file.path)", server.url("/echo").description)
        #expect(unwanted.text == "413 0")
        let chunked = try curl(
            "-H", "Transfer-Encoding: chunked", "--data-binary", "@\(file.path)", server.url("/pieces").description)
        #expect(chunked.text == "10000000\n", "counted on")
    }

    @Test func takesPartsAndGoesOn() throws {
        let file = try TestFile(count: 1_000_000)
        let server = try TestServer(file: file.open())
        let url = try server.url("/file").description
        #expect(try curl(url).output == file.octets)
        #expect(try curl("-r", "500-999", url).output == Array(file.octets[500..<1000]))
        #expect(try curl("-r", "-10", url).output == Array(file.octets.suffix(10)))
        let part = NSTemporaryDirectory() + "peopled-http-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: part) }
        try Data(file.octets.prefix(400_000)).write(to: URL(fileURLWithPath: part))
        #expect(try curl("-C", "-", "-o", part, url).status == 0)
        #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: part))) == file.octets)
        #expect(try curl("-o", "/dev/null", "-w", "%{http_code}", "-H", "If-None-Match: \"v1\"", url).text == "304")
    }

    @Test func isKnownByItsKey() throws {
        let (own, other) = try (KeyIdentity.client.get(), KeyIdentity.server.get())
        let tls = try other.serverContext()
        let server = try TestServer {
            $0.tls = tls
            $0.admits = { $0.publicKeyFingerprint == own.fingerprint }
        }
        let url = try server.url("/hello/a", scheme: "https").description
        let pin = "sha256//" + Data(other.fingerprint).base64EncodedString()
        for version in ["--tlsv1.2", "--tlsv1.3"] {
            let known = try curl(
                "-k", "--pinnedpubkey", pin, "--cert", own.certificate, "--key", own.key, version, "--tls-max",
                String(version.suffix(3)), url, url)
            #expect(known.text == "hellohello", "\(known.errors)")
            #expect(try curl("-k", "-o", "/dev/null", "-w", "%{http_code}", version, url).text == "403")
        }
    }
}
