import Glibc

/// A thread of the operating system, joined by its owner.
@safe final class WorkThread: Sendable {
    private let identifier: pthread_t

    /// Starts a thread that runs `body`. The corresponding C function is `pthread_create`.
    init(_ body: @escaping @Sendable () -> Void) throws(TransportError) {
        let box = ThreadBody(body)
        var thread = pthread_t()
        // Safe: the box is retained for the thread, which takes the reference over; on failure it is given back here.
        let reference = unsafe Unmanaged.passRetained(box)
        let status = unsafe pthread_create(&thread, nil, runThreadBody, reference.toOpaque())
        guard status == 0 else {
            unsafe reference.release()
            identifier = 0
            throw TransportError(operation: "start a thread", code: status)
        }
        identifier = thread
    }

    /// Waits until the thread has ended; to be called once.
    func join() {
        // The identifier stays valid until its one join.
        _ = pthread_join(identifier, nil)
    }

    /// The calling thread, for comparison.
    static var current: UInt { UInt(pthread_self()) }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

// A function of the file, not a closure: a closure would take over the isolation of where it is written, and trap.
private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // Safe: the argument is the reference that `WorkThread.init` retained for this thread alone.
    guard let argument = unsafe argument else { return nil }
    let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
    body.run()
    return nil
}

/// Counts what waits to be done; a thread that takes from it sleeps while there is nothing. The corresponding C functions
/// are `sem_init`, `sem_post` and `sem_wait`.
@safe final class Semaphore: Sendable {
    // Safe: a sem_t must not move, so it has memory of its own, freed in `deinit`; its functions are thread-safe.
    nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe semaphore = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe semaphore.initialize(to: sem_t())
        _ = unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        // Safe: the last owner is gone, so nobody waits.
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() {
        // Safe: initialised above.
        unsafe sem_post(semaphore)
    }

    func wait() {
        // Safe: initialised above. A signal handler's interruption is no reason to go on.
        while unsafe sem_wait(semaphore) != 0 {}
    }
}

/// Milliseconds of a clock that never goes back. The corresponding C function is `clock_gettime`.
public func monotonicMilliseconds() -> UInt64 { microseconds(of: CLOCK_MONOTONIC) / 1000 }

/// Microseconds of the same clock.
public func monotonicMicroseconds() -> UInt64 { microseconds(of: CLOCK_MONOTONIC) }

/// Seconds since 1970, of the clock that may be set.
public func secondsSince1970() -> Int64 { Int64(microseconds(of: CLOCK_REALTIME) / 1_000_000) }

/// Microseconds of processor time that the calling thread has used. The corresponding C function is `clock_gettime`.
func threadMicroseconds() -> UInt64 { microseconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func microseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    // Safe: `time` outlives the call.
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000 &+ UInt64(time.tv_nsec) / 1000
}

/// Raises the soft limit of open descriptors to the hard one and returns it. The corresponding C functions are
/// `getrlimit` and `setrlimit`.
public func raiseDescriptorLimit() -> UInt64 {
    var limit = rlimit()
    // Safe: `limit` outlives the calls.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return UInt64(limit.rlim_cur)
}

/// The system's words for an `errno`. The corresponding C function is `strerror_r`.
func systemMessage(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // Safe: the size given is the buffer's; the text is terminated.
    _ = unsafe strerror_r(code, &buffer, buffer.count)
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
