import Addresses

/// A key and a certificate of an agent's own, as files. Peers know the key, so nobody has to vouch for the certificate.
public struct SelfSignedFiles: Sendable, Equatable {
    /// The certificate's file, for everybody.
    public let certificate: String
    /// The key's file, mode 0600.
    public let key: String
    /// SHA-256 of the key's SubjectPublicKeyInfo: what peers are told.
    public let fingerprint: [UInt8]

    /// How long the certificate is valid; the key counts, not that.
    private static let days = 3650

    /// Makes a key on the curve P-256 and a certificate, in files of a directory, which is made where there is none.
    ///
    /// - Parameters:
    ///   - name: what the files are called, with ".key" and ".crt" behind.
    ///   - host: by which name or address peers reach the agent.
    /// - Throws: where one of the files is there already, or cannot be written; neither is there then.
    public static func make(
        in directory: String, name: String, host: String
    ) throws(TLSConfigurationError) -> SelfSignedFiles {
        let isAddress = IPAddress(host) != nil
        guard isAddress || isName(host) else {
            throw TLSConfigurationError("\(host) is no name of a host; expected one as in people.example.edu")
        }
        let made = try LibSSLSelfSigned(host: host, isAddress: isAddress, days: days)
        var key = made.key
        defer { LibSSLKey.wipe(&key) }
        let path = (directory.hasSuffix("/") ? directory : directory + "/") + name
        guard let certificate = LibSSLCertificate.all(inPEM: made.certificate).first else {
            throw TLSConfigurationError("libcrypto made a certificate that it cannot read")
        }
        try CredentialFile.makeDirectory(directory)
        try CredentialFile.create(path + ".key", key, mode: 0o600)
        do throws(TLSConfigurationError) {
            try CredentialFile.create(path + ".crt", made.certificate, mode: 0o644)
        } catch {
            CredentialFile.remove(path + ".key")
            throw error
        }
        return SelfSignedFiles(
            certificate: path + ".crt", key: path + ".key", fingerprint: certificate.publicKeyFingerprint)
    }

    /// RFC 1123 section 2.1, as far as it keeps other things out.
    private static func isName(_ host: String) -> Bool {
        (1...253).contains(host.utf8.count)
            && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") }
            }
    }
}
