import Glibc

/// Takes SIGTERM, SIGINT and SIGHUP away from their default and gives them out one at a time.
///
/// Made before any thread is started, so that every thread blocks them.
struct SignalWaiter {
    init() {
        // Safe: the set lives on the stack of withSet, which outlives the call.
        _ = unsafe withSet { unsafe pthread_sigmask(SIG_BLOCK, $0, nil) }
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for the next of them.
    func next() -> Int32 {
        var number: Int32 = 0
        // Safe: sigwait reads the set and writes one Int32, both on this stack.
        while unsafe withSet({ unsafe sigwait($0, &number) }) != 0 {}
        return number
    }

    private func withSet(_ body: (UnsafePointer<sigset_t>) -> Int32) -> Int32 {
        var set = sigset_t()
        // Safe: the set is a local, filled here, and is not kept by what it is given to.
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        return unsafe body(&set)
    }
}
