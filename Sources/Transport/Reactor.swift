import Synchronization

/// The time limits of connections in milliseconds; 0 is none.
public struct Timeouts: Sendable {
    /// Without input while nothing is under way.
    public var idle: UInt64
    /// From a message's first octet to its last.
    public var message: UInt64
    /// Without the peer taking any of the output that waits.
    public var write: UInt64

    /// The limits given.
    public init(idle: UInt64 = 0, message: UInt64 = 30_000, write: UInt64 = 60_000) {
        self.idle = idle
        self.message = message
        self.write = write
    }
}

/// What a protocol does on one reactor: made on it, and confined to it.
public protocol ReactorService: AnyObject {
    /// A new connection, to be handled by what is returned.
    func accept(_ connection: Connection) -> any ConnectionHandler
    /// A listener found no descriptor or memory for a connection, with this `errno`; it pauses.
    func acceptFailed(_ code: Int32)
    /// Called a few times a second while there are connections, with the reactor's clock in milliseconds.
    func tick(now: UInt64)
}

/// A thread with an epoll instance, and the connections that live and die on it.
///
/// `@unchecked Sendable` because everything but `posts` and `load`, which are safe by themselves, is touched by the
/// reactor's own thread only; `assertConfined()` checks that in debug builds.
public final class Reactor: @unchecked Sendable {
    private struct Slot {
        /// Which use of the slot this is: an event for an earlier one is stale.
        var generation: UInt32 = 0
        var occupant: Occupant = .none
    }

    private enum Occupant {
        case none
        case connection(Connection)
        case listener(Listener)
    }

    private struct Posts {
        var isClosed = false
        var queue: [@Sendable (Reactor) -> Void] = []
    }

    private static let wakeupToken = UInt64.max

    /// The reactor's number, from 0.
    public let index: Int
    /// Connections that are here or on their way; what the choice of a reactor looks at.
    let load = Atomic<Int>(0)
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
    private var connectionCount = 0
    private var runnable: [Connection] = []
    private var hasRunnable = false
    private var running: [Connection] = []
    private var pausedListeners: [Listener] = []
    private var nextTick: UInt64 = 0
    private var drainDeadline: UInt64?

    init(index: Int, timeouts: Timeouts, tickInterval: UInt64, receiveCapacity: Int) throws(TransportError) {
        self.index = index
        self.timeouts = timeouts
        self.tickInterval = tickInterval
        epoll = try Epoll()
        wakeup = try Wakeup()
        scratch = ReceiveBuffer(capacity: receiveCapacity)
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

    func run(_ makeService: (Reactor) -> any ReactorService) {
        owner.store(WorkThread.current, ordering: .relaxed)
        service = makeService(self)
        while drainDeadline == nil || connectionCount > 0 {
            let count = epoll.wait(milliseconds: waitTime())
            clock = monotonicMilliseconds()
            for index in 0..<count { dispatch(epoll.event(index)) }
            giveTurns()
            if now >= nextTick { tick() }
        }
        posts.withLock { $0.isClosed = true }
        // What was posted meanwhile still runs: a connection on its way must be closed.
        runPosts()
        service = nil
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
        for index in slots.indices {
            guard case .connection(let connection) = slots[index].occupant else { continue }
            if isOverdue { connection.stopNow() } else { connection.tick(now: now, timeouts: timeouts) }
        }
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

    /// Takes over a connected socket that `load` already counts.
    func adopt(_ socket: consuming Socket, peer: String) {
        assertConfined()
        guard let service, drainDeadline == nil else {
            load.subtract(1, ordering: .relaxed)
            return
        }
        let (index, token) = takeSlot()
        let connection = Connection(
            reactor: self, token: token, stream: SocketStream(socket), peer: peer)
        slots[index].occupant = .connection(connection)
        connectionCount += 1
        do throws(TransportError) {
            try epoll.add(connection.descriptor, token: token)
        } catch {
            service.acceptFailed(error.code)
            return remove(connection)
        }
        connection.start(service.accept(connection))
        connection.withHandler { _ in }
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
            case .connection(let socket, let peer): listener.distribute(socket, peer)
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
            case .none: break
            }
        }
    }
}
