import COpenSSL

/// Which cipher suites are negotiated.
struct CipherSuites: Sendable, Equatable {
    /// What TLS 1.2 may use, as OpenSSL's cipher list.
    let list12: String
    /// What TLS 1.3 may use, as OpenSSL's list of suites.
    let list13: String

    /// All with forward secrecy and authenticated encryption, in OpenSSL's order.
    static let standard = CipherSuites(
        list12: "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:!PSK",
        list13: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256")

    private init(list12: String, list13: String) {
        self.list12 = list12
        self.list13 = list13
    }

    /// The suites with these names, OpenSSL's or the registry's; none means `standard`.
    ///
    /// - Throws: where a name is unknown, or stands for a suite without forward secrecy, encryption or authentication, or where a
    ///   version is left with no suite.
    init(names: [String], for versions: [TLSVersion]) throws(TLSConfigurationError) {
        guard !names.isEmpty else {
            self = .standard
            return
        }
        let known = try LibSSLContext(isServer: true).allCiphers()
        var chosen: [CipherSuite] = []
        for name in names {
            guard let suite = known.first(where: { $0.name == name || $0.standardName == name }) else {
                let fit = known.filter(\.isFit).map(\.standardName).filter { !$0.contains("_CCM") }
                throw TLSConfigurationError(
                    "unknown cipher name \"\(name)\"; known and fit are \(fit.joined(separator: ", "))")
            }
            guard suite.isFit else {
                throw TLSConfigurationError(
                    "cipher \(name) has no forward secrecy or no authenticated encryption; leave it out")
            }
            chosen.append(suite)
        }
        for version in versions where !chosen.contains(where: { $0.isTLS13 == (version == .tls13) }) {
            throw TLSConfigurationError(
                "ciphers has none for TLS \(version.rawValue); name one, or leave \(version.rawValue) out of versions")
        }
        list12 = chosen.filter { !$0.isTLS13 }.map(\.name).joined(separator: ":")
        list13 = chosen.filter(\.isTLS13).map(\.name).joined(separator: ":")
    }
}

/// One that libssl has.
struct CipherSuite {
    /// OpenSSL's name.
    let name: String
    /// The registry's.
    let standardName: String
    let isTLS13: Bool
    /// Whether it has forward secrecy, authenticated encryption, and a server that proves who it is.
    let isFit: Bool
}

extension LibSSLContext {
    /// Everything that libssl could negotiate, fit or not.
    fileprivate func allCiphers() -> [CipherSuite] {
        // Safe: C strings made for the calls; the list belongs to the context.
        _ = unsafe SSL_CTX_set_cipher_list(pointer, "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
        _ = unsafe SSL_CTX_set_ciphersuites(
            pointer, CipherSuites.standard.list13 + ":TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256")
        LibSSLErrors.clear()
        guard let list = unsafe SSL_CTX_get_ciphers(pointer) else { return [] }
        return unsafe (0..<OPENSSL_sk_num(list)).compactMap { index in
            // Safe: below the list's count; its elements are SSL_CIPHERs, which are static.
            guard let element = unsafe OPENSSL_sk_value(list, index) else { return nil }
            return unsafe Self.suite(OpaquePointer(element))
        }
    }

    @unsafe private static func suite(_ cipher: OpaquePointer) -> CipherSuite {
        // Safe: the cipher and its names are static.
        let exchange = unsafe SSL_CIPHER_get_kx_nid(cipher)
        let authentication = unsafe SSL_CIPHER_get_auth_nid(cipher)
        let isForwardSecret = [NID_kx_ecdhe, NID_kx_dhe, NID_kx_any].contains(exchange)
        let isAuthenticated = [NID_auth_rsa, NID_auth_ecdsa, NID_auth_any].contains(authentication)
        return CipherSuite(
            name: unsafe String(cString: SSL_CIPHER_get_name(cipher)),
            standardName: unsafe String(cString: SSL_CIPHER_standard_name(cipher)),
            isTLS13: exchange == NID_kx_any,
            isFit: unsafe isForwardSecret && isAuthenticated && SSL_CIPHER_is_aead(cipher) == 1)
    }
}
