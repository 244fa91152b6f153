import COpenSSL

/// libssl's context: what sessions are made with.
///
/// `@unchecked Sendable` because it is set up by one thread, then only read, by libssl under locks of its own.
@safe final class LibSSLContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// How long a session may be resumed, in seconds: the certificate of a client is looked at anew at least as often.
    private static let sessionLifetime = 3600

    /// A context that trusts nobody and is nobody yet.
    init(isServer: Bool) throws(TLSConfigurationError) {
        LibSSLErrors.clear()
        // Safe: the methods are static; the context is owned here alone and freed in `deinit`.
        guard let context = unsafe SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw TLSConfigurationError("libssl gives no context: \(LibSSLErrors.take())")
        }
        unsafe pointer = context
        if isServer { unsafe copenssl_set_up_server(context) } else { unsafe copenssl_set_up_client(context) }
        unsafe copenssl_set_modes(context)
        unsafe SSL_CTX_set_security_level(context, 2)
        _ = unsafe SSL_CTX_set_timeout(context, Self.sessionLifetime)
    }

    deinit {
        // Safe: see `init`. Sessions keep references of their own.
        unsafe SSL_CTX_free(pointer)
    }

    func use(_ versions: [TLSVersion], _ suites: CipherSuites) throws(TLSConfigurationError) {
        guard let least = versions.map(\.number).min(), let most = versions.map(\.number).max() else {
            throw TLSConfigurationError("versions is empty; expected \"1.2\", \"1.3\" or both")
        }
        // Safe: C strings made for the calls. A list that is not needed is left as it is.
        var isSet = unsafe copenssl_set_versions(pointer, least, most) == 1
        if versions.contains(.tls12) { isSet = unsafe isSet && SSL_CTX_set_cipher_list(pointer, suites.list12) == 1 }
        if versions.contains(.tls13) { isSet = unsafe isSet && SSL_CTX_set_ciphersuites(pointer, suites.list13) == 1 }
        guard isSet else { throw TLSConfigurationError("versions or ciphers: \(LibSSLErrors.take())") }
    }

    /// Says who we are. `chain` begins with our own certificate.
    func use(_ chain: [LibSSLCertificate], _ key: LibSSLKey) throws(TLSConfigurationError) {
        guard let own = chain.first else { throw TLSConfigurationError("there is no certificate") }
        // Safe: libssl takes references of its own.
        var isSet = unsafe SSL_CTX_use_certificate(pointer, own.pointer) == 1
        isSet = unsafe isSet && SSL_CTX_use_PrivateKey(pointer, key.pointer) == 1
        for certificate in chain.dropFirst() {
            isSet = unsafe isSet && copenssl_add_chain_certificate(pointer, certificate.pointer) == 1
        }
        guard isSet else { throw TLSConfigurationError(LibSSLErrors.take()) }
    }

    /// Asks clients for certificates, which must lead to one of `authorities`.
    func askForCertificates(of authorities: [LibSSLCertificate], isRequired: Bool) {
        for authority in authorities {
            trust(authority)
            // Safe: libssl copies the name.
            unsafe SSL_CTX_add_client_CA(pointer, authority.pointer)
        }
        let mode = SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
        // Safe: no callback is set.
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
    }

    /// Verifies servers' certificates, against what is trusted.
    func verifyServers() {
        // Safe: no callback is set.
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    }

    /// Asks the peer for a certificate and takes whatever comes, or does not.
    func takeAnyCertificate() {
        // Safe: the callback is a function, and has no argument.
        unsafe copenssl_accept_any_certificate(pointer)
        unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    }

    func trust(_ authority: LibSSLCertificate) {
        // Safe: the store belongs to the context and takes a reference of its own. One that is there already is no harm.
        _ = unsafe X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), authority.pointer)
        LibSSLErrors.clear()
    }

    /// Trusts the authorities that the system does.
    func trustSystem() -> Bool {
        // Safe: the context is ours.
        unsafe SSL_CTX_set_default_verify_paths(pointer) == 1
    }

    /// Names what sessions are for, so that none is resumed elsewhere, as libssl demands where clients have certificates.
    func setSessionContext(_ name: [UInt8]) {
        // Safe: libssl copies the octets.
        _ = unsafe SSL_CTX_set_session_id_context(pointer, name, UInt32(min(name.count, 32)))
    }
}

extension TLSVersion {
    fileprivate var number: Int32 {
        switch self {
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }
}

/// A private key in libcrypto's memory.
@safe final class LibSSLKey {
    let pointer: OpaquePointer

    /// The first private key in a PEM text; nil where there is none, or none that can be read without a password.
    init?(inPEM text: [UInt8]) {
        var found: OpaquePointer?
        unsafe withMemoryBIO(over: text) { bio in
            // Safe: the BIO is valid for this call; what is returned is ours, freed in `deinit`.
            unsafe found = copenssl_read_key(bio)
        }
        guard let found = unsafe found else { return nil }
        unsafe pointer = found
    }

    deinit {
        // Safe: see `init`.
        unsafe EVP_PKEY_free(pointer)
    }

    /// Overwrites a key's text that is no longer needed.
    static func wipe(_ text: inout [UInt8]) {
        // Safe: the count given is the buffer's own.
        unsafe text.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        text.removeAll()
    }

    func belongs(to certificate: LibSSLCertificate) -> Bool {
        // Safe: both outlive the call.
        let isMatch = unsafe X509_check_private_key(certificate.pointer, pointer) == 1
        LibSSLErrors.clear()
        return isMatch
    }
}
