import Credentials
import Directory
import EventLog
import Synchronization
import Transport

/// What all reactors of a server share; immutable, or safe by itself.
final class ServerContext: Sendable {
    let configuration: ServerConfiguration
    let directory: Directory
    let verifier: PasswordVerifier
    let workers: WorkerPool
    /// Those that wait for other servers, so that nobody else waits for these; nil where there are none.
    let upstreamWorkers: WorkerPool?
    let log: EventLog
    let claims: ClaimSearch
    let failedBinds: FailedBinds
    let decoys: SCRAMDecoys?
    /// Nil where every bind is verified.
    let verifiedBinds: VerifiedBinds?
    /// Seals paged search cookies; new with each process, whose states of the directory they name.
    let cookieKey: [UInt8]
    let connectionCount = Atomic<Int>(0)
    let clients = Clients()
    let monitor: Monitor
    private let connectionNumbers = Atomic<UInt64>(0)

    init(
        configuration: ServerConfiguration, directory: Directory, verifier: PasswordVerifier, workers: WorkerPool,
        upstreamWorkers: WorkerPool?, log: EventLog, cookieKey: [UInt8]
    ) {
        self.configuration = configuration
        self.directory = directory
        self.verifier = verifier
        self.workers = workers
        self.upstreamWorkers = upstreamWorkers
        self.log = log
        self.cookieKey = cookieKey
        monitor = Monitor(vendor: configuration.vendor)
        claims = ClaimSearch(configuration.binds)
        failedBinds = FailedBinds(configuration.binds.delays)
        decoys = configuration.binds.decoys ?? SCRAMDecoys()
        let lifetime = configuration.binds.cacheLifetime
        verifiedBinds = lifetime > .zero ? VerifiedBinds(capacity: 16_384, lifetime: lifetime) : nil
    }

    /// Says that the index is damaged to the log and to whom it concerns.
    func reportDamage(_ reason: String, connection: UInt64) {
        log.log(.error, "index-damaged", ["connection": connection, "reason": reason])
        configuration.indexDamaged(reason)
    }

    /// Says which certificates end soon, or have ended.
    func warnOfCertificates() {
        for policy in configuration.listeners {
            guard let warning = policy.tls?.warning else { continue }
            log.log(.warning, "certificate-expires", ["listener": policy.url, "advice": warning])
        }
    }

    /// The next connection's number, from 1, for the log.
    func nextConnectionNumber() -> UInt64 { connectionNumbers.add(1, ordering: .relaxed).newValue }
}
