public import LDAP
import Transport

/// One connection to another LDAP server, for a thread that may wait: one request at a time, and each has a deadline, a value
/// of `monotonicMilliseconds()`. After an error the connection is of no more use.
public final class LDAPClient {
    /// Octets of one answer that are read at most.
    private static let maximumMessage = 1 << 20

    private let stream: OutgoingStream
    private var input: [UInt8] = []
    private var lastID: Int32 = 0

    /// Connects, and begins TLS where there is to be any.
    public init(_ upstream: Upstream, deadline: UInt64) throws(LDAPClientError) {
        do throws(TransportError) {
            stream = try OutgoingStream(host: upstream.host, port: upstream.port, deadline: deadline)
        } catch {
            throw .transport(error)
        }
        switch upstream.security {
        case .none: break
        case .ldaps(let context): try beginTLS(context, upstream.host, deadline)
        case .startTLS(let context):
            let answer = try perform(.extendedRequest(ExtendedRequest(OID.Extension.startTLS)), deadline)
            guard case .extendedResponse(let response) = answer else { throw .protocolViolation }
            guard response.result.code == .success else { throw .startTLSRefused(response.result.code) }
            // What came behind the answer came in the clear, from whomever.
            guard input.isEmpty else { throw .protocolViolation }
            try beginTLS(context, upstream.host, deadline)
        }
    }

    private func beginTLS(_ context: TLSClientContext, _ name: String, _ deadline: UInt64) throws(LDAPClientError) {
        do throws(TransportError) {
            try stream.startTLS(context, serverName: name, deadline: deadline)
        } catch {
            throw .transport(error)
        }
    }

    /// Binds with a password, which must not be empty: many servers take a bind without one for an anonymous one and say
    /// success (RFC 4513 section 5.1.2). An empty one is refused here, and not sent.
    public func bind(
        _ name: String, password: Span<UInt8>, deadline: UInt64
    ) throws(LDAPClientError) -> LDAPResult {
        guard !password.isEmpty, !name.isEmpty else { return LDAPResult(.invalidCredentials) }
        let octets = password.indices.map { password[$0] }
        let answer = try perform(
            .bindRequest(BindRequest(name: name, authentication: .simple(octets))), deadline)
        guard case .bindResponse(let response) = answer else { throw .protocolViolation }
        return response.result
    }

    /// Searches, and returns what was found with how it ended. References to other servers are passed over.
    public func search(
        _ request: SearchRequest, deadline: UInt64
    ) throws(LDAPClientError) -> (entries: [SearchResultEntry], result: LDAPResult) {
        let id = try send(.searchRequest(request), deadline)
        var entries: [SearchResultEntry] = []
        while true {
            switch try receive(id, deadline) {
            case .searchResultEntry(let entry): entries.append(entry)
            case .searchResultReference: break
            case .searchResultDone(let result): return (entries, result)
            default: throw .protocolViolation
            }
        }
    }

    /// Whether nothing has come that nobody asked for, not even the connection's end.
    public var isUsable: Bool { input.isEmpty && stream.isQuiet }

    /// Takes leave (RFC 4511 section 4.3) and closes.
    public func unbind() {
        _ = try? send(.unbindRequest, monotonicMilliseconds() + 100)
        stream.close()
    }

    // MARK: - Messages

    private func perform(_ operation: ProtocolOp, _ deadline: UInt64) throws(LDAPClientError) -> ProtocolOp {
        try receive(send(operation, deadline), deadline)
    }

    private func send(_ operation: ProtocolOp, _ deadline: UInt64) throws(LDAPClientError) -> MessageID {
        lastID += 1
        guard lastID < Int32.max, let id = MessageID(rawValue: lastID) else { throw .closed }
        do throws(TransportError) {
            try stream.write(LDAPMessage(id, operation).encoded.span, deadline: deadline)
        } catch {
            throw .transport(error)
        }
        return id
    }

    private func receive(_ id: MessageID, _ deadline: UInt64) throws(LDAPClientError) -> ProtocolOp {
        let message = try nextMessage(deadline)
        if message.messageID == .unsolicited { throw .closed }
        guard message.messageID == id else { throw .protocolViolation }
        return message.operation
    }

    private func nextMessage(_ deadline: UInt64) throws(LDAPClientError) -> LDAPMessage {
        while true {
            do throws(LDAPDecodingError) {
                if let (message, length) = try Self.firstMessage(of: input) {
                    input.removeFirst(length)
                    return message
                }
            } catch {
                throw .protocolViolation
            }
            let octets: [UInt8]
            do throws(TransportError) {
                octets = try stream.read(upTo: 16 * 1024, deadline: deadline)
            } catch {
                throw .transport(error)
            }
            guard !octets.isEmpty else { throw .closed }
            input += octets
        }
    }

    private static func firstMessage(
        of octets: [UInt8]
    ) throws(LDAPDecodingError) -> (message: LDAPMessage, length: Int)? {
        let span = octets.span
        guard let length = try nextMessageLength(span, limit: maximumMessage) else { return nil }
        return (try LDAPMessage(decoding: span.extracting(first: length)), length)
    }
}
