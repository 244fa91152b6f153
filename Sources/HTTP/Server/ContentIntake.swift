/// Content on its way to whoever wants it, and how long it has been waited for.
final class ContentIntake {
    enum Destination {
        case whole(@Sendable ([UInt8], HTTPExchange) -> Void)
        case pieces(any HTTPContentReceiver)
    }

    enum Delivery {
        case nothing
        /// A piece; the next must wait.
        case piece
        /// All of it.
        case end
    }

    private let destination: Destination
    /// Kept while content is awaited. While a piece is dealt with, and once all has come, whoever wants it has it, or nobody does.
    private var exchange: HTTPExchange?
    private var octets: [UInt8] = []
    private var count: UInt64 = 0
    /// Since when the client is waited for, and for how long it was before.
    private var waitingSince: UInt64
    private var waited: UInt64 = 0

    /// Whether a piece is being dealt with.
    private(set) var isHeld = false
    /// Whether all has come.
    var isComplete = false

    init(_ exchange: HTTPExchange, _ destination: Destination, now: UInt64) {
        self.exchange = exchange
        self.destination = destination
        waitingSince = now
    }

    func take(_ piece: Span<UInt8>, now: UInt64) {
        octets.append(copying: piece)
        count += UInt64(piece.count)
        waited += now &- waitingSince
        waitingSince = now
    }

    /// Whether any of it has come.
    var hasBegun: Bool { count > 0 }

    /// Passes on what has come since the last time, and the end.
    func deliver() -> Delivery {
        guard let exchange, !isHeld else { return .nothing }
        switch destination {
        case .whole(let then):
            guard isComplete else { return .nothing }
            self.exchange = nil
            then(octets, exchange)
            return .end
        case .pieces(let receiver):
            if !octets.isEmpty {
                isHeld = true
                var piece: [UInt8] = []
                swap(&piece, &octets)
                self.exchange = nil
                receiver.received(piece, exchange)
                return .piece
            }
            guard isComplete else { return .nothing }
            self.exchange = nil
            receiver.completed(exchange)
            return .end
        }
    }

    /// The last piece is dealt with: the client's time runs again.
    func release(_ exchange: HTTPExchange, now: UInt64) {
        self.exchange = exchange
        isHeld = false
        waitingSince = now
    }

    /// The rest will not come.
    func fail(_ reason: String) {
        abandon()
        if case .pieces(let receiver) = destination { receiver.failed(reason) }
    }

    /// Whoever wanted it has answered already.
    func abandon() {
        exchange?.markAnswered()
        exchange = nil
    }

    /// Whether the client has been waited for longer than its content is worth.
    func isLate(now: UInt64, _ settings: HTTPServerSettings) -> Bool {
        guard !isHeld, !isComplete else { return false }
        let allowed = settings.contentTimeout &+ count &* 1000 / max(1, settings.minimumRate)
        return waited &+ (now &- waitingSince) > allowed
    }
}
