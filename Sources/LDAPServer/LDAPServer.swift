public import Addresses
public import Credentials
public import Directory
public import EventLog
import LDAP
import LDAPClient
public import Transport

/// A read-only LDAPv3 server (RFC 4511) over a directory.
public final class LDAPServer: Sendable {
    /// The controls that requests may carry, by OID; for the root DSE (RFC 4512 section 5.1).
    public static let supportedControls = [OID.Control.manageDsaIT, OID.Control.pagedResults]
    /// The extended operations that are performed, by OID; for the root DSE.
    public static func supportedExtensions(of configuration: ServerConfiguration) -> [String] {
        let offersStartTLS = configuration.listeners.contains { $0.tls != nil && !$0.isImplicitTLS }
        return LDAPConnection.supportedExtensions + (offersStartTLS ? [OID.Extension.startTLS] : [])
    }

    /// Where the server says what it does; for the root DSE.
    public static let monitorContext = MonitorTree.base

    private let context: ServerContext
    let reactors: ReactorGroup

    /// Starts the threads of a server that listens nowhere yet.
    ///
    /// - Throws: where the system gives no thread, descriptor or random octets.
    public init(
        configuration: ServerConfiguration = ServerConfiguration(), directory: Directory,
        verifier: PasswordVerifier = PasswordVerifier(), log: EventLog = .silent
    ) throws(TransportError) {
        guard let key = LibCrypto.randomOctets(count: 32) else { throw TransportError.noRandomness }
        let upstreamThreads = configuration.binds.passThrough.reduce(0) { $0 + $1.pool.upstream.connections }
        let context = ServerContext(
            configuration: configuration, directory: directory, verifier: verifier,
            workers: try WorkerPool(
                threads: configuration.workerCount, maximumQueue: configuration.maximumWaitingBinds),
            upstreamWorkers: upstreamThreads == 0
                ? nil : try WorkerPool(threads: upstreamThreads, maximumQueue: configuration.maximumWaitingBinds),
            log: log, cookieKey: key)
        self.context = context
        let group = ReactorGroup.Configuration(
            reactorCount: configuration.reactorCount, timeouts: configuration.timeouts,
            tickInterval: configuration.tickInterval)
        context.warnOfCertificates()
        reactors = try ReactorGroup(group) { ServerReactor(context: context, reactor: $0) }
    }

    /// Listens on `address` from the return on, and tells where that is: port 0 becomes the one that was free, and a name,
    /// or no host, may stand for several addresses. `listener` is the number of its policy in the configuration.
    @discardableResult
    public func listen(on address: ListenAddress, listener: Int = 0) throws(TransportError) -> [ListenAddress] {
        let addresses = try reactors.listen(on: address, number: listener)
        for address in addresses { context.log.log(.info, "listening", ["address": address.description]) }
        return addresses
    }

    /// Listens on a bound socket from the return on, and has it as its own. `proxies`: see `ReactorGroup.listen`.
    public func listen(
        on socket: ListeningSocket, listener: Int, proxies: [IPPrefix] = []
    ) throws(TransportError) {
        try reactors.listen(on: socket, number: listener, proxies: proxies)
        context.log.log(.info, "listening", ["address": socket.address.description])
    }

    /// Calls `body` once each reactor has come round: none of them is stuck, then.
    public func afterEachReactorTurned(_ body: @escaping @Sendable () -> Void) { reactors.afterEachTurned(body) }

    /// Has handshakes to come use the certificates, authorities and ciphers of `listeners`, which are matched by their URLs.
    /// Connections stay; listeners that are not there yet, or are no more, need another start.
    public func reloadCertificates(from listeners: [ListenerPolicy]) {
        for policy in context.configuration.listeners {
            guard let tls = policy.tls, let new = listeners.first(where: { $0.url == policy.url })?.tls else {
                continue
            }
            tls.adopt(new)
            context.log.log(.info, "certificate-loaded", ["listener": policy.url, "file": tls.settings.certificate])
        }
        context.warnOfCertificates()
    }

    /// Connections at this moment.
    public var connectionCount: Int { reactors.connectionCount }

    /// Stops: listens no more, finishes what is under way, tells every client (RFC 4511 section 4.4.1), ends what has not
    /// finished within `milliseconds`, and returns when all threads have ended.
    public func drain(within milliseconds: UInt64 = 5000) {
        context.log.log(.info, "draining", ["connections": connectionCount])
        reactors.drain(within: milliseconds)
        context.workers.stop()
        context.upstreamWorkers?.stop()
        context.writeUses()
        context.log.log(.info, "stopped")
    }
}
