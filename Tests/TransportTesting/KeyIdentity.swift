import Foundation

/// Keys with certificates that nobody vouches for, and their fingerprints as the openssl command sees them.
public struct KeyIdentity: Sendable {
    /// Paths of PEM files.
    public let certificate: String
    /// See `certificate`.
    public let key: String
    /// SHA-256 of the public key.
    public let fingerprint: [UInt8]

    /// Made once for all tests of a process.
    public static let authority = Result { try TestAuthority() }
    /// See `authority`.
    public static let server = Result { try selfSigned("server") }
    /// See `authority`.
    public static let client = Result { try selfSigned("client") }
    /// See `authority`.
    public static let stranger = Result { try selfSigned("stranger") }
    /// See `authority`.
    public static let expired = Result { try expiredIdentity("expired") }

    /// A new key, whose certificate nobody vouches for.
    public static func selfSigned(_ name: String) throws -> KeyIdentity {
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
}
