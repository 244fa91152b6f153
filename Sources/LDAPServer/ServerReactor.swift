import AttributeIndex
import BER
import Directory
import EventLog
import LDAP
import ReusedMemory
import Synchronization
import Transport

/// The server on one reactor: what its connections share, so that a request in steady state allocates nothing. Confined
/// to the reactor.
final class ServerReactor: ReactorService {
    let context: ServerContext
    let reactor: Reactor
    /// Answers of the connection whose turn it is; sent and empty at the end of each turn.
    var output = BERWriter(capacity: 128 * 1024)
    var requests = RequestScratch()
    var controls = ReusedList<ControlFields>()
    var pages: PageStates
    let counters = Counters()
    var delayedBinds = DelayedBinds()
    private var floods = FloodGuard()
    /// Connections that are not read because they ask for too much too fast, until the next tick.
    private var held: [UInt64] = []
    private var nextCleanUp: UInt64 = 0
    private static let day: UInt64 = 24 * 3600 * 1000
    private var nextCertificateCheck: UInt64
    private var turnView: DirectoryView?
    private var monitorView: (view: DirectoryView, until: UInt64)?
    /// Milliseconds for which what cn=Monitor says is not said anew, so that asking for it is no burden.
    private static let monitorLifetime: UInt64 = 20

    init(context: ServerContext, reactor: Reactor) {
        self.context = context
        self.reactor = reactor
        nextCertificateCheck = reactor.now + Self.day
        pages = PageStates(
            lifetime: context.configuration.pageStateLifetime,
            perConnection: context.configuration.pageStatesPerConnection)
        context.monitor.register(counters)
    }

    func accept(_ connection: Connection) -> any ConnectionHandler {
        let handler = LDAPConnection(connection, server: self)
        // Before anything else: not even a refusal is said in the clear there.
        if let tls = handler.policy.implicitTLS { connection.startTLS(tls) }
        counters.add(.connections)
        let count = context.connectionCount.add(1, ordering: .relaxed).newValue
        if count > context.configuration.maximumConnections {
            handler.refuse(.connections)
        } else if !handler.enterAddress(most: context.configuration.maximumConnectionsOfAddress) {
            handler.refuse(.connectionsOfAddress)
        }
        return handler
    }

    func takeOver(_ connection: Connection, _ state: any Sendable) -> any ConnectionHandler {
        guard let session = state as? LDAPConnection.AtRest else { return accept(connection) }
        return LDAPConnection(connection, server: self, continuing: session)
    }

    func proxyRefused(_ arrival: Arrival, _ reason: ProxyHeaderError) {
        context.log.log(
            .warning, "proxy-refused", ["peer": arrival.peer.description, "reason": reason.description])
    }

    func acceptFailed(_ code: Int32) {
        context.log.log(.error, "accept-failed", ["errno": code, "reactor": reactor.index])
    }

    func tick(now: UInt64) {
        pages.expire(now: now)
        releaseHeld()
        for bind in delayedBinds.takeDue(now: now) {
            reactor.withHandler(of: bind.connection) { ($0 as? LDAPConnection)?.goOn(bind.attempt, bind.step) }
        }
        for (refusal, count) in floods.takeSuppressed(now: now) {
            context.log.log(
                .info, "refused-more", ["reason": refusal.name, "times": count, "reactor": reactor.index])
        }
        if reactor.index == 0, now >= nextCleanUp {
            nextCleanUp = now + 10_000
            context.clients.forgetTheGone(now: now)
            let context = context
            if context.configuration.binds.applicationPasswords != nil {
                _ = context.workers.submit { context.writeUses() }
            }
        }
        if let monitorView, now >= monitorView.until { self.monitorView = nil }
        if reactor.index == 0, now >= nextCertificateCheck {
            nextCertificateCheck = now + Self.day
            context.warnOfCertificates()
        }
        // A reactor at rest must not hold a state of the directory that is no more.
        requests.searches.releaseViews()
    }

    // MARK: - Refusals

    /// Counts a refusal; false where there are so many that it is not to be logged.
    func refused(_ refusal: Refusal, isLogged: Bool = true) -> Bool {
        counters.refused(refusal)
        return isLogged && floods.mayLog(refusal, now: reactor.now)
    }

    /// Has `LDAPConnection.release` called at the next tick.
    func hold(_ connection: UInt64) { held.append(connection) }

    private func releaseHeld() {
        guard !held.isEmpty else { return }
        var due: [UInt64] = []
        swap(&due, &held)
        for token in due { reactor.withHandler(of: token) { ($0 as? LDAPConnection)?.release() } }
    }

    // MARK: - Turns

    /// The newest state of the directory; the same for all requests of one turn.
    func view() -> DirectoryView {
        if let turnView { return turnView }
        let view = context.directory.view()
        turnView = view
        return view
    }

    /// What the server says of itself; nil where that cannot be put together.
    func monitorView(beside view: DirectoryView) -> DirectoryView? {
        if let monitorView, reactor.now < monitorView.until { return monitorView.view }
        do throws(SegmentError) {
            let made = try context.monitor.view(beside: view, context)
            monitorView = (made, reactor.now + Self.monitorLifetime)
            return made
        } catch {
            context.log.log(.error, "no-monitor", ["reason": error.description])
            return nil
        }
    }

    func endTurn() { turnView = nil }
}

/// Requests as they are read and performed, in memory that is used again and again.
struct RequestScratch: ~Copyable {
    var fields = SearchRequestFields()
    var filter = FlatFilter()
    var searches = SearchBatch()
    var comparisons = CompareBatch()
    /// For each request of a batch, its message.
    var messages = ReusedList<PipelinedMessage>()
}

/// The message of a request in a batch.
struct PipelinedMessage {
    let messageID: MessageID
    /// Where it ends in what was received.
    let end: Int
}
