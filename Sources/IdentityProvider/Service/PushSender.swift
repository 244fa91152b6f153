public import CommonInterface
public import EventLog
public import HTTP
import Transport

/// Pushes one service provider's changes to its listener, in order, each until it is acknowledged: at least once.
///
/// Who does not take them is tried again after 1, 5 and 30 seconds, and then now and then; at once where it calls us, for then it
/// is there again.
public struct PushSender: Sendable {
    private let provider: IdentityProvider
    private let entityID: EntityID
    private let own: EntityID
    private let client: HTTPClient
    private let log: EventLog
    private var breaker = CircuitBreaker()
    private var calls: UInt64
    /// Answers in a row that said that the listener is not where it was to be.
    private var strayed = 0

    /// Milliseconds after which to look, though nothing was announced.
    static let idle = 10_000

    /// Pushes to `entityID` in the name of `own`, over `client`, which has our key and knows the listener's.
    public init(
        _ provider: IdentityProvider, to entityID: EntityID, from own: EntityID, client: HTTPClient, log: EventLog
    ) {
        self.provider = provider
        self.entityID = entityID
        self.own = own
        self.client = client
        self.log = log
        calls = provider.callCount(of: entityID)
    }

    /// Sends what there is.
    ///
    /// - Returns: after how many milliseconds to look again, unless `IdentityProvider.signal` announces something before.
    public mutating func step() -> Int {
        let now = Self.now
        let calls = provider.callCount(of: entityID)
        if calls != self.calls { breaker.hurry(now: now) }
        self.calls = calls
        if let wait = breaker.wait(now: now), wait > 0 { return Int(clamping: wait) }
        do {
            guard let pending = try provider.nextPush(to: entityID) else { return Self.idle }
            guard breaker.admits(now: now) else { return 1000 }
            try send(pending)
            breaker.succeeded()
            provider.report(nil, of: entityID)
            return 0
        } catch let error as PushFailure {
            return failed(error)
        } catch {
            return failed(PushFailure("\(error)"))
        }
    }

    private mutating func failed(_ failure: PushFailure) -> Int {
        let pause = breaker.failed(
            now: Self.now, retryAfter: failure.retryAfter, random: .random(in: 0...UInt64.max))
        log.log(
            .warning, "push-failed",
            [
                "provider": entityID.text, "reason": failure.reason, "failures": breaker.failures,
                "state": breaker.state.rawValue, "again-ms": pause,
            ])
        provider.report(
            PushReport(
                state: breaker.state, failures: breaker.failures, reason: failure.reason,
                nextAttempt: provider.clock() + pause / 1000), of: entityID)
        return Int(clamping: pause)
    }

    private mutating func send(_ pending: PendingPush) throws {
        guard let url = HTTPURL(pending.push.listener) else {
            throw PushFailure("\(pending.push.listener) is no URL")
        }
        let id = FeedService.newID()
        var fields: HTTPFields = ["Content-Type": MediaType.ldif, MediaType.entityHeader: own.text]
        fields.set(RequestID.header, id?.text)
        let call = HTTPCall(.post, url, fields, content: .octets(pending.push.body))
        let position = try position(of: client.send(call, limit: CallCoding.maximumLength))
        try provider.delivered(position, of: pending)
        log.log(
            .info, "pushed",
            [
                "provider": entityID.text, "request": id?.text ?? "-", "changes": pending.push.records,
                "transaction": position.description,
            ])
        strayed = position < pending.push.transactionID ? strayed + 1 : 0
        // Once may be a restart; who says so again and again would be pushed the same for ever.
        guard strayed < 2 else { throw PushFailure("the listener is at \(position) after every push") }
    }

    private func position(of answer: HTTPAnswer) throws -> TransactionID {
        let retryAfter = answer.head.fields["Retry-After"].flatMap { Int($0) }
        do throws(Refusal) {
            return try CallCoding.answer(PositionAnswer.self, from: answer.content).transactionID
        } catch {
            throw PushFailure("\(answer.head.status.code) \(error)", retryAfter: retryAfter)
        }
    }

    private static var now: Int64 { Int64(clamping: monotonicMilliseconds()) }
}

/// Why a push did not arrive.
private struct PushFailure: Error {
    let reason: String
    let retryAfter: Int?

    init(_ reason: String, retryAfter: Int? = nil) {
        self.reason = reason
        self.retryAfter = retryAfter
    }
}
