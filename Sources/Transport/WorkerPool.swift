import Synchronization

/// Threads for work that takes too long for a reactor.
public final class WorkerPool: Sendable {
    private struct State {
        var queue: [@Sendable () -> Void] = []
        var isStopped = false
    }

    private let state: Mutex<State>
    private let waiting: Semaphore
    private let threads: Mutex<[WorkThread]>
    private let maximumQueue: Int

    /// Starts `count` threads; at most `maximumQueue` pieces of work wait for them.
    public init(threads count: Int, maximumQueue: Int) throws(TransportError) {
        self.maximumQueue = maximumQueue
        state = Mutex(State())
        waiting = Semaphore()
        threads = Mutex([])
        var started: [WorkThread] = []
        for _ in 0..<max(1, count) { started.append(try WorkThread { [self] in work() }) }
        threads.withLock { $0 = started }
    }

    /// Has `work` done by one of the threads; false, and not at all, where too much waits or the pool has stopped.
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isStopped, state.queue.count < maximumQueue else { return false }
            state.queue.append(work)
            return true
        }
        if isAccepted { waiting.signal() }
        return isAccepted
    }

    /// Lets the threads finish all that was accepted, and waits for them.
    public func stop() {
        state.withLock { $0.isStopped = true }
        let threads = threads.withLock { threads in
            let running = threads
            threads = []
            return running
        }
        for _ in threads { waiting.signal() }
        for thread in threads { thread.join() }
    }

    private func work() {
        while true {
            waiting.wait()
            let next = state.withLock { $0.queue.isEmpty ? nil : $0.queue.removeFirst() }
            if let next {
                next()
            } else if state.withLock({ $0.isStopped }) {
                return
            }
        }
    }
}
