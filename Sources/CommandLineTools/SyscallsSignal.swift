import Glibc

/// Takes SIGTERM, SIGINT and SIGHUP away from their default and gives them out one at a time.
///
/// Made before any thread is started, so that every thread blocks them.
package struct SignalWaiter {
    package init() {
        // Safe: the set lives on the stack of withSet, which outlives the call.
        _ = unsafe withSet { unsafe pthread_sigmask(SIG_BLOCK, $0, nil) }
        _ = signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for the next of them, and no longer than so many milliseconds where there is a number: then it is nil.
    package func next(within milliseconds: Int? = nil) -> Int32? {
        var limit = milliseconds.map { timespec(tv_sec: $0 / 1000, tv_nsec: $0 % 1000 * 1_000_000) } ?? timespec()
        while true {
            // Safe: the call reads the set and the time, both on this stack, and is asked for nothing else.
            let number = unsafe withSet {
                unsafe milliseconds == nil ? sigwaitinfo($0, nil) : sigtimedwait($0, nil, &limit)
            }
            if number > 0 { return number }
            if errno == EAGAIN { return nil }
        }
    }

    private func withSet(_ body: (UnsafePointer<sigset_t>) -> Int32) -> Int32 {
        var set = sigset_t()
        // Safe: the set is a local, filled here, and is not kept by what it is given to.
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { unsafe sigaddset(&set, signal) }
        return unsafe body(&set)
    }
}
