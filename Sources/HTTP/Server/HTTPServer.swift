public import EventLog
import Synchronization
public import Transport

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on reactors of its own.
public final class HTTPServer: Sendable {
    private let reactors: ReactorGroup
    private let log: EventLog

    /// Starts the threads of a server that listens nowhere yet.
    ///
    /// - Throws: where the system gives no thread or descriptor.
    public init(
        _ settings: HTTPServerSettings = HTTPServerSettings(), log: EventLog = .silent, handler: any HTTPHandler
    ) throws(TransportError) {
        self.log = log
        let timeouts = Timeouts(idle: 0, message: 0, write: settings.writeTimeout, handshake: settings.handshakeTimeout)
        let configuration = ReactorGroup.Configuration(
            reactorCount: settings.reactorCount, timeouts: timeouts, tickInterval: settings.tickInterval,
            receiveCapacity: 64 * 1024)
        let shared = HTTPServerContext(settings: settings, log: log, handler: handler)
        reactors = try ReactorGroup(configuration) { _ in HTTPService(shared) }
    }

    /// Listens on `address` from the return on, and tells where that is: port 0 becomes the one that was free. `number` comes back
    /// with each request (`HTTPPeer.listener`).
    @discardableResult public func listen(on address: ListenAddress, number: Int = 0) throws(TransportError)
        -> [ListenAddress]
    {
        let addresses = try reactors.listen(on: address, number: number)
        for address in addresses { log.log(.info, "http-listening", ["address": address.description]) }
        return addresses
    }

    /// Listens on a bound socket from the return on, and has it as its own.
    public func listen(on socket: ListeningSocket, number: Int = 0) throws(TransportError) {
        try reactors.listen(on: socket, number: number)
        log.log(.info, "http-listening", ["address": socket.address.description])
    }

    /// Connections at this moment.
    public var connectionCount: Int { reactors.connectionCount }

    /// Calls `body` once each reactor has come round, which one that is stuck does not.
    public func afterEachReactorTurned(_ body: @escaping @Sendable () -> Void) { reactors.afterEachTurned(body) }

    /// Stops: takes no more requests, lets those under way be answered, ends what has not within `milliseconds`, and returns when the
    /// threads have ended. Not to be called on a reactor.
    public func drain(within milliseconds: UInt64) { reactors.drain(within: milliseconds) }
}

/// What all connections of a server share.
final class HTTPServerContext: Sendable {
    let settings: HTTPServerSettings
    let log: EventLog
    let handler: any HTTPHandler
    let connectionCount = Atomic<Int>(0)
    let requestCount = Atomic<Int>(0)
    let addresses: AddressCounts

    init(settings: HTTPServerSettings, log: EventLog, handler: any HTTPHandler) {
        self.settings = settings
        addresses = AddressCounts(most: max(1, settings.maximumConnectionsOfAddress))
        self.log = log
        self.handler = handler
    }
}
