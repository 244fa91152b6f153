/// The schemes that new hashes are made in.
public enum PasswordScheme {
    /// `{SSHA256}` and the like: base64(digest of password and salt, then salt).
    static func salted(_ algorithm: LibCrypto.DigestAlgorithm, _ password: Span<UInt8>, salt: [UInt8]) -> String? {
        let name: String
        switch algorithm {
        case .md5: return nil
        case .sha1: name = "SSHA"
        case .sha256: name = "SSHA256"
        case .sha512: name = "SSHA512"
        }
        var salted = password.copied()
        salted.append(contentsOf: salt)
        defer { LibCrypto.wipe(&salted) }
        let digest = LibCrypto.digest(algorithm, of: salted.span)
        return digest.isEmpty ? nil : "{\(name)}\(Base64.encode(digest + salt))"
    }
}
