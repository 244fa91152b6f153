import LDAP
import Testing
import Transport
import TransportTesting

@testable import LDAPServer

/// An LDAP client that can begin TLS; what it waits for fails after ten seconds.
final class SecureClient {
    static let authority = Result { try TestAuthority() }
    static let identity = Result { try authority.get().issue("server") }

    let stream: OutgoingStream
    /// Kept for as long as its client.
    private let server: TestServer
    private var input: [UInt8] = []
    private var lastID: Int32 = 0

    init(_ server: TestServer, isImplicit: Bool = false) throws {
        self.server = server
        stream = try OutgoingStream(host: "127.0.0.1", port: server.port, deadline: Self.soon)
        if isImplicit { try beginTLS() }
    }

    static var soon: UInt64 { monotonicMilliseconds() + 10_000 }

    /// What a listener is to have.
    static func policy(
        isImplicit: Bool = false, requiresConfidentiality: Bool = false,
        _ configure: (inout TLSContext.Settings) -> Void = { _ in }
    ) throws -> ListenerPolicy {
        let files = try identity.get()
        var settings = TLSContext.Settings(certificate: files.certificate, key: files.key)
        configure(&settings)
        var policy = ListenerPolicy(url: "ldap://test")
        policy.tls = try TLSContext(settings)
        policy.isImplicitTLS = isImplicit
        policy.requiresConfidentiality = requiresConfidentiality
        return policy
    }

    func beginTLS() throws {
        var settings = TLSClientContext.Settings()
        settings.authorities = try Self.authority.get().certificate
        try stream.startTLS(TLSClientContext(settings), serverName: "localhost", deadline: Self.soon)
    }

    func send(octets: [UInt8]) throws { try stream.write(octets.span, deadline: Self.soon) }

    func message(_ operation: ProtocolOp) -> [UInt8] {
        lastID += 1
        return LDAPMessage(MessageID(rawValue: lastID) ?? .unsolicited, operation).encoded
    }

    /// The next message; nil where the server has closed.
    func receive() throws -> LDAPMessage? {
        while true {
            if let (message, length) = try Self.next(in: input) {
                input.removeFirst(length)
                return message
            }
            let more = try stream.read(upTo: 65536, deadline: Self.soon)
            guard !more.isEmpty else { return nil }
            input += more
        }
    }

    private static func next(in input: [UInt8]) throws -> (LDAPMessage, Int)? {
        let octets = input.span
        guard let length = try nextMessageLength(octets, limit: 1 << 30) else { return nil }
        return (try LDAPMessage(decoding: octets.extracting(first: length)), length)
    }

    func perform(_ operation: ProtocolOp) throws -> LDAPMessage {
        try send(octets: message(operation))
        return try #require(try receive())
    }

    /// The result of an extended operation.
    func extended(_ name: String, value: [UInt8]? = nil) throws -> ExtendedResponse {
        let answer = try perform(.extendedRequest(ExtendedRequest(name, value: value)))
        guard case .extendedResponse(let response) = answer.operation else { throw UnexpectedAnswer() }
        return response
    }

    func startTLS() throws -> ResultCode { try extended(OID.Extension.startTLS).result.code }

    func whoAmI() throws -> String {
        String(decoding: try extended(OID.Extension.whoAmI).value ?? Array("?".utf8), as: UTF8.self)
    }

    func bind(_ name: String, _ password: String) throws -> ResultCode {
        let request = BindRequest(name: name, authentication: .simple(Array(password.utf8)))
        guard case .bindResponse(let response) = try perform(.bindRequest(request)).operation else {
            throw UnexpectedAnswer()
        }
        return response.result.code
    }

    struct UnexpectedAnswer: Error {}
}
