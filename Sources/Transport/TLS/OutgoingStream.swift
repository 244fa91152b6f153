import Glibc

/// A connection to another server, for threads that may wait. Every call has a deadline: a value of
/// `monotonicMilliseconds()` at which it fails with `TransportError.isTimeout`.
///
/// `@unchecked Sendable` because its owner lets one thread at a time use it.
public final class OutgoingStream: @unchecked Sendable {
    private static let bufferSize = 16 * 1024

    /// The server, for people: "ldap.example.edu:636".
    public let name: String
    private var socket: Socket?
    private var session: LibSSLSession?
    private let buffer = ReceiveBuffer(capacity: bufferSize)
    /// What was received and not yet asked for.
    private var rest: [UInt8] = []

    /// Connects to the first address of `host` (a name, or an address without brackets) that answers. Looking the name up has the
    /// resolver's own time limits.
    public init(host: String, port: UInt16, deadline: UInt64) throws(TransportError) {
        name = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        socket = try OutgoingSocket.connect(host: host, port: port, deadline: deadline)
    }

    /// Connects to a Unix socket, given by its path.
    public init(unixSocket path: String) throws(TransportError) {
        name = path
        socket = try OutgoingSocket.connect(path: path)
    }

    deinit { close() }

    /// Secures the connection. The server's certificate must verify, be for `serverName` (a DNS name, or an IP address without
    /// brackets), and have one of the pinned keys, if there are any; or what else the context's `verification` says. What came in the clear and was not read is an error: it
    /// must not be taken for an answer over TLS.
    public func startTLS(
        _ context: TLSClientContext, serverName: String, deadline: UInt64
    ) throws(TransportError) {
        guard rest.isEmpty, session == nil else {
            throw refused("octets came in the clear behind the answer to StartTLS")
        }
        guard let session = LibSSLSession(context.context, descriptor: try descriptor, isServer: false),
            session.expect(serverName: serverName)
        else { throw refused("\(serverName) is not a name for a server") }
        self.session = session
        let done = try transfer("secure the connection to \(name)", deadline: deadline) { _ in session.handshake() }
        guard done > 0 else { throw refused("the server closed during the handshake") }
        try checkKey(context.settings, serverName)
    }

    private func checkKey(_ settings: TLSClientContext.Settings, _ serverName: String) throws(TransportError) {
        let pins = settings.pinnedPublicKeys
        guard settings.verification != .authority || !pins.isEmpty else { return }
        guard let certificate = session?.presentedPeer, pins.contains(certificate.publicKeyFingerprint) else {
            close()
            throw refused("its key is none of the pinned ones")
        }
        guard settings.verification != .pinnedKeyAndName || certificate.isFor(serverName) else {
            close()
            throw refused("its certificate has a pinned key, and is not for \(serverName)")
        }
    }

    /// What protects the connection; `peerCertificate` is the server's.
    public var security: ConnectionSecurity { session?.security ?? .none }

    /// What ties an authentication to the connection; nil without TLS.
    public func channelBinding(_ kind: ChannelBinding) -> [UInt8]? {
        switch kind {
        case .tlsExporter: session?.exporterBinding
        case .tlsServerEndPoint: session?.endPointBinding(isServer: false)
        }
    }

    /// Waits for octets, and returns between 1 and `count` of them; none where the server has closed.
    public func read(upTo count: Int, deadline: UInt64) throws(TransportError) -> [UInt8] {
        guard count > 0 else { return [] }
        if rest.isEmpty {
            let received = try transfer("read from \(name)", deadline: deadline) { stream in stream.receive() }
            var octets: [UInt8] = []
            buffer.withPrefix(received) { octets.append(copying: $0) }
            if octets.count <= count { return octets }
            rest = octets
        }
        let taken = Array(rest.prefix(count))
        rest.removeFirst(taken.count)
        return taken
    }

    /// Sends all of `octets`.
    public func write(_ octets: Span<UInt8>, deadline: UInt64) throws(TransportError) {
        var sent = 0
        while sent < octets.count {
            let operation = "write to \(name)"
            switch send(octets.extracting(droppingFirst: sent)) {
            case .done(let count): sent += count
            case let outcome: try wait(outcome, operation, deadline)
            }
        }
    }

    /// Whether nothing has come, not even the connection's end: whether a pool may use it again.
    public var isQuiet: Bool {
        guard rest.isEmpty, let descriptor = socket?.descriptor else { return false }
        guard session?.hasPending == true || OutgoingSocket.wait(descriptor, deadline: 0) else { return true }
        // What has come may be a message of TLS itself, such as a session ticket.
        return session != nil && receive() == .wantsReading
    }

    /// Ends the connection, politely where that takes no time; also done where the last reference goes.
    public func close() {
        session?.finishSending()
        session = nil
        socket = nil
    }

    /// Ends the connection without a word, as a client that dies does.
    func cutOff() {
        session = nil
        socket = nil
    }

    // MARK: - One step

    private var descriptor: Int32 {
        get throws(TransportError) {
            guard let descriptor = socket?.descriptor else {
                throw TransportError(operation: "use \(name)", code: ENOTCONN)
            }
            return descriptor
        }
    }

    private func receive() -> LibSSLSession.Outcome {
        guard socket != nil else { return .failed(ENOTCONN) }
        if let session { return session.receive(into: buffer, from: 0) }
        return LibSSLSession.Outcome(socket?.receive(into: buffer) ?? .failed(ENOTCONN), otherwise: .wantsReading)
    }

    private func send(_ octets: Span<UInt8>) -> LibSSLSession.Outcome {
        if let session { return session.send(octets) }
        return LibSSLSession.Outcome(socket?.send(octets) ?? .failed(ENOTCONN), otherwise: .wantsWriting)
    }

    /// Repeats `step` until it is done; 0 where the server has closed.
    private func transfer(
        _ operation: String, deadline: UInt64, _ step: (OutgoingStream) -> LibSSLSession.Outcome
    ) throws(TransportError) -> Int {
        while true {
            switch step(self) {
            case .done(let count): return count
            case .ended: return 0
            case let outcome: try wait(outcome, operation, deadline)
            }
        }
    }

    private func wait(
        _ outcome: LibSSLSession.Outcome, _ operation: String, _ deadline: UInt64
    ) throws(TransportError) {
        switch outcome {
        case .done: return
        case .wantsReading, .wantsWriting:
            let isReady = OutgoingSocket.wait(try descriptor, writable: outcome == .wantsWriting, deadline: deadline)
            if !isReady { throw TransportError(operation: operation, code: ETIMEDOUT) }
        case .ended: throw TransportError(operation: operation, code: ECONNRESET, reason: "the server has closed")
        case .failed(let code): throw TransportError(operation: operation, code: code)
        case .refused(let reason): throw TransportError(operation: operation, code: EPROTO, reason: reason)
        }
    }

    private func refused(_ reason: String) -> TransportError {
        TransportError(operation: "secure the connection to \(name)", code: EPROTO, reason: reason)
    }
}

extension LibSSLSession.Outcome {
    /// The same without TLS; `otherwise` is what blocked.
    fileprivate init(_ result: IOResult, otherwise: LibSSLSession.Outcome) {
        switch result {
        case .transferred(let count): self = .done(count)
        case .wouldBlock: self = otherwise
        case .endOfStream: self = .ended
        case .failed(let code): self = .failed(code)
        }
    }
}
