import Directory
import LDAP
public import Schema
import Transport

/// Whom the holder of a client certificate is, by EXTERNAL. Only certificates that verified against the listener's authority
/// get as far as this.
public struct CertificateRule: Sendable {
    /// A part of a certificate.
    public enum Part: Sendable, Hashable, CaseIterable {
        /// The subject's DN, in RFC 4514's form.
        case subject
        /// SHA-256 of the certificate, or of its public key, in lower case hexadecimal.
        case fingerprint, keyFingerprint
        /// A name of the subjectAltName extension.
        case email, dns, uri, userPrincipalName
    }

    /// Who it is.
    public enum Target: Sendable {
        /// This entry or account.
        case dn(DistinguishedName)
        /// The one entry that the search finds whose filter holds the part's value as its name.
        case search(NameSearch)
        /// The entry or account whose DN is the part's value.
        case sameDN
    }

    /// The part that is looked at.
    public var part: Part
    /// What it must be; nil for anything. Subjects are compared as DNs, other parts octet by octet, DNS names and fingerprints
    /// in any case.
    public var value: String?
    /// Who that is.
    public var target: Target

    /// A rule of its parts.
    public init(_ part: Part, is value: String? = nil, target: Target) {
        self.part = part
        self.value = value
        self.target = target
    }

    /// The values of the part in a certificate, those that the rule is for.
    func matches(in certificate: PeerCertificate, schema: Schema) -> [String] {
        let values: [String] =
            switch part {
            case .subject: [certificate.subject]
            case .fingerprint: [hexadecimal(certificate.fingerprintSHA256)]
            case .keyFingerprint: [hexadecimal(certificate.publicKeyFingerprintSHA256)]
            case .email, .dns, .uri, .userPrincipalName:
                certificate.subjectAlternativeNames.compactMap { $0.value(of: part) }
            }
        guard let value else { return values }
        return values.filter { isSame($0, value, schema) }
    }

    private func isSame(_ found: String, _ wanted: String, _ schema: Schema) -> Bool {
        switch part {
        case .subject:
            guard let one = try? DistinguishedName(parsing: found, schema: schema),
                let other = try? DistinguishedName(parsing: wanted, schema: schema)
            else { return false }
            return one == other
        case .dns, .fingerprint, .keyFingerprint: return found.lowercased() == wanted.lowercased()
        case .email, .uri, .userPrincipalName: return found.utf8.elementsEqual(wanted.utf8)
        }
    }

    private func hexadecimal(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension SubjectAlternativeName {
    /// The name, where it is of the kind that a rule looks at.
    fileprivate func value(of part: CertificateRule.Part) -> String? {
        switch (self, part) {
        case (.email(let name), .email), (.dns(let name), .dns), (.uri(let name), .uri),
            (.userPrincipalName(let name), .userPrincipalName):
            name
        default: nil
        }
    }
}
