public import CommonInterface
import Credentials
public import EventLog
public import HTTP
public import Transport

/// The calls of service providers over HTTP: who asks is told by the key of the connection, and by nothing else.
public final class FeedService: HTTPHandler {
    private let provider: IdentityProvider
    private let keys: @Sendable ([UInt8]) -> EntityID?
    private let log: EventLog
    private let workers: WorkerPool
    private let progress = RetrievalProgress()

    /// A service.
    ///
    /// - Parameters:
    ///   - keys: whose key a SHA-256 of a SubjectPublicKeyInfo is.
    /// - Throws: where the system gives no threads.
    public init(
        _ provider: IdentityProvider, log: EventLog, keys: @escaping @Sendable ([UInt8]) -> EntityID?
    ) throws(TransportError) {
        self.provider = provider
        self.keys = keys
        self.log = log
        workers = try WorkerPool(threads: 4, maximumQueue: 256)
    }

    /// Whether a peer's key is registered: what `HTTPServerSettings.admits` is to be.
    public func admits(_ peer: HTTPPeer) -> Bool { peer.publicKeyFingerprint.flatMap(keys) != nil }

    /// See `HTTPHandler`.
    public func react(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction {
        let id = request.fields[RequestID.header].flatMap { RequestID($0) } ?? Self.newID()
        guard let caller = request.peer.publicKeyFingerprint.flatMap(keys) else {
            return .answer(Self.response(to: Refusal(.forbidden, "the key presented is not registered"), id))
        }
        if let call = Call(path: request.target.path) {
            guard request.method == .post else { return .answer(.methodNotAllowed([.post])) }
            return .collect(upTo: CallCoding.maximumLength) { [self] body, exchange in
                work(exchange, id) { [self] in answer(call, body, caller, id) }
            }
        }
        let segments = request.target.segments
        guard segments.count == 3, segments[0] == "v1", segments[1] == "files" else {
            return .answer(Self.response(to: Refusal(.notFound, "there is nothing here"), id))
        }
        guard request.method == .get || request.method == .head else {
            return .answer(.methodNotAllowed([.get, .head]))
        }
        let token = segments[2]
        work(exchange, id) { [self] in file(token, request, caller, id) }
        return .answerLater
    }

    /// Ends the threads; for the end of the process.
    public func stop() { workers.stop() }

    private func work(
        _ exchange: HTTPExchange, _ id: RequestID?, _ body: @escaping @Sendable () -> HTTPResponse
    ) {
        guard !workers.submit({ exchange.answer(body()) }) else { return }
        exchange.answer(Self.response(to: Refusal(.unavailable, "too much to do", retryAfter: 5), id))
    }

    private func answer(_ call: Call, _ body: [UInt8], _ caller: EntityID, _ id: RequestID?) -> HTTPResponse {
        do throws(Refusal) {
            let answer = try done(call, body, caller)
            log.log(.info, "call", ["call": call.rawValue, "provider": caller.text, "request": id?.text ?? "-"])
            return Self.response(answer, id)
        } catch {
            log.log(
                .warning, "call-refused",
                [
                    "call": call.rawValue, "provider": caller.text, "request": id?.text ?? "-",
                    "code": error.code.rawValue, "reason": error.message,
                ])
            return Self.response(to: error, id)
        }
    }

    private func done(_ call: Call, _ body: [UInt8], _ caller: EntityID) throws(Refusal) -> any Encodable & Sendable {
        switch call {
        case .initialize:
            try provider.initialize(CallCoding.request(InitializeRequest.self, from: body), from: caller)
        case .snapshot: try provider.snapshot(CallCoding.request(SnapshotRequest.self, from: body), from: caller)
        case .subscription:
            try provider.subscription(CallCoding.request(SubscriptionRequest.self, from: body), from: caller)
        case .changelog: try provider.changelog(CallCoding.request(ChangelogRequest.self, from: body), from: caller)
        case .reset: try provider.reset(CallCoding.request(ResetRequest.self, from: body), from: caller)
        }
    }

    private func file(_ token: String, _ request: HTTPRequest, _ caller: EntityID, _ id: RequestID?) -> HTTPResponse {
        do throws(Refusal) {
            let retrieved = try provider.retrieve(token, from: caller)
            guard let file = try? ServedFile(path: retrieved.path, entityTag: EntityTag(retrieved.file.digest)) else {
                throw Refusal(.notFound, "the file was replaced just now")
            }
            var response = HTTPResponse.file(file, to: request, Self.fields(retrieved.file, id))
            if case .file(_, let range) = response.content {
                response.fileSent = { [self] count in
                    sent(range.lowerBound..<range.lowerBound &+ count, of: retrieved.file, to: caller, id)
                }
            }
            return response
        } catch {
            return Self.response(to: error, id)
        }
    }

    /// So much of a file has gone. A changelog that has gone whole is deleted.
    private func sent(_ octets: Range<UInt64>, of file: PreparedFile, to caller: EntityID, _ id: RequestID?) {
        log.log(
            .info, "file-sent",
            [
                "provider": caller.text, "request": id?.text ?? "-", "kind": file.mechanism.rawValue,
                "transaction": file.transactionID, "from": octets.lowerBound, "to": octets.upperBound, "of": file.size,
            ])
        // Where there is too much to do it stays until its deadline.
        if progress.note(octets, of: file, to: caller) { _ = workers.submit { [provider] in provider.retrieved(file) } }
    }

    private static func fields(_ file: PreparedFile, _ id: RequestID?) -> HTTPFields {
        var fields: HTTPFields = ["Content-Type": MediaType.ldif, "Cache-Control": "no-store"]
        // RFC 9530 section 2: a structured field of the digest's octets.
        if let digest = Hexadecimal.octets(of: file.digest) {
            fields.set("Repr-Digest", "sha-256=:\(Base64Text.encode(digest)):")
        }
        fields.set(RequestID.header, id?.text)
        return fields
    }

    private static func response(_ answer: some Encodable, _ id: RequestID?) -> HTTPResponse {
        guard let body = try? CallCoding.body(ofSuccess: answer) else {
            return response(to: Refusal(.internalServerError, "the answer cannot be written"), id)
        }
        return HTTPResponse(.ok, fields(id), content: body)
    }

    private static func response(to refusal: Refusal, _ id: RequestID?) -> HTTPResponse {
        var fields = fields(id)
        fields.set("Retry-After", refusal.retryAfter.map { String($0) })
        let body = (try? CallCoding.body(of: refusal)) ?? []
        var response = HTTPResponse(HTTPStatus(refusal.code.httpStatus), fields, content: body)
        response.closesConnection = refusal.code == .forbidden
        return response
    }

    private static func fields(_ id: RequestID?) -> HTTPFields {
        var fields: HTTPFields = ["Content-Type": MediaType.json, "Cache-Control": "no-store"]
        fields.set(RequestID.header, id?.text)
        return fields
    }

    static func newID() -> RequestID? { LibCrypto.randomOctets(count: 16).flatMap { RequestID(random: $0) } }
}
