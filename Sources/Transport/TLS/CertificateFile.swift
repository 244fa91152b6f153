/// What can be told of a PEM file of certificates without using it.
public enum CertificateFile {
    /// SHA-256 of the SubjectPublicKeyInfo of the first certificate in the file: the one that whoever presents the file is known by.
    ///
    /// - Throws: where the file cannot be read or holds no certificate.
    public static func publicKeyFingerprint(_ path: String) throws(TLSConfigurationError) -> [UInt8] {
        let certificates = try TLSIdentity.certificates(path, what: "certificate")
        guard let fingerprint = certificates.first?.publicKeyFingerprint, !fingerprint.isEmpty else {
            throw TLSConfigurationError("the certificate \(path) has no public key that can be read")
        }
        return fingerprint
    }
}
