import Glibc

/// A connection's octets under TLS, as the server. Confined to the reactor of its connection, and never handed over: the
/// session's keys and counters live here.
final class TLSStream {
    /// Kept open for as long as libssl may use its descriptor.
    private let socket: SocketStream
    private let session: LibSSLSession
    /// What came after the last octets that were received, still to be told.
    private var ending: IOResult?

    /// Why TLS failed, where it did: both ways then give `failed(EPROTO)`.
    private(set) var failure: String?
    /// Whether octets wait here, of which epoll knows nothing: `receive` is to be called again.
    private(set) var hasReceivedMore = false
    /// Whether `receive` waits until the socket can be written.
    private(set) var receivingNeedsWriting = false
    /// Whether `send` waits until the socket can be read.
    private(set) var sendingNeedsReading = false

    /// Goes on with `socket`, whose next octets are the client's hello; nil where there is no memory.
    init?(_ context: TLSContext, over socket: SocketStream) {
        guard let session = LibSSLSession(context.current, descriptor: socket.descriptor, isServer: true) else {
            return nil
        }
        self.socket = socket
        self.session = session
    }

    /// Goes on with the handshake.
    func handshake() -> LibSSLSession.Outcome {
        let outcome = session.handshake()
        guard case .done = outcome else { return outcome }
        // A resumed session brings its certificate along, which may have expired meanwhile.
        if let certificate = session.verifiedPeer, certificate.daysUntilEnd < 0 {
            return .refused("the client's certificate has expired")
        }
        hasReceivedMore = session.hasPending
        return outcome
    }

    var security: ConnectionSecurity { session.security }

    func channelBinding(_ kind: ChannelBinding) -> [UInt8]? {
        switch kind {
        case .tlsExporter: session.exporterBinding
        case .tlsServerEndPoint: session.endPointBinding(isServer: true)
        }
    }

    /// Fills the buffer from as many records as are there, or leaves `hasReceivedMore` set.
    func receive(into buffer: borrowing ReceiveBuffer) -> IOResult {
        hasReceivedMore = false
        receivingNeedsWriting = false
        if let ending { return ending }
        var count = 0
        while count < buffer.capacity {
            switch session.receive(into: buffer, from: count) {
            case .done(let more):
                count += more
                // The rest is in the kernel, and epoll tells of it.
                guard session.hasPending else { return .transferred(count) }
            case .wantsReading: return count > 0 ? .transferred(count) : .wouldBlock
            case .wantsWriting:
                receivingNeedsWriting = true
                return count > 0 ? .transferred(count) : .wouldBlock
            case .ended: return end(.endOfStream, after: count)
            case .failed(let code): return end(.failed(code), after: count)
            case .refused(let reason):
                failure = reason
                return end(.failed(EPROTO), after: count)
            }
        }
        hasReceivedMore = true
        return .transferred(count)
    }

    private func end(_ result: IOResult, after count: Int) -> IOResult {
        ending = result
        hasReceivedMore = count > 0
        return count > 0 ? .transferred(count) : result
    }

    /// Sends record after record. What is sent again after `wouldBlock` must begin with the same octets, which `Connection`
    /// keeps to: they are in a record that libssl has sealed already.
    func send(_ octets: Span<UInt8>) -> IOResult {
        sendingNeedsReading = false
        var count = 0
        while count < octets.count {
            switch session.send(octets.extracting(droppingFirst: count)) {
            case .done(let more): count += more
            case .wantsReading:
                sendingNeedsReading = true
                return count > 0 ? .transferred(count) : .wouldBlock
            case .wantsWriting: return count > 0 ? .transferred(count) : .wouldBlock
            case .ended: return .endOfStream
            case .failed(let code): return .failed(code)
            case .refused(let reason):
                failure = reason
                return .failed(EPROTO)
            }
        }
        return .transferred(count)
    }

    /// Says that nothing more will be sent (close_notify).
    func finishSending() { session.finishSending() }
}
