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
        let isCounted = enterAddress(of: connection)
        let handler = HTTPServerConnection(connection, self, isTurnedAway: count > most, isCounted: isCounted)
        connections[connection.token] = handler
        if !isCounted || count > most &* 2 {
            connection.close()
        } else if let tls = context.settings.tls {
            connection.startTLS(tls)
        }
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

    /// False where the connection's address has as many as it may.
    private func enterAddress(of connection: Connection) -> Bool {
        guard let address = connection.arrival.peer.address else { return true }
        switch context.addresses.enter(address) {
        case .admitted: return true
        case .refused(let isFirst):
            if isFirst {
                context.log.log(
                    .warning, "http-too-many-connections",
                    [
                        "peer": connection.arrival.peer.description,
                        "most": context.settings.maximumConnectionsOfAddress,
                    ])
            }
            return false
        }
    }

    func forget(_ connection: Connection, isCounted: Bool) {
        if isCounted, let address = connection.arrival.peer.address { context.addresses.leave(address) }
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
