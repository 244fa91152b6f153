/// What a protocol does with a connection. Called by the connection's reactor only.
public protocol ConnectionHandler: AnyObject {
    /// Whether nothing is under way, so that the idle timeout runs.
    var isIdle: Bool { get }
    /// Takes what has come, from the first octet not yet taken; returns how many octets it has done with. The rest comes
    /// again, with more behind it.
    func received(_ octets: Span<UInt8>) -> Int
    /// The peer has taken all output that waited.
    func outputDrained()
    /// The turn that `Connection.schedule()` asked for.
    func resume()
    /// A time limit has passed; the handler ends the connection, with or without last words.
    func deadlinePassed(_ deadline: Connection.Deadline)
    /// The server stops: finish what is under way, then close.
    func drain()
    /// TLS is on: what is received and sent from now on is protected as `Connection.security` says.
    func secured()
    /// What another handler needs to go on with the connection on another reactor; nil where something is under way or kept
    /// here, and the connection stays. Where it is not nil, nothing is called after this.
    func handOver() -> (any Sendable)?
    /// The connection is over; nothing is called after this.
    func closed(_ reason: Connection.CloseReason)
}

extension ConnectionHandler {
    /// Nothing, where a protocol has no use for it.
    public func secured() {}
}

/// One connection: a socket, its unfinished input and its unsent output. Confined to its reactor; where the connection goes
/// to another reactor, another object goes on with it there.
///
/// While output waits for the peer, nothing is read from it (back-pressure), and a handler should produce no more.
public final class Connection {
    /// A time limit of `Timeouts`.
    public enum Deadline: Sendable {
        case idle, message, write, handshake
    }

    /// Why a connection ended.
    public enum CloseReason: Sendable, Equatable {
        /// The handler closed it.
        case local
        /// The peer did.
        case peer
        /// The connection broke, with this `errno`.
        case failed(Int32)
        /// TLS failed, in the handshake (while `security` has none) or later, for this reason.
        case tls(String)
        /// The server stopped before all was done.
        case stopped
    }

    /// The same without words, so that it is looked at for nothing.
    private enum Ending {
        case local, peer, tls, stopped
        case failed(Int32)
    }

    private enum State {
        case open
        /// No more input is taken; closes once the output is sent.
        case closing(lingers: Bool)
        /// All is sent and said; what still comes is thrown away so that it does not reset what the peer has yet to read.
        case lingering
        case over(Ending)
    }

    /// How long a closed connection's input is thrown away, in milliseconds.
    static let lingerTime: UInt64 = 1000

    /// The reactor that the connection is confined to.
    public let reactor: Reactor
    /// Names the connection to its reactor, and no later one.
    public let token: UInt64
    /// From whom it came, and where.
    public let arrival: Arrival
    /// What protects the connection now.
    public private(set) var security = ConnectionSecurity.none
    /// Whether input is wanted. While false, what has come stays in the kernel, and the peer is held up.
    public var isReading: Bool {
        get { wantsInput }
        set { wantsInput = newValue }
    }

    /// Octets that have come since the reactor last looked how busy its connections are.
    var recentInput = 0
    private let socket: SocketStream
    /// What protects the octets, where TLS is on or its handshake under way.
    private var tls: TLSStream?
    private var tlsFailure = ""
    /// What TLS is to begin with once all is sent.
    private var awaitedTLS: TLSContext?
    private var handler: (any ConnectionHandler)?
    private var state = State.open
    private var partial: [UInt8] = []
    private var pending: [UInt8] = []
    private var sent = 0
    // What every turn asks is plain private flags, kept in step with what they tell of: reading a field that is changed in
    // place somewhere, or that other modules see, costs a dynamic exclusivity check.
    private var hasPartial = false
    private var outputWaits = false
    private var wantsInput = true
    private var isWatchedForReading = true
    private var isWatchedForWriting = false
    private var hasUntakenInput = false
    private var isScheduled = false
    private var handlerWantsTurn = false
    /// Whether TLS is on, or is to begin: what a connection in the clear asks no more about.
    private var concernsTLS = false
    /// From `startTLS` on until TLS is on.
    private var isHandshaking = false
    /// Whether octets go through `tls`.
    private var isSealed = false
    private var handshakeNeedsWriting = false
    /// When something last came from the peer, when an unfinished message began, when output last moved.
    private var lastInput: UInt64
    private var partialSince: UInt64 = 0
    private var lastOutput: UInt64 = 0
    private var handshakeSince: UInt64 = 0

    init(reactor: Reactor, token: UInt64, socket: SocketStream, arrival: Arrival) {
        self.reactor = reactor
        self.token = token
        self.socket = socket
        self.arrival = arrival
        if arrival.peer.address == nil { security = .local }
        lastInput = reactor.now
    }

    var descriptor: Int32 { socket.descriptor }

    func start(_ handler: any ConnectionHandler) { self.handler = handler }

    // MARK: - For the handler

    /// Whether the peer has yet to take output.
    public var hasPendingOutput: Bool { outputWaits }

    /// Octets of output that the network has yet to take.
    public var unsentOutput: Int { pending.count - sent }

    /// Whether the connection neither is over nor about to be.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Sends `octets`: at once what the peer takes, the rest as it does; nothing during a TLS handshake.
    public func send(_ octets: Span<UInt8>) {
        reactor.assertConfined()
        guard isOpen, !octets.isEmpty, !isHandshaking else { return }
        var taken = 0
        if !hasPendingOutput {
            switch transmit(octets) {
            case .transferred(let count): taken = count
            case .wouldBlock: break
            case .endOfStream: state = .over(.peer)
            case .failed(let code): state = .over(failure(code))
            }
            if taken == octets.count || !isOpen { return }
            lastOutput = reactor.now
        }
        pending.append(copying: octets.extracting(droppingFirst: taken))
        outputWaits = true
    }

    /// Asks for a turn (`ConnectionHandler.resume`) after the other connections have had theirs.
    public func schedule() {
        reactor.assertConfined()
        handlerWantsTurn = true
        scheduleTurn()
    }

    private func scheduleTurn() {
        guard !isScheduled else { return }
        isScheduled = true
        reactor.schedule(self)
    }

    /// Begins TLS as the server, once all output is sent; `ConnectionHandler.secured` tells when it is on. Until then nothing
    /// more can be sent. Whatever came before
    /// and was not taken ends the connection: a stranger may have put it there (RFC 4513 section 3.1.1, CVE-2011-0411).
    public func startTLS(_ context: TLSContext) {
        reactor.assertConfined()
        guard isOpen, !concernsTLS else { return }
        concernsTLS = true
        isHandshaking = true
        handshakeSince = reactor.now
        awaitedTLS = context
    }

    /// What ties an authentication to the connection; nil without TLS, or where the version of TLS has none of the kind.
    public func channelBinding(_ kind: ChannelBinding) -> [UInt8]? {
        security.isTLS ? tls?.channelBinding(kind) : nil
    }

    /// Closes once all output is sent; during a TLS handshake at once. `lingers`: the peer may still be sending, and last words must reach it.
    public func close(lingers: Bool = false) {
        reactor.assertConfined()
        guard isOpen else { return }
        state = isHandshaking ? .over(.local) : .closing(lingers: lingers)
    }

    /// Ends the connection now, and throws away the output that waits: for a peer that takes it drop by drop.
    public func abort() {
        reactor.assertConfined()
        if case .over = state {} else { state = .over(.local) }
    }

    private var isLingering: Bool {
        if case .lingering = state { true } else { false }
    }

    // MARK: - For the reactor: one turn each

    func handle(readable: Bool, writable: Bool, broken: Bool) {
        if concernsTLS {
            handleTLS(readable: readable, writable: writable, broken: broken)
        } else {
            if writable || (broken && outputWaits) { flush() }
            if readable || (broken && !outputWaits) { read() }
        }
        settle()
    }

    func takeTurn() {
        isScheduled = false
        if concernsTLS { readReceivedMore() }
        if handlerWantsTurn {
            handlerWantsTurn = false
            if isOpen { handler?.resume() }
        }
        settle()
    }

    func withHandler(_ body: (any ConnectionHandler) -> Void) {
        if isOpen, let handler { body(handler) }
        settle()
    }

    /// Gives the connection up for another reactor: a descriptor of its socket, and its handler's state. Nil, and nothing has
    /// changed, unless it is at rest: all that has come is taken, all answers are sent.
    func handOver() -> (descriptor: Int32, state: any Sendable)? {
        guard isOpen, wantsInput, !hasPartial, !outputWaits, !hasUntakenInput, !isScheduled, let handler,
            !concernsTLS, let copy = socket.duplicate()
        else { return nil }
        guard let kept = handler.handOver() else {
            _ = Socket(owning: copy)
            return nil
        }
        self.handler = nil
        state = .over(.local)
        return (copy, kept)
    }

    func stopNow() {
        if case .over = state {} else { state = .over(.stopped) }
        settle()
    }

    /// Checks the time limits; the coarse clock of the reactor is enough for them.
    func tick(now: UInt64, timeouts: Timeouts) {
        guard let deadline = passedDeadline(now: now, timeouts: timeouts) else { return }
        switch state {
        case .open:
            handler?.deadlinePassed(deadline)
            if deadline == .handshake { endTLS("the handshake took too long") }
        case .closing, .lingering: state = .over(.local)
        case .over: break
        }
        settle()
    }

    private func passedDeadline(now: UInt64, timeouts: Timeouts) -> Deadline? {
        if isHandshaking {
            return timeouts.handshake > 0 && now >= handshakeSince + timeouts.handshake ? .handshake : nil
        }
        if isLingering { return now >= lastInput + Self.lingerTime ? .idle : nil }
        if outputWaits { return timeouts.write > 0 && now >= lastOutput + timeouts.write ? .write : nil }
        if hasPartial {
            return wantsInput && timeouts.message > 0 && now >= partialSince + timeouts.message ? .message : nil
        }
        let isIdle = timeouts.idle > 0 && now >= lastInput + timeouts.idle && handler?.isIdle == true
        return isIdle ? .idle : nil
    }

    // MARK: - Input

    private func read() {
        guard isWatchedForReading else {
            // Broken while held up: there is nobody left to send to.
            state = .over(.peer)
            return
        }
        receive()
    }

    private func receive() {
        let result = isSealed ? receiveSealed() : socket.receive(into: reactor.scratch)
        switch result {
        case .transferred(let count):
            if isOpen {
                lastInput = reactor.now
                recentInput &+= count
                take(count)
            }
        case .wouldBlock: break
        case .endOfStream: state = .over(isLingering ? .local : .peer)
        case .failed(let code): state = .over(failure(code))
        }
    }

    private func take(_ count: Int) {
        guard let handler else { return }
        guard !hasPartial else {
            reactor.scratch.withPrefix(count) { append($0) }
            return offerPartial()
        }
        let taken = reactor.scratch.withPrefix(count) { handler.received($0) }
        if taken < count, isOpen {
            reactor.scratch.withPrefix(count) { append($0.extracting(droppingFirst: taken)) }
            partialSince = reactor.now
        }
    }

    private func append(_ octets: Span<UInt8>) {
        partial.append(wiping: octets)
        hasPartial = !partial.isEmpty
    }

    /// Offers the handler all that it has not taken.
    private func offerPartial() {
        guard let handler else { return }
        // Taken out, because the handler may do anything to this connection meanwhile.
        var octets: [UInt8] = []
        swap(&octets, &partial)
        hasPartial = false
        let taken = handler.received(octets.span)
        guard isOpen, taken < octets.count else { return octets.wipe() }
        if taken > 0 {
            octets.removeFirst(wiping: taken)
            partialSince = reactor.now
        }
        swap(&octets, &partial)
        hasPartial = true
    }

    // MARK: - Output

    private func flush() {
        guard outputWaits else { return }
        switch transmit(pending.span.extracting(droppingFirst: sent)) {
        case .transferred(let count):
            sent += count
            outputWaits = sent < pending.count
            lastOutput = reactor.now
        case .wouldBlock: return
        case .endOfStream: state = .over(.peer)
        case .failed(let code): state = .over(failure(code))
        }
        guard !outputWaits else { return }
        // Given back, not kept: a connection that is up to date holds no memory.
        pending = []
        sent = 0
        hasUntakenInput = true
        if isOpen { handler?.outputDrained() }
    }

    // MARK: - TLS

    private func beginTLS() {
        guard isOpen, !outputWaits, let context = awaitedTLS else { return }
        awaitedTLS = nil
        guard !hasPartial else {
            return endTLS("octets came in the clear behind the request for TLS")
        }
        tls = TLSStream(context, over: socket)
        guard tls != nil else { return endTLS("there is no memory") }
        isSealed = true
    }

    private func handleTLS(readable: Bool, writable: Bool, broken: Bool) {
        // Until all is sent there is nothing to shake hands with.
        if isHandshaking { return awaitedTLS == nil ? continueHandshake() : flush() }
        if outputWaits, writable || broken || (readable && tls?.sendingNeedsReading == true) { return flush() }
        if writable, tls?.receivingNeedsWriting == true { return receive() }
        if readable || broken { read() }
    }

    private func continueHandshake() {
        guard let tls else { return }
        handshakeNeedsWriting = false
        switch tls.handshake() {
        case .done:
            isHandshaking = false
            security = tls.security
            lastInput = reactor.now
            handler?.secured()
        case .wantsReading: break
        case .wantsWriting: handshakeNeedsWriting = true
        case .ended: endTLS("the peer closed during the handshake")
        case .failed(let code): endTLS("the peer closed during the handshake: \(systemMessage(code))")
        case .refused(let reason): refuseHandshake(reason)
        }
    }

    /// libssl has sent its alert, which must reach the peer though it may still be sending.
    private func refuseHandshake(_ reason: String) {
        isHandshaking = false
        isSealed = false
        tls = nil
        state = .closing(lingers: true)
        tlsFailure = reason
        end(.tls)
    }

    /// Takes what the stream holds already, and epoll tells nothing of.
    private func readReceivedMore() {
        guard tls?.hasReceivedMore == true, isOpen, wantsInput, !outputWaits, !isHandshaking else { return }
        receive()
    }

    private func watchTLS() {
        if isHandshaking {
            let writes = awaitedTLS != nil || handshakeNeedsWriting
            return watch(readable: !writes, writable: writes)
        }
        let reads = !outputWaits && (isLingering || (isOpen && wantsInput))
        let readsByWriting = reads && tls?.receivingNeedsWriting == true
        let writesByReading = outputWaits && tls?.sendingNeedsReading == true
        if reads, isOpen, tls?.hasReceivedMore == true { scheduleTurn() }
        watch(
            readable: (reads && !readsByWriting) || writesByReading,
            writable: (outputWaits && !writesByReading) || readsByWriting)
    }

    private func endTLS(_ reason: String) {
        tlsFailure = reason
        state = .over(.tls)
    }

    private func failure(_ code: Int32) -> Ending {
        guard let reason = tls?.failure else { return .failed(code) }
        tlsFailure = reason
        return .tls
    }

    private func transmit(_ octets: Span<UInt8>) -> IOResult {
        if isSealed, let tls { return tls.send(octets) }
        return socket.send(octets)
    }

    private func receiveSealed() -> IOResult { tls?.receive(into: reactor.scratch) ?? .endOfStream }

    private func finishSending() {
        if isSealed, let tls { tls.finishSending() }
        socket.finishSending()
    }

    // MARK: - The end of a turn

    /// Brings the rest in line with what the turn has done: input that was held up, interest, an end.
    private func settle() {
        if concernsTLS, awaitedTLS != nil { beginTLS() }
        if hasUntakenInput, wantsInput, isOpen, !outputWaits {
            hasUntakenInput = false
            if hasPartial {
                // It was we who held it up: the peer's time starts again.
                partialSince = reactor.now
                offerPartial()
            }
        }
        if !wantsInput { hasUntakenInput = true }
        if case .closing(let lingers) = state, !outputWaits {
            if lingers {
                finishSending()
                state = .lingering
                lastInput = reactor.now
                end(.local)
            } else {
                state = .over(.local)
            }
        }
        if case .over(let reason) = state {
            if concernsTLS, !isHandshaking { finishSending() }
            end(reason)
            reactor.remove(self)
            return
        }
        watch()
    }

    private func watch() {
        if concernsTLS { return watchTLS() }
        watch(readable: !outputWaits && (isLingering || (isOpen && wantsInput)), writable: outputWaits)
    }

    private func watch(readable: Bool, writable: Bool) {
        guard readable != isWatchedForReading || writable != isWatchedForWriting else { return }
        isWatchedForReading = readable
        isWatchedForWriting = writable
        if !reactor.watch(self, readable: readable, writable: writable) {
            state = .over(.failed(0))
            end(.failed(0))
            reactor.remove(self)
        }
    }

    private func end(_ ending: Ending) {
        guard let handler else { return }
        self.handler = nil
        partial.wipe()
        hasPartial = false
        switch ending {
        case .local: handler.closed(.local)
        case .peer: handler.closed(.peer)
        case .failed(let code): handler.closed(.failed(code))
        case .tls: handler.closed(.tls(tlsFailure))
        case .stopped: handler.closed(.stopped)
        }
    }
}

extension Array<UInt8> {
    mutating func append(copying octets: Span<UInt8>) {
        append(addingCapacity: octets.count) { output in
            for index in octets.indices { output.append(octets[index]) }
        }
    }
}
