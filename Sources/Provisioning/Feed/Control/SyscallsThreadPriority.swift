import Glibc

/// How important a thread is to the kernel.
enum ThreadPriority {
    /// Has the calling thread, and those that it will start, stand back behind those that answer clients. The corresponding C
    /// function is `setpriority`, which on Linux means the one thread.
    static func standBack() {
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    }
}
