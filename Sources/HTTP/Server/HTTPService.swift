import EventLog
import Synchronization
import Transport

/// The server on one reactor. Confined to it.
final class HTTPService: ReactorService {
    let context: HTTPServerContext
    private var connections: [UInt64: HTTPServerConnection] = [:]
    private var date = (second: Int64(0), text: "")

    init(_ context: HTTPServerContext) { self.context = context }

    func accept(_ connection: Connection) -> any ConnectionHandler {
        let count = context.connectionCount.add(1, ordering: .relaxed).newValue
        let most = context.settings.maximumConnections
        let handler = HTTPServerConnection(connection, self, isTurnedAway: count > most)
        connections[connection.token] = handler
        if count > most &* 2 { connection.close() } else if let tls = context.settings.tls { connection.startTLS(tls) }
        return handler
    }

    /// Connections are never handed over: `HTTPServerConnection.handOver` gives nothing.
    func takeOver(_ connection: Connection, _ state: any Sendable) -> any ConnectionHandler { accept(connection) }

    func acceptFailed(_ code: Int32) { context.log.log(.error, "http-accept-failed", ["errno": code]) }

    func tick(now: UInt64) {
        for (token, connection) in connections {
            connection.reactor.withHandler(of: token) { _ in connection.checkDeadlines(now: now) }
        }
    }

    func forget(_ connection: Connection) {
        connections[connection.token] = nil
        context.connectionCount.subtract(1, ordering: .relaxed)
    }

    /// What the Date field says, put together once a second.
    func dateText() -> String {
        let now = secondsNow()
        if now != date.second { date = (now, HTTPDate.text(now)) }
        return date.text
    }
}
