/// A certificate that the peer gave and proved to hold the key of, and that verified against the authorities configured.
public struct PeerCertificate: Sendable, Hashable {
    /// The subject in RFC 4514's form: the most specific RDN first.
    public var subject: String
    /// The issuer in the same form.
    public var issuer: String
    /// The names beside the subject, in the certificate's order; kinds that are not listed above are left out.
    public var subjectAlternativeNames: [SubjectAlternativeName]
    /// SHA-256 of the whole certificate in DER: 32 octets.
    public var fingerprintSHA256: [UInt8]
    /// SHA-256 of its SubjectPublicKeyInfo in DER: 32 octets, the same for a renewed certificate with the same key.
    public var publicKeyFingerprintSHA256: [UInt8]

    /// A certificate from its parts.
    public init(
        subject: String, issuer: String = "", subjectAlternativeNames: [SubjectAlternativeName] = [],
        fingerprintSHA256: [UInt8], publicKeyFingerprintSHA256: [UInt8]
    ) {
        self.subject = subject
        self.issuer = issuer
        self.subjectAlternativeNames = subjectAlternativeNames
        self.fingerprintSHA256 = fingerprintSHA256
        self.publicKeyFingerprintSHA256 = publicKeyFingerprintSHA256
    }
}

/// One of the names in the subjectAltName extension (RFC 5280 section 4.2.1.6).
public enum SubjectAlternativeName: Sendable, Hashable {
    /// rfc822Name.
    case email(String)
    /// dNSName.
    case dns(String)
    /// uniformResourceIdentifier.
    case uri(String)
    /// iPAddress, as 4 or 16 octets.
    case address([UInt8])
    /// otherName of type 1.3.6.1.4.1.311.20.2.3, as Microsoft's directory has it.
    case userPrincipalName(String)
    /// directoryName, in RFC 4514's form.
    case directoryName(String)
}
