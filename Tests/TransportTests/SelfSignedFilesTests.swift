import Foundation
import Testing
import Transport
import TransportTesting

/// Keys and certificates that are made here, as OpenSSL's own command sees them.
@Suite struct SelfSignedFilesTests {
    private let authority: TestAuthority
    private var folder: String { authority.folder + "/made" }

    init() throws { authority = try TestAuthority() }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(arguments: [
        ("people.example.edu", "DNS:people.example.edu"), ("192.0.2.7", "IP Address:192.0.2.7"),
        ("2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1"),
        (String(repeating: "a", count: 60) + ".example.edu", "DNS:aaaa"),
    ])
    func opensslReadsWhatIsMade(_ host: String, _ alternativeName: String) throws {
        let files = try SelfSignedFiles.make(in: folder, name: "sp", host: host)
        #expect(try mode(files.key) == 0o600 && mode(files.certificate) == 0o644 && mode(folder) == 0o700)
        let text = try authority.openssl(["x509", "-in", files.certificate, "-noout", "-text"])
        #expect(text.contains(alternativeName) && text.contains("prime256v1") && text.contains("CA:FALSE"), "\(text)")
        #expect(text.contains("TLS Web Server Authentication, TLS Web Client Authentication"))
        #expect(try authority.openssl(["verify", "-CAfile", files.certificate, files.certificate]).contains("OK"))
        #expect(
            try authority.openssl(["x509", "-in", files.certificate, "-noout", "-checkend", "315000000"]).contains(
                "not"))
        let ofCertificate = try authority.openssl(["x509", "-in", files.certificate, "-noout", "-pubkey"])
        #expect(try authority.openssl(["pkey", "-in", files.key, "-pubout"]) == ofCertificate)
        #expect(try CertificateFile.publicKeyFingerprint(files.certificate) == files.fingerprint)
        try authority.write(ofCertificate, to: "public.pem")
        try authority.openssl(["pkey", "-pubin", "-in", "public.pem", "-outform", "DER", "-out", "public.der"])
        let digest = try authority.openssl(["dgst", "-sha256", "-r", "public.der"])
        #expect(digest.hasPrefix(files.fingerprint.map { String(format: "%02x", $0) }.joined()))
        // Our own listener takes them.
        var settings = TLSContext.Settings(certificate: files.certificate, key: files.key)
        settings.takesAnyCertificate = true
        _ = try TLSContext(settings)
    }

    @Test func twoAreDifferent() throws {
        let one = try SelfSignedFiles.make(in: folder, name: "one", host: "a.example")
        let other = try SelfSignedFiles.make(in: folder, name: "other", host: "a.example")
        #expect(one.fingerprint != other.fingerprint)
    }

    @Test(arguments: ["sp.key", "sp.crt"]) func whatIsThereIsNotOverwritten(_ there: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try "mine".write(toFile: folder + "/" + there, atomically: true, encoding: .utf8)
        let error = #expect(throws: TLSConfigurationError.self) {
            try SelfSignedFiles.make(in: folder, name: "sp", host: "a.example")
        }
        #expect(error?.description.contains("\(there) is there already") == true)
        #expect(try String(contentsOfFile: folder + "/" + there, encoding: .utf8) == "mine")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [there])
    }

    @Test(arguments: ["", "a b", "a,DNS:evil.example", "-a.example", "a..b", "https://a.example", "@conf"])
    func whatIsNoHostIsRefused(_ host: String) {
        #expect(throws: TLSConfigurationError.self) { try SelfSignedFiles.make(in: folder, name: "sp", host: host) }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func aDirectoryThatCannotBeMadeIsToldOf() {
        let error = #expect(throws: TLSConfigurationError.self) {
            try SelfSignedFiles.make(in: folder + "/deeper", name: "sp", host: "a.example")
        }
        #expect(error?.description.contains("cannot make the directory") == true)
    }
}
