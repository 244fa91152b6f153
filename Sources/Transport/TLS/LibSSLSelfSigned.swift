import COpenSSL

/// A new key on the curve P-256, and a certificate that it signs for itself.
struct LibSSLSelfSigned {
    /// Both as PEM.
    let key: [UInt8]
    let certificate: [UInt8]

    /// - Parameters:
    ///   - host: a DNS name or an IP address, without words of openssl.cnf in it.
    ///   - isAddress: whether it is an address.
    /// - Throws: where libcrypto fails: there are no random octets, or the host is longer than a name may be.
    init(host: String, isAddress: Bool, days: Int) throws(TLSConfigurationError) {
        // Safe: both objects are made, used and freed here.
        guard let key = unsafe copenssl_new_key(), let certificate = unsafe X509_new() else { throw Self.failed }
        defer {
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
        }
        let words = (isAddress ? "IP:" : "DNS:") + host
        // A name in a subject has 64 characters at most (RFC 5280, ub-common-name); the whole is in the extension.
        let name = Array(host.utf8.prefix(64))
        // Safe: what belongs to the certificate is used while it is there; strings are made for the calls, with their own counts.
        let isMade =
            unsafe X509_set_version(certificate, 2) == 1
            && Self.setSerial(certificate)
            && X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nil
            && X509_time_adj_ex(X509_getm_notAfter(certificate), Int32(clamping: days), 0, nil) != nil
            && X509_set_pubkey(certificate, key) == 1
            && X509_NAME_add_entry_by_txt(
                X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, name, Int32(name.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1
            && copenssl_add_extension(certificate, NID_subject_alt_name, words) == 1
            && copenssl_add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") == 1
            && copenssl_add_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth") == 1
            && X509_sign(certificate, key, EVP_sha256()) > 0
        guard isMade else { throw Self.failed }
        // Safe: key and certificate are valid within the calls.
        self.key = unsafe octetsWritten { bio in _ = unsafe copenssl_write_key(bio, key) }
        self.certificate = unsafe octetsWritten { bio in _ = unsafe copenssl_write_certificate(bio, certificate) }
        guard !self.key.isEmpty, !self.certificate.isEmpty else { throw Self.failed }
    }

    /// Gives it a serial number of 159 random bits (RFC 5280 section 4.1.2.2).
    @unsafe private static func setSerial(_ certificate: OpaquePointer?) -> Bool {
        // Safe: the number is made and freed here; the serial belongs to the certificate.
        guard let number = unsafe BN_new() else { return false }
        defer { unsafe BN_free(number) }
        return unsafe BN_rand(number, 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    private static var failed: TLSConfigurationError {
        LibSSLErrors.clear()
        return TLSConfigurationError("libcrypto could not make a key and a certificate")
    }
}
