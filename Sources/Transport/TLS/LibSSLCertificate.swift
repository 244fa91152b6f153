import COpenSSL

/// An X.509 certificate in libcrypto's memory; never changed once read.
///
/// `@unchecked Sendable` because libcrypto counts its references, and reads it, under locks of its own.
@safe final class LibSSLCertificate: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        // Safe: the caller's reference becomes this object's, freed in `deinit`.
        unsafe self.pointer = pointer
    }

    deinit {
        // Safe: see `init`.
        unsafe X509_free(pointer)
    }

    /// All certificates in a PEM text, in its order; none where there are none. Other objects between them are passed over.
    static func all(inPEM text: [UInt8]) -> [LibSSLCertificate] {
        var found: [LibSSLCertificate] = []
        unsafe withMemoryBIO(over: text) { bio in
            // Safe: the BIO is valid for this call; what is returned is the caller's.
            while let next = unsafe copenssl_read_certificate(bio) {
                unsafe found.append(LibSSLCertificate(owning: next))
            }
        }
        // The end of the text counts as an error.
        LibSSLErrors.clear()
        return found
    }

    // MARK: - Validity

    /// Days until it begins to be valid; 0 and below: it has begun.
    var daysUntilBegin: Double {
        // Safe: the time belongs to the certificate, which outlives the call.
        unsafe Self.days(until: X509_get0_notBefore(pointer))
    }

    /// Days until its end; below 0: it has expired.
    var daysUntilEnd: Double {
        // Safe: as above.
        unsafe Self.days(until: X509_get0_notAfter(pointer))
    }

    /// When it ends, for people: "Nov 21 12:00:00 2027 GMT".
    var end: String {
        // Safe: as above; the BIO is valid within the call.
        unsafe Self.text { bio in _ = unsafe ASN1_TIME_print(bio, X509_get0_notAfter(pointer)) }
    }

    /// When it begins.
    var begin: String {
        // Safe: as above.
        unsafe Self.text { bio in _ = unsafe ASN1_TIME_print(bio, X509_get0_notBefore(pointer)) }
    }

    @unsafe private static func days(until time: UnsafePointer<ASN1_TIME>?) -> Double {
        var days: Int32 = 0
        var seconds: Int32 = 0
        // Safe: the outputs outlive the call; nil for the first time is now. What cannot be read counts as long past.
        guard unsafe ASN1_TIME_diff(&days, &seconds, nil, time) == 1 else { return -1 }
        return Double(days) + Double(seconds) / 86_400
    }

    // MARK: - Names and fingerprints

    /// What the rest of the server learns of it.
    var description: PeerCertificate {
        // Safe: the names belong to the certificate, which outlives the calls.
        PeerCertificate(
            subject: unsafe Self.text(of: X509_get_subject_name(pointer)),
            issuer: unsafe Self.text(of: X509_get_issuer_name(pointer)),
            subjectAlternativeNames: alternativeNames, fingerprintSHA256: unsafe digest(EVP_sha256()),
            publicKeyFingerprintSHA256: publicKeyFingerprint)
    }

    /// Its digest by the hash that RFC 5929 section 4.1 says: that of its signature, but SHA-256 in place of MD5 and SHA-1;
    /// nil where the signature has none of its own.
    var endPointBinding: [UInt8]? {
        var hash: Int32 = 0
        // Safe: the output outlives the call; the others may be nil.
        guard unsafe X509_get_signature_info(pointer, &hash, nil, nil, nil) == 1, hash != NID_undef else { return nil }
        if hash == NID_md5 || hash == NID_sha1 { hash = NID_sha256 }
        // Safe: libcrypto's tables of digests are static.
        guard let algorithm = unsafe EVP_get_digestbyname(OBJ_nid2sn(hash)) else { return nil }
        return unsafe digest(algorithm)
    }

    @unsafe private func digest(_ algorithm: OpaquePointer?) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        // Safe: no digest is longer than the buffer.
        guard unsafe X509_digest(pointer, algorithm, &octets, &count) == 1 else { return [] }
        return Array(octets.prefix(Int(count)))
    }

    /// Whether it is for a server of that name: a DNS name, or an IP address without brackets.
    func isFor(_ name: String) -> Bool {
        // Safe: the certificate is valid, and the C string made for the calls; the length 0 has it measured.
        let isAddress = unsafe X509_check_ip_asc(pointer, name, 0) == 1
        let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
        let isName = unsafe X509_check_host(pointer, name, 0, flags, nil) == 1
        LibSSLErrors.clear()
        return isAddress || isName
    }

    /// SHA-256 of its SubjectPublicKeyInfo.
    var publicKeyFingerprint: [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        // Safe: libcrypto allocates what it encodes to and tells its length; freed below.
        let count = unsafe i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), &encoded)
        guard count > 0 else { return [] }
        defer { unsafe CRYPTO_free(encoded, nil, 0) }
        var octets = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard unsafe EVP_Digest(encoded, Int(count), &octets, &length, EVP_sha256(), nil) == 1 else { return [] }
        return Array(octets.prefix(Int(length)))
    }

    private var alternativeNames: [SubjectAlternativeName] {
        // Safe: the list is this call's own, freed below with all that is in it.
        guard let list = unsafe X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(list)
        defer { unsafe GENERAL_NAMES_free(names) }
        return unsafe (0..<OPENSSL_sk_num(names)).compactMap { index in
            // Safe: below the list's count; its elements are GENERAL_NAMEs.
            guard let element = unsafe OPENSSL_sk_value(names, index) else { return nil }
            return unsafe Self.alternativeName(element.assumingMemoryBound(to: GENERAL_NAME.self))
        }
    }

    @unsafe private static func alternativeName(_ name: UnsafePointer<GENERAL_NAME>) -> SubjectAlternativeName? {
        if let directoryName = unsafe copenssl_directory_name(name) {
            return unsafe .directoryName(text(of: directoryName))
        }
        var count: Int32 = 0
        // Safe: the octets belong to the name, which outlives the call, and are as many as is said.
        guard let start = unsafe copenssl_name_octets(name, &count) else { return nil }
        let octets = unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
        let kind = unsafe copenssl_name_kind(name)
        if kind == GEN_IPADD { return octets.count == 4 || octets.count == 16 ? .address(octets) : nil }
        // A name with a NUL in it means one thing here and another elsewhere: nobody has such a name honestly.
        guard !octets.contains(0), let text = String(validating: octets, as: UTF8.self) else { return nil }
        guard kind == GEN_OTHERNAME || octets.allSatisfy({ $0 < 0x80 }) else { return nil }
        switch kind {
        case GEN_EMAIL: return .email(text)
        case GEN_DNS: return .dns(text)
        case GEN_URI: return .uri(text)
        default: return .userPrincipalName(text)
        }
    }

    @unsafe private static func text(of name: OpaquePointer?) -> String {
        // Safe: the caller's name and the BIO are valid within the call.
        unsafe text { bio in _ = unsafe copenssl_print_name(bio, name) }
    }

    private static func text(_ body: (OpaquePointer?) -> Void) -> String {
        // Safe: the BIO is lent by `octetsWritten`.
        String(decoding: unsafe octetsWritten(to: body), as: UTF8.self)
    }
}

/// What `body` writes to a BIO.
func octetsWritten(to body: (OpaquePointer?) -> Void) -> [UInt8] {
    // Safe: the BIO is made, lent and freed here; its memory is copied before that.
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { return [] }
    defer { unsafe BIO_free(bio) }
    unsafe body(bio)
    var octets: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 512)
    while true {
        let count = unsafe BIO_read(bio, &buffer, Int32(buffer.count))
        guard count > 0 else { break }
        octets += buffer.prefix(Int(count))
    }
    return octets
}

/// Lends a BIO that reads `octets`.
func withMemoryBIO(over octets: [UInt8], _ body: (OpaquePointer?) -> Void) {
    // Safe: the BIO reads the array's own memory, which outlives it: it is freed before the array's pointer ends.
    unsafe octets.withUnsafeBytes { memory in
        guard let bio = unsafe BIO_new_mem_buf(memory.baseAddress, Int32(clamping: memory.count)) else { return }
        unsafe body(bio)
        unsafe BIO_free(bio)
    }
}
