import Synchronization
public import Transport

/// An HTTP/1.1 client for threads that may wait. It follows no redirects, repeats no request that may have been acted on, and keeps
/// connections for the next call.
public final class HTTPClient: Sendable {
    /// How it behaves. Times are in milliseconds.
    public struct Settings: Sendable {
        /// What connections to `https` URLs are secured with; without it there are none.
        public var tls: TLSClientContext?
        /// The path of a Unix socket that all calls go to, whatever host their URL names.
        public var unixSocket: String?
        /// How large answers' heads may be.
        public var limits = MessageLimits()
        /// For a connection and its handshake, within the time of the call.
        public var connectTimeout: UInt64 = 10_000
        /// Connections that are kept.
        public var maximumIdle = 8
        /// How long they are kept.
        public var idleTimeout: UInt64 = 20_000
        /// Content of more octets than that is sent once the server has asked for it, or said nothing for a second.
        public var expectsContinueAbove: UInt64 = 256 * 1024
        /// Whether answers are taken that end with the connection. Nobody can tell whether such an answer is whole.
        public var takesAnswersWithoutLength = false

        /// The values that these lines show.
        public init() {}
    }

    private struct Idle {
        let connection: HTTPClientConnection
        let until: UInt64
    }

    private let settings: Settings
    private let idle = Mutex<[Idle]>([])

    /// A client that is connected to nobody yet.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Sends a request and returns the answer, whose content may have up to `limit` octets.
    public func send(_ call: HTTPCall, limit: Int) throws(HTTPClientError) -> HTTPAnswer {
        let collected = CollectingSink()
        let head = try send(call, to: collected, limit: UInt64(max(0, limit)))
        return HTTPAnswer(head: head, content: collected.octets)
    }

    /// Sends a request and passes the answer on as it comes; returns its head once all of it has come.
    ///
    /// - Parameter limit: octets of content above which the call fails.
    /// - Throws: what is in `HTTPClientError.Kind`. What the sink has taken by then is not the whole.
    @discardableResult public func send(_ call: HTTPCall, to sink: any HTTPSink, limit: UInt64) throws(HTTPClientError)
        -> ResponseHead
    {
        let deadline = monotonicMilliseconds() &+ call.timeout
        if let kept = takeIdle(for: call.url) {
            do throws(HTTPClientError) {
                return try perform(call, on: kept, to: sink, limit: limit, deadline: deadline)
            } catch {
                // RFC 9112 section 9.3.1: the server may have closed just then. Once more, where it cannot have acted on it twice.
                let isRepeatable = error.kind == .interrupted && kept.isAnswerUntouched && call.method.isIdempotent
                guard isRepeatable, monotonicMilliseconds() < deadline else { throw error }
            }
        }
        let connection = try HTTPClientConnection(call.url, settings, deadline: deadline)
        return try perform(call, on: connection, to: sink, limit: limit, deadline: deadline)
    }

    /// Ends the connections that are kept.
    public func closeIdleConnections() { idle.withLock { $0 = [] } }

    private func perform(
        _ call: HTTPCall, on connection: HTTPClientConnection, to sink: any HTTPSink, limit: UInt64, deadline: UInt64
    ) throws(HTTPClientError) -> ResponseHead {
        let head = try connection.perform(call, to: sink, limit: limit, deadline: deadline)
        if connection.isReusable { keep(connection) }
        return head
    }

    private func takeIdle(for url: HTTPURL) -> HTTPClientConnection? {
        let now = monotonicMilliseconds()
        return idle.withLock { idle in
            idle.removeAll { $0.until <= now }
            while let index = idle.lastIndex(where: { $0.connection.isFor(url) }) {
                let connection = idle.remove(at: index).connection
                if connection.isQuiet { return connection }
            }
            return nil
        }
    }

    private func keep(_ connection: HTTPClientConnection) {
        let until = monotonicMilliseconds() &+ settings.idleTimeout
        idle.withLock { idle in
            idle.append(Idle(connection: connection, until: until))
            if idle.count > settings.maximumIdle { idle.removeFirst() }
        }
    }
}

/// Keeps content in memory.
private final class CollectingSink: HTTPSink {
    private(set) var octets: [UInt8] = []

    func begin(_ head: ResponseHead) {}

    func receive(_ piece: Span<UInt8>) { octets.append(copying: piece) }
}
