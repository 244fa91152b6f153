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
    /// What another handler needs to go on with the connection on another reactor; nil where something is under way or kept
    /// here, and the connection stays. Where it is not nil, nothing is called after this.
    func handOver() -> (any Sendable)?
    /// The connection is over; nothing is called after this.
    func closed(_ reason: Connection.CloseReason)
}

/// One connection: a stream, its unfinished input and its unsent output. Confined to its reactor; where the connection goes
/// to another reactor, another object goes on with it there.
///
/// While output waits for the peer, nothing is read from it (back-pressure), and a handler should produce no more.
public final class Connection {
    /// A time limit of `Timeouts`.
    public enum Deadline: Sendable {
        case idle, message, write
    }

    /// Why a connection ended.
    public enum CloseReason: Sendable, Equatable {
        /// The handler closed it.
        case local
        /// The peer did.
        case peer
        /// The connection broke, with this `errno`.
        case failed(Int32)
        /// The server stopped before all was done.
        case stopped
    }

    private enum State {
        case open
        /// No more input is taken; closes once the output is sent.
        case closing(lingers: Bool)
        /// All is sent and said; what still comes is thrown away so that it does not reset what the peer has yet to read.
        case lingering
        case over(CloseReason)
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
    private let stream: any ByteStream
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
    /// When something last came from the peer, when an unfinished message began, when output last moved.
    private var lastInput: UInt64
    private var partialSince: UInt64 = 0
    private var lastOutput: UInt64 = 0

    init(reactor: Reactor, token: UInt64, stream: any ByteStream, arrival: Arrival) {
        self.reactor = reactor
        self.token = token
        self.stream = stream
        self.arrival = arrival
        if arrival.peer.address == nil { security = .local }
        lastInput = reactor.now
    }

    var descriptor: Int32 { stream.descriptor }

    func start(_ handler: any ConnectionHandler) { self.handler = handler }

    // MARK: - For the handler

    /// Whether the peer has yet to take output.
    public var hasPendingOutput: Bool { outputWaits }

    /// Whether the connection neither is over nor about to be.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    /// Sends `octets`: at once what the peer takes, the rest as it does.
    public func send(_ octets: Span<UInt8>) {
        reactor.assertConfined()
        guard isOpen, !octets.isEmpty else { return }
        var taken = 0
        if !hasPendingOutput {
            switch stream.send(octets) {
            case .transferred(let count): taken = count
            case .wouldBlock: break
            case .endOfStream: state = .over(.peer)
            case .failed(let code): state = .over(.failed(code))
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
        guard !isScheduled else { return }
        isScheduled = true
        reactor.schedule(self)
    }

    /// What ties an authentication to the connection; nil without TLS.
    public func channelBinding(_ kind: ChannelBinding) -> [UInt8]? { nil }

    /// Closes once all output is sent. `lingers`: the peer may still be sending, and last words must reach it.
    public func close(lingers: Bool = false) {
        reactor.assertConfined()
        if isOpen { state = .closing(lingers: lingers) }
    }

    private var isLingering: Bool {
        if case .lingering = state { true } else { false }
    }

    // MARK: - For the reactor: one turn each

    func handle(readable: Bool, writable: Bool, broken: Bool) {
        if writable || (broken && outputWaits) { flush() }
        if readable || (broken && !outputWaits) { read() }
        settle()
    }

    func takeTurn() {
        isScheduled = false
        if isOpen { handler?.resume() }
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
            let copy = stream.duplicate()
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
        case .open: handler?.deadlinePassed(deadline)
        case .closing, .lingering: state = .over(.local)
        case .over: break
        }
        settle()
    }

    private func passedDeadline(now: UInt64, timeouts: Timeouts) -> Deadline? {
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
        let result = stream.receive(into: reactor.scratch)
        switch result {
        case .transferred(let count):
            if isOpen {
                lastInput = reactor.now
                recentInput &+= count
                take(count)
            }
        case .wouldBlock: break
        case .endOfStream: state = .over(isLingering ? .local : .peer)
        case .failed(let code): state = .over(.failed(code))
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
        partial.append(copying: octets)
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
        guard isOpen, taken < octets.count else { return }
        if taken > 0 {
            octets.removeFirst(taken)
            partialSince = reactor.now
        }
        swap(&octets, &partial)
        hasPartial = true
    }

    // MARK: - Output

    private func flush() {
        guard outputWaits else { return }
        switch stream.send(pending.span.extracting(droppingFirst: sent)) {
        case .transferred(let count):
            sent += count
            outputWaits = sent < pending.count
            lastOutput = reactor.now
        case .wouldBlock: return
        case .endOfStream: state = .over(.peer)
        case .failed(let code): state = .over(.failed(code))
        }
        guard !outputWaits else { return }
        // Given back, not kept: a connection that is up to date holds no memory.
        pending = []
        sent = 0
        hasUntakenInput = true
        if isOpen { handler?.outputDrained() }
    }

    // MARK: - The end of a turn

    /// Brings the rest in line with what the turn has done: input that was held up, interest, an end.
    private func settle() {
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
                stream.finishSending()
                state = .lingering
                lastInput = reactor.now
                end(.local)
            } else {
                state = .over(.local)
            }
        }
        if case .over(let reason) = state {
            end(reason)
            reactor.remove(self)
            return
        }
        watch()
    }

    private func watch() {
        let reading = !outputWaits && (isLingering || (isOpen && wantsInput))
        guard reading != isWatchedForReading || outputWaits != isWatchedForWriting else { return }
        isWatchedForReading = reading
        isWatchedForWriting = outputWaits
        if !reactor.watch(self, readable: reading, writable: outputWaits) {
            state = .over(.failed(0))
            end(.failed(0))
            reactor.remove(self)
        }
    }

    private func end(_ reason: CloseReason) {
        guard let handler else { return }
        self.handler = nil
        partial = []
        hasPartial = false
        handler.closed(reason)
    }
}

extension Array<UInt8> {
    mutating func append(copying octets: Span<UInt8>) {
        append(addingCapacity: octets.count) { output in
            for index in octets.indices { output.append(octets[index]) }
        }
    }
}
