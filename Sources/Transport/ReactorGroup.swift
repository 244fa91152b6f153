public import Addresses
import Synchronization

/// A server's reactors and listeners.
public final class ReactorGroup: Sendable {
    /// How a group is made.
    public struct Configuration: Sendable {
        /// Reactors, each a thread; one per core is right.
        public var reactorCount: Int
        /// The time limits of connections.
        public var timeouts: Timeouts
        /// How often time limits are looked at, in milliseconds.
        public var tickInterval: UInt64
        /// What is received at most at once, in octets: who has more to say waits until the others had their turn.
        public var receiveCapacity: Int
        /// The time of a round, in microseconds, above which a reactor hands connections over to one with shorter rounds.
        public var longRound: UInt64

        /// The configuration given.
        public init(
            reactorCount: Int = 1, timeouts: Timeouts = Timeouts(), tickInterval: UInt64 = 250,
            receiveCapacity: Int = 16 * 1024, longRound: UInt64 = 200
        ) {
            self.reactorCount = max(1, reactorCount)
            self.timeouts = timeouts
            self.tickInterval = max(1, tickInterval)
            self.receiveCapacity = max(1, receiveCapacity)
            self.longRound = longRound
        }
    }

    let reactors: [Reactor]
    private let threads: Mutex<[WorkThread]>

    /// Starts the reactors; each makes its service on its own thread.
    public init(
        _ configuration: Configuration, service: @escaping @Sendable (Reactor) -> any ReactorService
    ) throws(TransportError) {
        var reactors: [Reactor] = []
        for index in 0..<configuration.reactorCount {
            reactors.append(try Reactor(index: index, configuration))
        }
        var threads: [WorkThread] = []
        let group = reactors
        for reactor in group { threads.append(try WorkThread { reactor.run(among: group, service) }) }
        self.reactors = reactors
        self.threads = Mutex(threads)
    }

    /// Listens, from the return on, and tells where: port 0 becomes the one that was free, and a name or no host may stand
    /// for several addresses. `number` comes back with each connection (`Arrival.listener`).
    public func listen(on address: ListenAddress, number: Int = 0) throws(TransportError) -> [ListenAddress] {
        let sockets = try ListeningSocket.bind(to: address)
        for socket in sockets { try listen(on: socket, number: number) }
        return sockets.map(\.address)
    }

    /// Listens on a bound socket, from the return on, and has it as its own.
    ///
    /// Where `proxies` names networks, every connection must come from one of them and begin with a PROXY header, and is then
    /// taken as coming from the client that the header names: who may speak for others may not be who just does.
    public func listen(
        on socket: ListeningSocket, number: Int, proxies: [IPPrefix] = []
    ) throws(TransportError) {
        try socket.startListening()
        let reactors = reactors
        reactors[0].post {
            $0.register(Listener(socket, number: number, proxies: proxies, reactors: reactors))
        }
    }

    /// Calls `body`, on one of the reactors, once each of them has come round: none of them is stuck, then.
    public func afterEachTurned(_ body: @escaping @Sendable () -> Void) {
        let rest = Countdown(from: reactors.count)
        for reactor in reactors {
            reactor.post { _ in if rest.count() { body() } }
        }
    }

    /// Connections at this moment.
    public var connectionCount: Int { reactors.reduce(0) { $0 + $1.load.load(ordering: .relaxed) } }

    /// Stops: closes the listeners, lets every connection finish what is under way, ends those that have not within
    /// `milliseconds`, and returns when the threads have ended. Not to be called on a reactor.
    public func drain(within milliseconds: UInt64) {
        let deadline = monotonicMilliseconds() + milliseconds
        for reactor in reactors { reactor.post { $0.drain(until: deadline) } }
        let threads = threads.withLock { threads in
            let running = threads
            threads = []
            return running
        }
        for thread in threads { thread.join() }
    }
}

/// Tells who is the last of a number.
private final class Countdown: Sendable {
    private let rest: Atomic<Int>

    init(from number: Int) { rest = Atomic(number) }

    func count() -> Bool { rest.subtract(1, ordering: .relaxed).newValue == 0 }
}
