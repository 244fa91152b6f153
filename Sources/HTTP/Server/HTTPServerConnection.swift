import EventLog
import Synchronization
import Transport

/// One connection to the server: reads a request, has it answered, goes on with the next. Confined to its reactor.
///
/// While a request is being answered nothing is read, so that answers come in the order of requests (RFC 9112 section 9.3.2) and
/// a client is held up, not buffered.
final class HTTPServerConnection: ConnectionHandler {
    enum Phase {
        /// A request is awaited, or its head is coming.
        case head
        /// Content is coming.
        case content(ContentIntake)
        /// The handler owes an answer.
        case answering
        /// The answer goes out step by step.
        case sending(FileSending)
        /// All is said.
        case over
    }

    let service: HTTPService
    private let connection: Connection
    private let isTurnedAway: Bool
    /// Whether it is one of its address's connections.
    private let isCounted: Bool
    private var reader: RequestReader
    private var phase = Phase.head
    /// Counts requests, so that a late answer is not taken for another's.
    private var number: UInt64 = 0
    private var current: RequestHead?
    private var endsAfterAnswer = false
    /// Whether the client waits to be told to send its content.
    private var owesContinue = false
    private var isDraining = false
    private var lastActivity: UInt64
    private var headSince: UInt64?

    init(_ connection: Connection, _ service: HTTPService, isTurnedAway: Bool, isCounted: Bool) {
        self.connection = connection
        self.service = service
        self.isTurnedAway = isTurnedAway
        self.isCounted = isCounted
        reader = RequestReader(service.context.settings.limits)
        lastActivity = connection.reactor.now
    }

    var reactor: Reactor { connection.reactor }
    private var context: HTTPServerContext { service.context }
    private var settings: HTTPServerSettings { service.context.settings }

    // MARK: - Input

    func received(_ octets: Span<UInt8>) -> Int {
        lastActivity = reactor.now
        var index = 0
        do throws(HTTPMessageError) {
            while wantsInput, connection.isOpen, !connection.hasPendingOutput,
                let event = try reader.next(octets, from: &index)
            {
                switch event {
                case .head(let head): try begin(head, octets, &index)
                case .content(let range): take(octets.extracting(range))
                case .end: endContent()
                }
            }
        } catch {
            refuse(error)
            return octets.count
        }
        if case .content(let intake) = phase {
            if owesContinue, index == octets.count, !intake.hasBegun {
                connection.send(HeadWriter.response(.continue, [:]).span)
            }
            owesContinue = false
            deliver(intake)
        }
        headSince = reader.isInHead ? headSince ?? reactor.now : nil
        connection.isReading = wantsInput
        return index
    }

    /// Whether octets are of use. What is behind a request waits in the kernel until its answer has gone.
    private var wantsInput: Bool {
        switch phase {
        case .head: true
        case .content(let intake): !intake.isHeld && !intake.isComplete
        case .answering, .sending, .over: false
        }
    }

    private func begin(_ head: RequestHead, _ octets: Span<UInt8>, _ index: inout Int) throws(HTTPMessageError) {
        number &+= 1
        current = head
        context.requestCount.add(1, ordering: .relaxed)
        phase = .answering
        endsAfterAnswer = !head.keepsConnection || isDraining
        owesContinue = try head.expectsContinue()
        let hasContent = reader.expectsContent
        if !hasContent { _ = try reader.next(octets, from: &index) }
        let exchange = HTTPExchange(connection, number: number)
        let request = HTTPRequest(head: head, peer: HTTPPeer(connection), hasContent: hasContent)
        switch reaction(to: request, exchange) {
        case .answer(let response):
            exchange.markAnswered()
            endsAfterAnswer = endsAfterAnswer || hasContent
            send(response)
        case .answerLater: endsAfterAnswer = endsAfterAnswer || hasContent
        case .collect(_, let then) where !hasContent: then([], exchange)
        case .collect(let limit, let then):
            receive(ContentIntake(exchange, .whole(then), now: reactor.now), limit: UInt64(max(0, limit)))
        case .stream(_, let receiver) where !hasContent: receiver.completed(exchange)
        case .stream(let limit, let receiver):
            receive(ContentIntake(exchange, .pieces(receiver), now: reactor.now), limit: limit)
        }
    }

    private func receive(_ intake: ContentIntake, limit: UInt64) {
        reader.contentLimit = limit
        phase = .content(intake)
    }

    private func reaction(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction {
        guard settings.admits(request.peer) else {
            context.log.log(
                .warning, "http-not-admitted",
                [
                    "peer": request.peer.address.description,
                    "key": request.peer.publicKeyFingerprint.map(hexadecimal) ?? "none",
                ])
            endsAfterAnswer = true
            return .answer(HTTPResponse(.forbidden, text: "This client's key is not registered here"))
        }
        if isTurnedAway || context.requestCount.load(ordering: .relaxed) > settings.maximumRequests {
            endsAfterAnswer = endsAfterAnswer || isTurnedAway
            return .answer(.unavailable(retryAfter: settings.retryAfter))
        }
        return context.handler.react(to: request, exchange)
    }

    // MARK: - Content

    private func take(_ octets: Span<UInt8>) {
        guard case .content(let intake) = phase else { return }
        intake.take(octets, now: reactor.now)
    }

    private func endContent() {
        guard case .content(let intake) = phase else { return }
        intake.isComplete = true
    }

    /// Passes on what has come, and the end.
    private func deliver(_ intake: ContentIntake) {
        switch intake.deliver() {
        case .nothing, .piece: break
        case .end: phase = .answering
        }
    }

    /// The last piece is dealt with.
    func proceed(_ exchange: HTTPExchange, _ number: UInt64) {
        guard number == self.number, case .content(let intake) = phase, intake.isHeld else { return }
        intake.release(exchange, now: reactor.now)
        deliver(intake)
        connection.isReading = wantsInput
    }

    // MARK: - Answers

    func answer(_ response: HTTPResponse, _ number: UInt64) {
        guard number == self.number else { return }
        switch phase {
        case .answering: send(response)
        case .content(let intake):
            // Before the content has come whole: what is left of it is not waited for.
            endsAfterAnswer = true
            intake.abandon()
            send(response)
        case .head, .sending, .over: return
        }
    }

    private func send(_ response: HTTPResponse) {
        let head = current
        endsAfterAnswer = endsAfterAnswer || response.closesConnection || isDraining
        var fields = response.fields
        fields.set("Date", service.dateText())
        if !response.status.hasNoContent { fields.set("Content-Length", "\(response.content.count)") }
        if endsAfterAnswer { fields.set("Connection", "close") }
        var octets = HeadWriter.response(response.status, fields)
        let isBare = head?.method == .head || response.status.hasNoContent
        context.log.log(.debug, "http-answered", ["status": response.status.code, "method": head?.method.name ?? ""])
        switch response.content {
        case .octets(let content):
            if !isBare { octets += content }
            connection.send(octets.span)
            finish()
        case .file(let file, let range):
            connection.send(octets.span)
            guard !isBare, !range.isEmpty else { return finish() }
            phase = .sending(FileSending(file, range, whenOver: response.fileSent))
            lastActivity = reactor.now
            connection.isReading = false
            connection.schedule()
        }
    }

    func resume() { sendNext() }

    func outputDrained() { sendNext() }

    /// One step of a file: the others have their turn before the next.
    private func sendNext() {
        guard case .sending(var sending) = phase, !connection.hasPendingOutput else { return }
        guard sending.left > 0 else { return endSending(sending) }
        guard let step = sending.next() else {
            // What was promised cannot be kept: the client must not take the rest for complete.
            context.log.log(.error, "http-file-shrank", ["missing": sending.left])
            sending.end(unsent: 0)
            phase = .over
            return connection.close()
        }
        connection.send(step.span)
        // Where that broke the connection, nothing of the step has gone.
        guard connection.isOpen else { return }
        phase = .sending(sending)
        guard !connection.hasPendingOutput else { return }
        if sending.left == 0 { endSending(sending) } else { connection.schedule() }
    }

    /// The network has taken the last octet.
    private func endSending(_ sending: FileSending) {
        sending.end(unsent: 0)
        finish()
    }

    /// The answer is on its way.
    private func finish() {
        lastActivity = reactor.now
        if current != nil { context.requestCount.subtract(1, ordering: .relaxed) }
        current = nil
        guard !endsAfterAnswer else {
            phase = .over
            return connection.close(lingers: true)
        }
        phase = .head
        connection.isReading = true
    }

    /// Answers what is no request, or not in time, and ends the connection: where the next request begins nobody knows.
    private func refuse(_ error: HTTPMessageError) {
        context.log.log(
            .info, "http-refused",
            ["peer": connection.arrival.peer.description, "status": error.status.code, "reason": error.reason])
        if case .content(let intake) = phase { intake.fail(error.reason) }
        endsAfterAnswer = true
        send(HTTPResponse(error.status, text: error.reason))
    }

    // MARK: - Time, and the end

    func checkDeadlines(now: UInt64) {
        switch phase {
        case .head:
            if let headSince {
                if now >= headSince &+ settings.headTimeout {
                    refuse(HTTPMessageError(.requestTimeout, "the request took too long"))
                }
            } else if now >= lastActivity &+ idleTimeout, !connection.hasPendingOutput {
                connection.close()
            }
        case .content(let intake):
            if intake.isLate(now: now, settings) {
                refuse(HTTPMessageError(.requestTimeout, "the content came too slowly"))
            }
        case .sending(let sending):
            // `lastActivity` is when it began.
            if now &- lastActivity > settings.contentTimeout &+ sending.sent &* 1000 / max(1, settings.minimumRate) {
                deadlinePassed(.write)
                connection.abort()
            }
        case .answering, .over: break
        }
    }

    /// Who connects has something to ask; who has asked may take longer.
    private var idleTimeout: UInt64 {
        number == 0 ? min(settings.headTimeout, settings.idleTimeout) : settings.idleTimeout
    }

    var isIdle: Bool { false }

    func secured() { lastActivity = reactor.now }

    func deadlinePassed(_ deadline: Connection.Deadline) {
        context.log.log(
            .info, "http-too-slow", ["peer": connection.arrival.peer.description, "waited-for": "\(deadline)"])
        connection.close()
    }

    func drain() {
        isDraining = true
        endsAfterAnswer = true
        if case .head = phase, !reader.isInHead { connection.close() }
    }

    func handOver() -> (any Sendable)? { nil }

    func closed(_ reason: Connection.CloseReason) {
        if case .content(let intake) = phase { intake.fail("the connection ended") }
        if case .sending(let sending) = phase { sending.end(unsent: connection.unsentOutput) }
        if current != nil { context.requestCount.subtract(1, ordering: .relaxed) }
        current = nil
        phase = .over
        if case .tls(let words) = reason {
            context.log.log(.info, "http-tls-failed", ["peer": connection.arrival.peer.description, "reason": words])
        }
        service.forget(connection, isCounted: isCounted)
    }
}

private func hexadecimal(_ octets: [UInt8]) -> String {
    octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
