import Synchronization
import Transport

/// One request and its answer, from any thread. Whoever drops it unanswered has the client told that something went wrong (500).
public final class HTTPExchange: Sendable {
    private let reactor: Reactor
    private let token: UInt64
    private let number: UInt64
    private let isAnswered = Atomic<Bool>(false)

    init(_ connection: Connection, number: UInt64) {
        reactor = connection.reactor
        token = connection.token
        self.number = number
    }

    deinit {
        if !isAnswered.load(ordering: .relaxed) {
            Self.send(HTTPResponse(.internalServerError, text: "Nobody answered"), reactor, token, number)
        }
    }

    /// Answers; the first answer counts.
    public func answer(_ response: HTTPResponse) { if markAnswered() { Self.send(response, reactor, token, number) } }

    /// Has the next piece of content read: the last one is dealt with.
    public func proceed() {
        reactor.post { [self] reactor in
            reactor.withHandler(of: token) { ($0 as? HTTPServerConnection)?.proceed(self, number) }
        }
    }

    /// False where it was answered before.
    @discardableResult func markAnswered() -> Bool {
        isAnswered.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
    }

    private static func send(_ response: HTTPResponse, _ reactor: Reactor, _ token: UInt64, _ number: UInt64) {
        reactor.post { reactor in
            reactor.withHandler(of: token) { ($0 as? HTTPServerConnection)?.answer(response, number) }
        }
    }
}
