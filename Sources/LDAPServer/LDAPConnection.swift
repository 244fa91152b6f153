import Addresses
import BER
import Credentials
import Directory
import EventLog
import LDAP
import Synchronization
import Transport

/// One client's LDAP session: frames its requests and performs them in order, one at a time.
///
/// What takes longer than a turn (a search of many entries, a password check) stays the connection's *activity*; requests
/// that come meanwhile wait in a queue, but for abandon, cancel and unbind, which take effect at once. So a bind waits for
/// all before it and holds off all after it (RFC 4511 section 4.2.1), and answers come in the order of requests.
/// Where the queue is full nothing more is read: the client is held up, and no request of it is refused for its haste.
final class LDAPConnection: ConnectionHandler {
    /// What is under way.
    enum Activity {
        case none
        case search(ActiveSearch)
        case bind(BindAttempt)
        case startTLS(MessageID)
    }

    /// Octets of answers after which they are sent before more are made.
    private static let flushThreshold = 64 * 1024
    /// Requests between two looks at the clock, and how long a turn may take, in microseconds.
    private static let requestsPerClockRead = 16
    private static let turnTime: UInt64 = 100

    let connection: Connection
    let server: ServerReactor
    /// The connection's number in the log.
    let number: UInt64
    /// Who asks, from where and over what: kept current by binds and by StartTLS.
    var requester: Requester {
        didSet {
            isAuthenticated = requester.identity != .anonymous
            session = nil
            if requester != oldValue { limits = resolveLimits() }
        }
    }
    private(set) var isAuthenticated = false
    /// What the connection brings along for binds.
    var kind = ConnectionKind.clear
    /// The exchange of a SASL bind that has begun; `isExchanging` says whether there is one.
    var exchange: SASLExchange? {
        didSet { isExchanging = exchange != nil }
    }
    private(set) var isExchanging = false
    /// What access rules say of the client; nil where it has to be found out, and where there are none.
    private var session: SessionAccess?
    /// What the client may take; resolved when it comes and when it binds.
    private(set) var limits = ClientLimits.anonymous {
        didSet { if limits != oldValue || limits.rates.isLimited { applyLimits() } }
    }
    /// What requests go through, where their rate is limited; `isMetered` says whether.
    var gate: RequestGate? {
        didSet { isMetered = gate != nil }
    }
    private var isMetered = false
    /// Whether nothing is read until `release`.
    var isHeld = false
    /// The address and the identity that the connection is counted to.
    var countedAddress: IPAddress?
    var countedIdentity: [UInt8]?
    /// What is under way; `isBusy` says whether anything is.
    var activity = Activity.none {
        didSet { if case .none = activity { isBusy = false } else { isBusy = true } }
    }
    private(set) var isBusy = false
    let queue = RequestQueue()
    private var isDraining = false

    init(_ connection: Connection, server: ServerReactor) {
        self.connection = connection
        self.server = server
        number = server.context.nextConnectionNumber()
        requester = Requester(address: connection.arrival.peer.address, listener: connection.arrival.listener)
        securityChanged()
        log.log(.debug, "connect", ["connection": number, "peer": connection.arrival.peer.description])
        begin()
    }

    /// A property's observers are not called in an initialiser.
    private func begin() { limits = resolveLimits() }

    /// What is left of a session between two requests.
    struct AtRest: Sendable {
        let number: UInt64
        let requester: Requester
        let limits: ClientLimits
        let gate: RequestGate?
        let countedAddress: IPAddress?
        let countedIdentity: [UInt8]?
    }

    /// Goes on with a session that another reactor hands over.
    init(_ connection: Connection, server: ServerReactor, continuing session: AtRest) {
        self.connection = connection
        self.server = server
        number = session.number
        requester = session.requester
        isAuthenticated = session.requester.identity != .anonymous
        limits = session.limits
        gate = session.gate
        isMetered = session.gate != nil
        countedAddress = session.countedAddress
        countedIdentity = session.countedIdentity
        securityChanged()
    }

    func handOver() -> (any Sendable)? {
        guard isIdle, !isDraining, !isExchanging, !server.pages.holds(connection: connection.token) else { return nil }
        return AtRest(
            number: number, requester: requester, limits: limits, gate: gate, countedAddress: countedAddress,
            countedIdentity: countedIdentity)
    }

    /// A state of the directory as far as the client may see it: the only way to ask the directory anything for a client.
    func granted(_ view: DirectoryView) -> GrantedView {
        var granted = view.granted(to: requester, session: &session)
        granted.rootDSE = kind.rawValue
        return granted
    }

    var log: EventLog { server.context.log }

    var identity: Identity { requester.identity }

    // MARK: - Turns

    var isIdle: Bool { !isBusy && queue.isEmpty }

    func received(_ octets: Span<UInt8>) -> Int {
        var taken = 0
        var count = 0
        var nextClockRead = Self.requestsPerClockRead
        var start: UInt64?
        while connection.isOpen, connection.isReading, !connection.hasPendingOutput {
            let rest = octets.extracting(droppingFirst: taken)
            guard let length = messageLength(rest) else { break }
            if isMetered, !admitsRequest() { break }
            let (requests, together) = isAlone(length, in: rest) ? (0, 0) : performTogether(rest)
            if requests == 0 {
                handle(rest.extracting(first: length))
                if length < rest.count { sendIfMuch(&server.output) }
            }
            taken += requests > 0 ? together : length
            count += max(requests, 1)
            guard count >= nextClockRead else { continue }
            nextClockRead = count + Self.requestsPerClockRead
            let now = monotonicMicroseconds()
            if now > (start ?? now) + Self.turnTime {
                // The others' turn; `resume` goes on.
                connection.isReading = false
                connection.schedule()
            }
            start = start ?? now
        }
        if isBusy, case .startTLS(let messageID) = activity {
            finishStartTLS(messageID, isLast: taken == octets.count)
        }
        server.counters.add(.octetsReceived, taken)
        endTurn()
        return taken
    }

    /// Whether the first message, of `length` octets, is to be performed for itself: nothing that came with it could be begun
    /// before it is done.
    private func isAlone(_ length: Int, in octets: Span<UInt8>) -> Bool {
        length == octets.count || isBusy || !queue.isEmpty || isMetered || isExchanging
    }

    /// Sends answers before more are made, where they are many.
    func sendIfMuch(_ output: inout BERWriter) {
        if output.count >= Self.flushThreshold { send(&output) }
    }

    func resume() {
        proceed()
        readAgain()
        endTurn()
    }

    func outputDrained() {
        proceed()
        readAgain()
        endTurn()
    }

    private func endTurn() {
        flush()
        server.endTurn()
    }

    /// Goes on with the activity, or with what waits behind it.
    private func proceed() {
        guard connection.isOpen, !connection.hasPendingOutput else { return }
        switch activity {
        case .search(let search): resume(search)
        case .bind, .startTLS: break
        case .none: performQueued()
        }
    }

    func readAgain() {
        if !isQueueFull, !isHeld { connection.isReading = true }
    }

    /// Whether so much waits that nothing more is to be read.
    private var isQueueFull: Bool { queue.count >= limits.outstanding || queue.octets >= limits.requestOctets }

    /// To be called where an activity has ended.
    func activityEnded() {
        activity = .none
        if !queue.isEmpty { connection.schedule() } else if isDraining { finishDraining() }
    }

    private func performQueued() {
        while connection.isOpen, !isBusy, server.output.count < Self.flushThreshold, let next = queue.popFirst() {
            next.pdu.withOctets { perform($0) }
        }
        if !isBusy, !queue.isEmpty { connection.schedule() }
        if isDraining, isIdle { finishDraining() }
    }

    /// Sends what this turn has written.
    func flush() {
        send(&server.output)
    }

    func send(_ output: inout BERWriter) {
        guard !output.isEmpty else { return }
        server.counters.add(.octetsSent, output.count)
        connection.send(output.bytes)
        // One huge answer is not paid for ever.
        output.removeAll(keepingAtMost: 1024 * 1024)
    }

    // MARK: - Requests

    private func messageLength(_ octets: Span<UInt8>) -> Int? {
        do throws(LDAPDecodingError) {
            return try nextMessageLength(octets, limit: limits.requestOctets)
        } catch {
            disconnect(.protocolError, error.reason, as: refusal(of: octets))
            return nil
        }
    }

    private func handle(_ pdu: Span<UInt8>) {
        guard isBusy || !queue.isEmpty else { return perform(pdu) }
        let request: RequestReader
        do throws(LDAPDecodingError) {
            request = try RequestReader(pdu)
        } catch {
            return disconnect(.protocolError, error.reason, as: .malformed)
        }
        if takesEffectAtOnce(request) { return perform(request, pdu) }
        queue.append(QueuedRequest(messageID: request.messageID, operation: request.operation, pdu: SecretOctets(pdu)))
        guard isQueueFull else { return }
        connection.isReading = false
        noteRefusal(.heldForQueue)
    }

    private func takesEffectAtOnce(_ request: borrowing RequestReader) -> Bool {
        switch request.operation {
        case .abandon, .unbind: true
        // StartTLS does not wait for what is outstanding: it is refused then.
        case .extended: isExtended(request, OID.Extension.cancel) || isExtended(request, OID.Extension.startTLS)
        case .bind, .search, .compare, .add, .modify, .delete, .modifyDN: false
        }
    }

    private func perform(_ pdu: Span<UInt8>) {
        let request: RequestReader
        do throws(LDAPDecodingError) {
            request = try RequestReader(pdu)
        } catch {
            return disconnect(.protocolError, error.reason, as: .malformed)
        }
        perform(request, pdu)
    }

    private func perform(_ request: borrowing RequestReader, _ pdu: Span<UInt8>) {
        server.counters.began(request.operation)
        if isExchanging, endsExchange(request) { return }
        do throws(LDAPDecodingError) {
            switch request.operation {
            case .bind: try bind(request)
            case .unbind: unbind()
            case .search: try search(request, pdu)
            case .compare: try compare(request, pdu)
            case .abandon: try abandon(request)
            case .extended: try extended(request)
            case .add, .modify, .delete, .modifyDN: try refuseWrite(request)
            }
        } catch {
            answer(error, to: request)
        }
    }

    /// What the controls of a request ask for; see `RequestControls.init`.
    func controls(
        of request: borrowing RequestReader, accepted: RequestControls.Accepted
    ) throws(LDAPDecodingError) -> RequestControls? {
        guard request.controls != nil else { return RequestControls() }
        try checkNumberOfControls(request)
        return try RequestControls(request, accepted: accepted, scratch: &server.controls)
    }

    /// RFC 4511 section 4.1.1: what is malformed ends the session; a value out of range is the operation's own failure.
    private func answer(_ error: LDAPDecodingError, to request: borrowing RequestReader) {
        switch error {
        case .malformed(let reason): disconnect(.protocolError, reason, as: .malformed)
        case .protocolError(_, let reason):
            log.log(
                .debug, "protocol-error",
                ["connection": number, "message": request.messageID.rawValue, "reason": reason])
            answer(request, LDAPResult(.protocolError, diagnosticMessage: reason.description))
        }
    }

    /// Writes the one response that `request` has; none for abandon and unbind.
    func answer(_ request: borrowing RequestReader, _ result: LDAPResult) {
        answer(request.operation, request.messageID, result)
    }

    func answer(_ operation: RequestOperation, _ messageID: MessageID, _ result: LDAPResult) {
        server.counters.ended(operation, result.code)
        guard let response = operation.response else { return }
        writeResult(to: &server.output, operation: response, messageID: messageID, result: result)
    }

    // MARK: - The end

    /// RFC 4511 section 4.4.1. As what the end counts, if it is a refusal.
    func disconnect(_ code: ResultCode, _ reason: StaticString, as refusal: Refusal? = nil) {
        guard connection.isOpen else { return }
        server.counters.add(.notices)
        if refusal.map({ server.refused($0) }) ?? true {
            log.log(
                .info, "disconnecting",
                [
                    "connection": number, "peer": connection.arrival.peer.description, "result": code.description,
                    "reason": reason,
                ])
        }
        let result = LDAPResult(code, diagnosticMessage: reason.description)
        writeNoticeOfDisconnection(to: &server.output, result: result)
        flush()
        connection.close(lingers: true)
    }

    /// The session ends before it began: there are too many.
    func refuse(_ refusal: Refusal) { disconnect(.busy, "too many connections", as: refusal) }

    func deadlinePassed(_ deadline: Connection.Deadline) {
        switch deadline {
        case .message: disconnect(.protocolError, "the message did not end in time", as: .messageDeadline)
        case .idle, .write:
            noteRefusal(deadline == .idle ? .idle : .writeDeadline)
            connection.close()
        // The connection ends by itself, and `closed` has the reason.
        case .handshake: break
        }
    }

    func drain() {
        isDraining = true
        if isIdle { finishDraining() }
    }

    private func finishDraining() { disconnect(.unavailable, "the server is shutting down") }

    func closed(_ reason: Connection.CloseReason) {
        activity = .none
        queue.removeAll()
        server.pages.forget(connection: connection.token)
        server.requests.searches.releaseViews()
        server.context.connectionCount.subtract(1, ordering: .relaxed)
        leaveClients()
        if case .tls(let words) = reason { noteTLSFailure(words) }
        log.log(.debug, "disconnect", ["connection": number, "reason": reason.description])
    }
}

extension Connection.CloseReason {
    fileprivate var description: String {
        switch self {
        case .local: "closed"
        case .peer: "closed by peer"
        case .failed(let code): "errno \(code)"
        case .tls(let reason): "TLS: \(reason)"
        case .stopped: "stopped"
        }
    }
}
