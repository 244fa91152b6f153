import Foundation
import HTTP
import Transport
import TransportTesting

/// Keys with certificates that nobody vouches for, and their fingerprints as the openssl command sees them.
struct KeyIdentity: Sendable {
    let certificate: String
    let key: String
    let fingerprint: [UInt8]

    static let authority = Result { try TestAuthority() }
    static let server = Result { try selfSigned("server") }
    static let client = Result { try selfSigned("client") }
    static let stranger = Result { try selfSigned("stranger") }
    static let expired = Result { try expiredIdentity("expired") }

    static func selfSigned(_ name: String) throws -> KeyIdentity {
        let authority = try authority.get()
        try authority.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
            "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name).example.edu,IP:127.0.0.1", "-keyout", "\(name).key",
            "-out",
            "\(name).crt",
        ])
        return try KeyIdentity(authority, name)
    }

    /// Issued by an authority, and valid no more.
    private static func expiredIdentity(_ name: String) throws -> KeyIdentity {
        try authority.get().issue(name, begin: -20, end: -10)
        return try KeyIdentity(authority.get(), name)
    }

    init(_ authority: TestAuthority, _ name: String) throws {
        certificate = "\(authority.folder)/\(name).crt"
        key = "\(authority.folder)/\(name).key"
        try authority.openssl(["x509", "-in", "\(name).crt", "-noout", "-pubkey", "-out", "\(name).pub"])
        try authority.openssl(["pkey", "-pubin", "-in", "\(name).pub", "-outform", "DER", "-out", "\(name).der"])
        let digest = try authority.openssl(["dgst", "-sha256", "-r", "\(name).der"]).prefix(64)
        fingerprint = stride(from: 0, to: 64, by: 2).compactMap { UInt8(digest.dropFirst($0).prefix(2), radix: 16) }
    }

    /// For a server that knows clients by their keys.
    func serverContext(_ configure: (inout TLSContext.Settings) -> Void = { _ in }) throws -> TLSContext {
        var settings = TLSContext.Settings(certificate: certificate, key: key)
        settings.takesAnyCertificate = true
        configure(&settings)
        return try TLSContext(settings)
    }

    /// For a client that knows servers by their keys, and has this one.
    static func clientContext(
        _ identity: KeyIdentity?, pins: [KeyIdentity], _ verification: TLSClientContext.Verification = .pinnedKey
    ) throws -> TLSClientContext {
        var settings = TLSClientContext.Settings()
        settings.certificate = identity?.certificate
        settings.key = identity?.key
        settings.pinnedPublicKeys = pins.map(\.fingerprint)
        settings.verification = verification
        return try TLSClientContext(settings)
    }

    static func httpClient(
        _ identity: KeyIdentity?, pins: [KeyIdentity], _ verification: TLSClientContext.Verification = .pinnedKey
    ) throws -> HTTPClient {
        var settings = HTTPClient.Settings()
        settings.tls = try clientContext(identity, pins: pins, verification)
        return HTTPClient(settings)
    }
}
