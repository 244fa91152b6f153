import Synchronization

/// The time limits of connections in milliseconds; 0 is none.
public struct Timeouts: Sendable {
    /// Without input while nothing is under way.
    public var idle: UInt64
    /// From a message's first octet to its last.
    public var message: UInt64
    /// Without the peer taking any of the output that waits.
    public var write: UInt64
    /// From the beginning of a TLS handshake to its end; and from a proxy's connection to the end of its PROXY header.
    public var handshake: UInt64

    /// The limits given.
    public init(idle: UInt64 = 0, message: UInt64 = 30_000, write: UInt64 = 60_000, handshake: UInt64 = 15_000) {
        self.idle = idle
        self.message = message
        self.write = write
        self.handshake = handshake
    }
}

/// What a protocol does on one reactor: made on it, and confined to it.
public protocol ReactorService: AnyObject {
    /// A new connection, to be handled by what is returned.
    func accept(_ connection: Connection) -> any ConnectionHandler
    /// A connection that another reactor hands over, with what its handler there gave up (`ConnectionHandler.handOver`).
    func takeOver(_ connection: Connection, _ state: any Sendable) -> any ConnectionHandler
    /// A listener that expects a PROXY header closes a connection, by this proxy or stranger, for this reason.
    func proxyRefused(_ arrival: Arrival, _ reason: ProxyHeaderError)
    /// A listener found no descriptor or memory for a connection, with this `errno`; it pauses.
    func acceptFailed(_ code: Int32)
    /// Called a few times a second while there are connections, with the reactor's clock in milliseconds.
    func tick(now: UInt64)
}

extension ReactorService {
    /// Nothing: a service whose listeners trust no proxy is not asked.
    public func proxyRefused(_ arrival: Arrival, _ reason: ProxyHeaderError) {}
}

/// A thread with an epoll instance, and the connections that live on it.
///
/// `@unchecked Sendable` because everything but `posts`, `load` and `roundTime`, which are safe by themselves, is touched by
/// the reactor's own thread only; `assertConfined()` checks that in debug builds.
public final class Reactor: @unchecked Sendable {
    private struct Slot {
        /// Which use of the slot this is: an event for an earlier one is stale.
        var generation: UInt32 = 0
        var occupant: Occupant = .none
    }

    private enum Occupant {
        case none
        case connection(Connection)
        case proxied(ProxiedArrival)
        case listener(Listener)
    }

    private struct Posts {
        var isClosed = false
        var queue: [@Sendable (Reactor) -> Void] = []
    }

    private static let wakeupToken = UInt64.max
    /// So that nobody waits for it.
    private static let handOversPerReview = 64

    /// The reactor's number, from 0.
    public let index: Int
    /// Connections that are here or on their way; what the choice of a reactor looks at.
    let load = Atomic<Int>(0)
    /// How long a round takes; see `RoundMeter`.
    let roundTime = Atomic<UInt64>(0)
    private let posts = Mutex(Posts())
    private let owner = Atomic<UInt>(0)
    private let epoll: Epoll
    private let wakeup: Wakeup
    private let timeouts: Timeouts
    private let tickInterval: UInt64

    // Confined to the thread.
    let scratch: ReceiveBuffer
    /// The clock in milliseconds, read once each round.
    public var now: UInt64 { clock }
    private var clock: UInt64
    private var service: (any ReactorService)?
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    /// Connections here, those whose PROXY header is awaited included.
    private var connectionCount = 0
    private var proxiedCount = 0
    private var runnable: [Connection] = []
    private var hasRunnable = false
    private var running: [Connection] = []
    private var pausedListeners: [Listener] = []
    private var nextTick: UInt64 = 0
    private var meter = RoundMeter()
    private var sharing = Sharing.none
    /// The time of a round, in microseconds, above which connections are handed over.
    let longRound: UInt64
    /// All reactors of the group, while it runs.
    private var group: [Reactor] = []
    private var drainDeadline: UInt64?

    init(index: Int, _ configuration: ReactorGroup.Configuration) throws(TransportError) {
        self.index = index
        timeouts = configuration.timeouts
        tickInterval = configuration.tickInterval
        longRound = configuration.longRound
        epoll = try Epoll()
        wakeup = try Wakeup()
        scratch = ReceiveBuffer(capacity: configuration.receiveCapacity)
        clock = monotonicMilliseconds()
        try epoll.add(wakeup.descriptor, token: Self.wakeupToken)
    }

    /// Traps in debug builds where the caller is not on the reactor's thread.
    public func assertConfined() {
        assert(owner.load(ordering: .relaxed) == WorkThread.current, "off the reactor's thread")
    }

    /// Runs `work` on the reactor's thread; false, and not at all, where the reactor has stopped. Any thread may call this.
    @discardableResult
    public func post(_ work: @escaping @Sendable (Reactor) -> Void) -> Bool {
        let (isAccepted, wasEmpty) = posts.withLock { posts in
            guard !posts.isClosed else { return (false, false) }
            posts.queue.append(work)
            return (true, posts.queue.count == 1)
        }
        if wasEmpty { wakeup.signal() }
        return isAccepted
    }

    /// Gives a turn to the handler of the connection that `token` names, if there still is one.
    public func withHandler(of token: UInt64, _ body: (any ConnectionHandler) -> Void) {
        assertConfined()
        if case .connection(let connection) = occupant(of: token) { connection.withHandler(body) }
    }

    // MARK: - The loop

    func run(among group: [Reactor], _ makeService: (Reactor) -> any ReactorService) {
        owner.store(WorkThread.current, ordering: .relaxed)
        self.group = group
        service = makeService(self)
        while drainDeadline == nil || connectionCount > 0 {
            let count = epoll.wait(milliseconds: waitTime())
            clock = monotonicMilliseconds()
            for index in 0..<count { dispatch(epoll.event(index)) }
            giveTurns()
            meter.countRound()
            if clock >= meter.nextReading { review() }
            if clock >= nextTick { tick() }
        }
        posts.withLock { $0.isClosed = true }
        // What was posted meanwhile still runs: a connection on its way must be closed.
        runPosts()
        for connection in connections() { connection.stopNow() }
        service = nil
        self.group = []
    }

    private func waitTime() -> Int32 {
        if hasRunnable { return 0 }
        if connectionCount == 0, pausedListeners.isEmpty { return -1 }
        return Int32(clamping: nextTick > now ? nextTick - now : 0)
    }

    private func dispatch(_ event: Epoll.Event) {
        if event.token == Self.wakeupToken {
            wakeup.clear()
            return runPosts()
        }
        switch occupant(of: event.token) {
        case .connection(let connection):
            connection.handle(readable: event.isReadable, writable: event.isWritable, broken: event.isBroken)
        case .listener(let listener): accept(from: listener)
        case .proxied(let proxied): readHeader(of: proxied)
        case .none: break
        }
    }

    private func runPosts() {
        let work = posts.withLock { posts in
            let queue = posts.queue
            posts.queue = []
            return queue
        }
        for item in work { item(self) }
    }

    /// One turn to each connection that asked for one; those that ask again wait for the next round.
    private func giveTurns() {
        guard hasRunnable else { return }
        hasRunnable = false
        swap(&runnable, &running)
        for connection in running { connection.takeTurn() }
        running.removeAll(keepingCapacity: true)
    }

    private func tick() {
        nextTick = now + tickInterval
        service?.tick(now: now)
        let isOverdue = drainDeadline.map { now >= $0 } ?? false
        for connection in connections() {
            if isOverdue { connection.stopNow() } else { connection.tick(now: now, timeouts: timeouts) }
        }
        if proxiedCount > 0 { endLateHeaders() }
        let paused = pausedListeners
        pausedListeners = []
        for listener in paused { register(listener) }
    }

    // MARK: - Slots

    private func occupant(of token: UInt64) -> Occupant {
        let index = Int(token & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(token >> 32) else { return .none }
        return slots[index].occupant
    }

    private func connections() -> [Connection] {
        slots.compactMap { if case .connection(let connection) = $0.occupant { connection } else { nil } }
    }

    private func takeSlot() -> (index: Int, token: UInt64) {
        let index = freeSlots.popLast() ?? slots.count
        if index == slots.count { slots.append(Slot()) }
        return (index, UInt64(slots[index].generation) << 32 | UInt64(index))
    }

    private func freeSlot(_ token: UInt64) {
        let index = Int(token & 0xFFFF_FFFF)
        slots[index].generation &+= 1
        slots[index].occupant = .none
        freeSlots.append(index)
    }

    // MARK: - Connections

    /// Takes in a connected socket that `load` already counts.
    func adopt(_ socket: consuming Socket, _ arrival: Arrival) {
        assertConfined()
        guard let service, drainDeadline == nil else {
            load.subtract(1, ordering: .relaxed)
            return
        }
        begin(socket, arrival) { service.accept($0) }
    }

    private func begin(
        _ socket: consuming Socket, _ arrival: Arrival, _ makeHandler: (Connection) -> any ConnectionHandler
    ) {
        let (index, token) = takeSlot()
        let connection = Connection(
            reactor: self, token: token, socket: SocketStream(socket), arrival: arrival)
        slots[index].occupant = .connection(connection)
        connectionCount += 1
        connection.start(makeHandler(connection))
        do throws(TransportError) {
            try epoll.add(connection.descriptor, token: token)
        } catch {
            service?.acceptFailed(error.code)
            return connection.stopNow()
        }
        let isDraining = drainDeadline != nil
        connection.withHandler { if isDraining { $0.drain() } }
    }

    func remove(_ connection: Connection) {
        guard case .connection(let occupant) = self.occupant(of: connection.token), occupant === connection else {
            return
        }
        freeSlot(connection.token)
        connectionCount -= 1
        load.subtract(1, ordering: .relaxed)
        // Gone from epoll with its last descriptor, but that may be closed later than now.
        try? epoll.remove(connection.descriptor)
    }

    func watch(_ connection: Connection, readable: Bool, writable: Bool) -> Bool {
        do throws(TransportError) {
            try epoll.modify(connection.descriptor, token: connection.token, readable: readable, writable: writable)
            return true
        } catch {
            return false
        }
    }

    func schedule(_ connection: Connection) {
        runnable.append(connection)
        hasRunnable = true
    }

    // MARK: - Connections from proxies

    /// Takes in a connection, already counted by `load`, that a PROXY header is to come with before anything else.
    func adoptProxied(_ socket: consuming Socket, _ arrival: Arrival) {
        assertConfined()
        guard service != nil, drainDeadline == nil else {
            load.subtract(1, ordering: .relaxed)
            return
        }
        let (index, token) = takeSlot()
        let proxied = ProxiedArrival(socket, arrival, token: token, now: now)
        slots[index].occupant = .proxied(proxied)
        connectionCount += 1
        proxiedCount += 1
        do throws(TransportError) {
            try epoll.add(proxied.descriptor, token: token)
        } catch {
            service?.acceptFailed(error.code)
            forget(proxied)
            load.subtract(1, ordering: .relaxed)
        }
    }

    private func readHeader(of proxied: ProxiedArrival) {
        switch proxied.read(through: scratch) {
        case .waiting: return
        case .arrived(let arrival):
            forget(proxied)
            return adopt(proxied.takeSocket(), arrival)
        case .refused(let reason): service?.proxyRefused(proxied.arrival, reason)
        case .gone: break
        }
        forget(proxied)
        load.subtract(1, ordering: .relaxed)
    }

    private func endLateHeaders() {
        for case .proxied(let proxied) in slots.map(\.occupant)
        where proxied.isLate(now: now, timeouts: timeouts) || drainDeadline != nil {
            if drainDeadline == nil { service?.proxyRefused(proxied.arrival, .late) }
            forget(proxied)
            load.subtract(1, ordering: .relaxed)
        }
    }

    private func forget(_ proxied: ProxiedArrival) {
        freeSlot(proxied.token)
        connectionCount -= 1
        proxiedCount -= 1
        try? epoll.remove(proxied.descriptor)
    }

    // MARK: - Sharing the work

    /// Says how long rounds take, and hands connections over where the same was called for twice running.
    private func review() {
        roundTime.store(meter.read(now: clock, used: threadMicroseconds()), ordering: .relaxed)
        guard drainDeadline == nil, group.count > 1 else { return }
        let before = sharing
        sharing = Sharing(of: index, times: group.map(\.currentRoundTime), longRound: longRound)
        guard sharing != .none else { return }
        if sharing == before { share(sharing) }
        for connection in connections() { connection.recentInput = 0 }
    }

    /// Hands over connections that were active since the last review, the lightest first, as long as they are not more than
    /// they should be: a connection that keeps a reactor busy alone stays, and the others leave it.
    func share(_ sharing: Sharing) {
        let (target, part) = sharing.targetAndPart
        let active = connections().filter { $0.recentInput > 0 }.sorted { $0.recentInput < $1.recentInput }
        var rest = part * Double(active.reduce(0) { $0 + $1.recentInput })
        for connection in active.prefix(Self.handOversPerReview) {
            rest -= Double(connection.recentInput)
            guard rest >= 0 else { return }
            handOver(connection, to: group[target])
        }
    }

    private func handOver(_ connection: Connection, to target: Reactor) {
        guard let (descriptor, state) = connection.handOver() else { return }
        let arrival = connection.arrival
        remove(connection)
        target.load.add(1, ordering: .relaxed)
        let isPosted = target.post { $0.takeOver(Socket(owning: descriptor), arrival, state) }
        if !isPosted {
            // It has stopped already, as this one is about to.
            target.load.subtract(1, ordering: .relaxed)
            load.add(1, ordering: .relaxed)
            takeOver(Socket(owning: descriptor), arrival, state)
        }
    }

    private func takeOver(_ socket: consuming Socket, _ arrival: Arrival, _ state: any Sendable) {
        assertConfined()
        guard let service else { return }
        begin(socket, arrival) { service.takeOver($0, state) }
    }

    // MARK: - Listeners

    func register(_ listener: Listener) {
        assertConfined()
        guard drainDeadline == nil else { return }
        let (index, token) = takeSlot()
        listener.token = token
        slots[index].occupant = .listener(listener)
        do throws(TransportError) {
            try epoll.add(listener.descriptor, token: token)
        } catch {
            pause(listener, code: error.code)
        }
    }

    private func accept(from listener: Listener) {
        // A bounded number each round, so that a burst of connections does not hold up those that are there.
        for _ in 0..<64 {
            switch listener.accept() {
            case .connection(let socket, let peer):
                if let stranger = listener.distribute(socket, peer) { service?.proxyRefused(stranger, .untrusted) }
            case .nothing: return
            case .exhausted(let code): return pause(listener, code: code)
            }
        }
    }

    /// Leaves further connections in the kernel until the next tick: level-triggered, the listener would else spin.
    private func pause(_ listener: Listener, code: Int32) {
        service?.acceptFailed(code)
        try? epoll.remove(listener.descriptor)
        freeSlot(listener.token)
        pausedListeners.append(listener)
    }

    // MARK: - The end

    /// Closes the listeners and lets connections finish, until `deadline` at the latest.
    func drain(until deadline: UInt64) {
        assertConfined()
        guard drainDeadline == nil else { return }
        drainDeadline = deadline
        pausedListeners = []
        for index in slots.indices {
            switch slots[index].occupant {
            case .connection(let connection): connection.withHandler { $0.drain() }
            case .listener(let listener):
                try? epoll.remove(listener.descriptor)
                freeSlot(listener.token)
            case .proxied, .none: break
            }
        }
        endLateHeaders()
    }
}
