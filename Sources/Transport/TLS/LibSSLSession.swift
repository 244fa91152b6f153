import COpenSSL
import Glibc

/// One TLS session over a socket's descriptor, which stays its owner's. Never blocks. Used by one thread at a time.
@safe final class LibSSLSession {
    /// What a call came to.
    enum Outcome: Equatable {
        /// That many octets; 1 for a handshake.
        case done(Int)
        /// To be tried again once the socket can be read, whatever was tried.
        case wantsReading
        /// To be tried again, with the same octets, once the socket can be written.
        case wantsWriting
        /// The peer has ended the session.
        case ended
        /// The connection broke, with this `errno`.
        case failed(Int32)
        /// TLS failed, for this reason.
        case refused(String)
    }

    private static let socketMethod = SocketMethod()

    private let session: OpaquePointer
    /// After a failure libssl is not to be called again for the session.
    private var isBroken = false

    /// A session that has yet to begin; nil where there is no memory.
    init?(_ context: LibSSLContext, descriptor: Int32, isServer: Bool) {
        // Safe: the session is owned here alone and freed in `deinit`; it holds its context by itself.
        guard let session = unsafe SSL_new(context.pointer) else { return nil }
        unsafe self.session = session
        guard unsafe copenssl_set_socket(session, Self.socketMethod.pointer, descriptor) == 1 else { return nil }
        if isServer { unsafe SSL_set_accept_state(session) } else { unsafe SSL_set_connect_state(session) }
    }

    deinit {
        // Safe: see `init`.
        unsafe SSL_free(session)
    }

    // MARK: - Octets

    /// Goes on with the handshake.
    func handshake() -> Outcome {
        // Safe: the session is valid until `deinit`; so in the calls below.
        attempt { unsafe SSL_do_handshake(session) }
    }

    /// Takes at most one record's octets into `buffer` from `offset` on.
    func receive(into buffer: borrowing ReceiveBuffer, from offset: Int) -> Outcome {
        let room = buffer.capacity - offset
        precondition(offset >= 0 && room > 0)
        // Safe: offset and room are within the buffer, which outlives the call.
        return attempt {
            unsafe SSL_read(session, buffer.storage.baseAddress.map { unsafe $0 + offset }, Int32(clamping: room))
        }
    }

    /// Sends what the peer takes of `octets`, a record at most.
    func send(_ octets: Span<UInt8>) -> Outcome {
        // Safe: pointer and count are of one span. What must be tried again may have moved (SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER).
        unsafe octets.withUnsafeBufferPointer { octets in
            attempt { unsafe SSL_write(session, octets.baseAddress, Int32(clamping: octets.count)) }
        }
    }

    /// Whether octets have been read from the socket and not yet given out.
    var hasPending: Bool {
        // Safe: the session is valid.
        unsafe SSL_has_pending(session) == 1
    }

    /// Tells the peer that nothing more will be sent (close_notify), if it takes it now.
    func finishSending() {
        guard !isBroken else { return }
        LibSSLErrors.clear()
        // Safe: the session is valid.
        _ = unsafe SSL_shutdown(session)
        LibSSLErrors.clear()
    }

    private func attempt(_ call: () -> Int32) -> Outcome {
        guard !isBroken else { return .ended }
        LibSSLErrors.clear()
        let result = call()
        if result > 0 { return .done(Int(result)) }
        let code = errno
        // Safe: the session is valid.
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsReading
        case SSL_ERROR_WANT_WRITE: return .wantsWriting
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL:
            isBroken = true
            LibSSLErrors.clear()
            return code == 0 ? .ended : .failed(code)
        default:
            isBroken = true
            return .refused(reason())
        }
    }

    private func reason() -> String {
        let words = LibSSLErrors.take()
        // Safe: the session is valid; the words for a result are static.
        let verification = unsafe SSL_get_verify_result(session)
        guard verification != X509_V_OK else { return words.isEmpty ? "TLS failed" : words }
        return unsafe "\(words): \(String(cString: X509_verify_cert_error_string(verification)))"
    }

    // MARK: - What the handshake came to

    /// Whether an earlier session was resumed.
    var isResumed: Bool {
        // Safe: the session is valid.
        unsafe SSL_session_reused(session) == 1
    }

    /// Version, cipher and, where it verified, the peer's certificate.
    var security: ConnectionSecurity {
        // Safe: names are static; the cipher is, too.
        let cipher = unsafe SSL_get_current_cipher(session)
        return ConnectionSecurity(
            strength: unsafe Int(SSL_CIPHER_get_bits(cipher, nil)),
            protocolName: unsafe String(cString: SSL_get_version(session)),
            cipherName: unsafe String(cString: SSL_CIPHER_standard_name(cipher)),
            peerCertificate: verifiedPeer?.description, peerKeyFingerprint: presentedPeer?.publicKeyFingerprint)
    }

    /// The peer's certificate, whether or not anybody vouches for it.
    var presentedPeer: LibSSLCertificate? {
        // Safe: the reference that libssl returns is ours.
        guard let certificate = unsafe SSL_get1_peer_certificate(session) else { return nil }
        return unsafe LibSSLCertificate(owning: certificate)
    }

    /// The peer's certificate, if it gave one and it verified.
    var verifiedPeer: LibSSLCertificate? {
        // Safe: the reference that libssl returns is ours.
        guard unsafe SSL_get_verify_result(session) == X509_V_OK,
            unsafe SSL_get_verify_mode(session) & SSL_VERIFY_PEER != 0,
            let certificate = unsafe SSL_get1_peer_certificate(session)
        else { return nil }
        return unsafe LibSSLCertificate(owning: certificate)
    }

    /// Keying material of this session that both sides know (RFC 9266); nil before TLS 1.3, where it may not tell sessions apart.
    var exporterBinding: [UInt8]? {
        // Safe: the session is valid.
        guard unsafe SSL_version(session) >= TLS1_3_VERSION else { return nil }
        let label = "EXPORTER-Channel-Binding"
        var octets = [UInt8](repeating: 0, count: 32)
        let size = octets.count
        // Safe: buffer and label go with their lengths; the context is empty.
        let status = unsafe SSL_export_keying_material(session, &octets, size, label, label.utf8.count, nil, 0, 1)
        return status == 1 ? octets : nil
    }

    /// The hash of the server's certificate (RFC 5929 section 4).
    ///
    /// - Parameter isServer: whether that is our own.
    func endPointBinding(isServer: Bool) -> [UInt8]? {
        guard isServer else { return verifiedPeer?.endPointBinding }
        // Safe: the certificate is the session's; a reference of our own is taken.
        guard let own = unsafe SSL_get_certificate(session), unsafe X509_up_ref(own) == 1 else { return nil }
        return unsafe LibSSLCertificate(owning: own).endPointBinding
    }

    // MARK: - For clients

    /// Has the server's certificate verified for `name`, and names it in the handshake.
    func expect(serverName name: String) -> Bool {
        // Safe: C strings made for the calls; libssl copies them. The parameters belong to the session.
        let parameters = unsafe SSL_get0_param(session)
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1 { return true }
        LibSSLErrors.clear()
        let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
        unsafe X509_VERIFY_PARAM_set_hostflags(parameters, flags)
        return unsafe SSL_set1_host(session, name) == 1 && copenssl_set_server_name(session, name) == 1
    }
}

/// The kind of BIO that sessions use; made once.
///
/// `@unchecked Sendable` because it is only read.
@safe private final class SocketMethod: @unchecked Sendable {
    let pointer: OpaquePointer?

    // Safe: never freed, since sessions use it until the process ends.
    init() { unsafe pointer = copenssl_bio_method() }
}
