import Synchronization
import Testing
import TransportTesting

@testable import Transport

/// What a certificate says of who has it, and whom clients believe.
@Suite struct CertificateTests {
    @Test func aClientsCertificateIsToldWhereItVerified() throws {
        let authority = try TLSTests.authority.get()
        let client = try authority.issue(
            "ann", subject: "/O=Example, Inc./CN=Ann Öst", names: "email:ann@example.edu,URI:https://example.edu/ann")
        let server = try TLSTests.lineServer {
            $0.clientCertificates = .optional
            $0.clientAuthority = authority.certificate
        }
        let stream = try TLSTests.client(server) {
            $0.certificate = client.certificate
            $0.key = client.key
        }
        #expect(try stream.ask("echo x") == "x")
        let certificate = try #require(server.record.security.withLock { $0.first?.peerCertificate })
        #expect(certificate.subject == "CN=Ann Öst,O=Example\\, Inc.")
        #expect(certificate.subjectAlternativeNames == [.email("ann@example.edu"), .uri("https://example.edu/ann")])
        #expect(certificate.fingerprintSHA256.count == 32)
        let anonymous = try TLSTests.client(server)
        #expect(try anonymous.ask("echo y") == "y")
        #expect(server.record.security.withLock { $0.last?.peerCertificate } == nil)
    }

    @Test(arguments: ["example.org", "127.0.0.2", "localhost.example.org", ""])
    func aServerUnderAnotherNameIsNotBelieved_RFC6125(name: String) throws {
        let server = try TLSTests.lineServer()
        #expect(throws: TransportError.self) { try TLSTests.client(server, name: name) }
    }

    @Test func aServerOfAnUnknownAuthorityIsNotBelieved() throws {
        let server = try TLSTests.lineServer()
        #expect(throws: TransportError.self) { try TLSTests.client(server) { $0.authorities = nil } }
    }

    @Test func aServerWithAnotherKeyThanThePinnedIsNotBelieved() throws {
        let server = try TLSTests.lineServer()
        let files = try TLSTests.server.get()
        let own = try #require(
            LibSSLCertificate.all(inPEM: try CredentialFile.read(files.certificate, what: "certificate")).first)
        let stream = try TLSTests.client(server) { $0.pinnedPublicKeys = [own.publicKeyFingerprint] }
        #expect(try stream.ask("echo x") == "x")
        #expect(throws: TransportError.self) {
            try TLSTests.client(server) { $0.pinnedPublicKeys = [[UInt8](repeating: 0, count: 32)] }
        }
    }
}
