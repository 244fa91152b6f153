public import CommonInterface
public import EventLog
public import HTTP

/// Pushes one service provider's changes to its listener, in order, each until it is acknowledged: at least once.
public struct PushSender: Sendable {
    private let provider: IdentityProvider
    private let entityID: EntityID
    private let own: EntityID
    private let client: HTTPClient
    private let log: EventLog
    private var failures = 0

    /// Seconds before a push is tried again: the last for as long as it takes.
    static let pauses = [1, 5, 30]

    /// Pushes to `entityID` in the name of `own`, over `client`, which has our key and knows the listener's.
    public init(
        _ provider: IdentityProvider, to entityID: EntityID, from own: EntityID, client: HTTPClient, log: EventLog
    ) {
        self.provider = provider
        self.entityID = entityID
        self.own = own
        self.client = client
        self.log = log
    }

    /// Sends what there is.
    ///
    /// - Returns: after how many milliseconds to look again.
    public mutating func step() -> Int {
        do {
            guard let pending = try provider.nextPush(to: entityID) else { return 20 }
            try send(pending)
            failures = 0
            return 0
        } catch {
            let pause = Self.pauses[min(failures, Self.pauses.count - 1)]
            failures += 1
            log.log(
                .warning, "push-failed",
                ["provider": entityID.text, "reason": "\(error)", "attempt": failures, "again": pause])
            return pause * 1000
        }
    }

    private func send(_ pending: PendingPush) throws {
        guard let url = HTTPURL(pending.push.listener) else {
            throw IdentityProviderError(.registry, "\(pending.push.listener) is no URL")
        }
        let id = FeedService.newID()
        var fields: HTTPFields = ["Content-Type": MediaType.ldif, MediaType.entityHeader: own.text]
        fields.set(RequestID.header, id?.text)
        let call = HTTPCall(.post, url, fields, content: .octets(pending.push.body))
        let answer = try client.send(call, limit: CallCoding.maximumLength)
        let position = try CallCoding.answer(PositionAnswer.self, from: answer.content)
        try provider.delivered(position.transactionID, of: pending)
        log.log(
            .info, "pushed",
            [
                "provider": entityID.text, "request": id?.text ?? "-", "changes": pending.push.records,
                "transaction": position.transactionID.description,
            ])
    }
}
