public import CommonInterface
public import EventLog
public import HTTP
public import Transport

/// Where identity providers push changes to. Who pushes is told by the connection's key alone, and has to name itself besides.
public final class PushListener: HTTPHandler {
    /// Octets of the largest push: what a provider puts together, or one record alone.
    public static let maximumLength = 40 << 20
    /// Pushes that wait for a thread, at most.
    private static let maximumQueue = 16

    private let controller: FeedController
    private let keys: @Sendable ([UInt8]) -> EntityID?
    private let log: EventLog
    private let workers: WorkerPool

    /// A listener.
    ///
    /// - Parameters:
    ///   - keys: whose key a SHA-256 of a SubjectPublicKeyInfo is; asked on reactors, it must not wait.
    /// - Throws: where the system gives no threads.
    public init(
        _ controller: FeedController, keys: @escaping @Sendable ([UInt8]) -> EntityID?, log: EventLog
    ) throws(TransportError) {
        self.controller = controller
        self.keys = keys
        self.log = log
        workers = try WorkerPool(threads: 4, maximumQueue: Self.maximumQueue)
    }

    /// Whether a peer's key is registered: what `HTTPServerSettings.admits` is to be.
    public func admits(_ peer: HTTPPeer) -> Bool { peer.publicKeyFingerprint.flatMap(keys) != nil }

    /// See `HTTPHandler`.
    public func react(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction {
        let id = request.fields[RequestID.header].flatMap { RequestID($0) }?.text ?? ProviderAgent.newID()
        guard let source = request.peer.publicKeyFingerprint.flatMap(keys) else {
            return .answer(refuse(Refusal(.forbidden, "the key presented is not registered"), nil, id))
        }
        guard request.method == .post else { return .answer(.methodNotAllowed([.post])) }
        guard request.fields[MediaType.entityHeader] == source.text else {
            let reason = "\(MediaType.entityHeader) does not name the identity provider whose key is presented"
            return .answer(refuse(Refusal(.forbidden, reason), source, id))
        }
        guard request.fields["Content-Type"]?.lowercased().hasPrefix(MediaType.ldif) == true else {
            return .answer(refuse(Refusal(.badRequest, "expected \(MediaType.ldif)"), source, id))
        }
        return .collect(upTo: Self.maximumLength) { [self] body, exchange in
            let isTaken = workers.submit { [self] in exchange.answer(answer(body, source, id)) }
            if isTaken { return }
            exchange.answer(refuse(Refusal(.unavailable, "too much to do", retryAfter: 1), source, id))
        }
    }

    /// Ends the threads, when what they have is done; for the end of the process.
    public func stop() { workers.stop() }

    private func answer(_ body: [UInt8], _ source: EntityID, _ id: String) -> HTTPResponse {
        switch controller.receive(body, from: source) {
        case .refused(let refusal): return refuse(refusal, source, id)
        case .durable(let position):
            log.log(
                .info, "push-taken",
                ["source": source.text, "request": id, "octets": body.count, "transaction": position.description])
            guard let content = try? CallCoding.body(ofSuccess: PositionAnswer(transactionID: position)) else {
                return refuse(Refusal(.internalServerError, "the answer cannot be written"), source, id)
            }
            return HTTPResponse(.ok, Self.fields(id), content: content)
        }
    }

    private func refuse(_ refusal: Refusal, _ source: EntityID?, _ id: String) -> HTTPResponse {
        log.log(
            .warning, "push-refused",
            [
                "source": source?.text ?? "-", "request": id, "code": refusal.code.rawValue,
                "reason": refusal.message,
            ])
        var fields = Self.fields(id)
        fields.set("Retry-After", refusal.retryAfter.map { String($0) })
        var response = HTTPResponse(
            HTTPStatus(refusal.code.httpStatus), fields, content: (try? CallCoding.body(of: refusal)) ?? [])
        response.closesConnection = refusal.code == .forbidden
        return response
    }

    private static func fields(_ id: String) -> HTTPFields {
        ["Content-Type": MediaType.json, "Cache-Control": "no-store", RequestID.header: id]
    }
}
