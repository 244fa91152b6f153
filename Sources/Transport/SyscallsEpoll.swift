import CSystem
import Glibc

/// An epoll instance and the events of its last wait.
///
/// The corresponding C functions are `epoll_create1`, `epoll_ctl` and `epoll_wait`.
@safe struct Epoll: ~Copyable {
    /// What happened to one registration.
    struct Event {
        let token: UInt64
        let isReadable: Bool
        let isWritable: Bool
        /// An error, or the peer closed both ways; reported whether asked for or not.
        let isBroken: Bool
    }

    private static let capacity = 256
    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(TransportError) {
        descriptor = epoll_create1(Int32(CSYSTEM_EPOLL_CLOSE_ON_EXEC))
        guard descriptor >= 0 else {
            // Safe: allocated for deinit alone, which frees it; nothing else uses it after the throw.
            unsafe events = UnsafeMutablePointer.allocate(capacity: 1)
            throw TransportError(operation: "epoll_create1", code: errno)
        }
        // Safe: allocated here, freed in `deinit`, indexed below the count that epoll_wait reports, at most the capacity.
        unsafe events = UnsafeMutablePointer.allocate(capacity: Epoll.capacity)
        unsafe events.initialize(repeating: epoll_event(), count: Epoll.capacity)
    }

    deinit {
        // Safe: see `init`.
        unsafe events.deallocate()
        if descriptor >= 0 { close(descriptor) }
    }

    func add(_ target: Int32, token: UInt64, readable: Bool = true, writable: Bool = false) throws(TransportError) {
        try control(CSYSTEM_EPOLL_ADD, target, token, readable, writable)
    }

    func modify(_ target: Int32, token: UInt64, readable: Bool, writable: Bool) throws(TransportError) {
        try control(CSYSTEM_EPOLL_MODIFY, target, token, readable, writable)
    }

    func remove(_ target: Int32) throws(TransportError) {
        try control(CSYSTEM_EPOLL_REMOVE, target, 0, false, false)
    }

    private func control(
        _ operation: Int, _ target: Int32, _ token: UInt64, _ readable: Bool, _ writable: Bool
    ) throws(TransportError) {
        let flags = UInt32((readable ? CSYSTEM_READABLE : 0) | (writable ? CSYSTEM_WRITABLE : 0))
        guard csystem_epoll_control(descriptor, Int32(operation), target, flags, token) == 0 else {
            throw TransportError(operation: "epoll_ctl", code: errno)
        }
    }

    /// Waits up to `milliseconds` (-1: for ever) and returns how many events there are; an interrupted wait has none.
    func wait(milliseconds: Int32) -> Int {
        // Safe: the kernel writes at most the count given, which is the allocation's.
        let count = unsafe epoll_wait(descriptor, events, Int32(Epoll.capacity), milliseconds)
        guard count >= 0 else {
            precondition(errno == EINTR, "epoll_wait: \(errno)")
            return 0
        }
        return Int(count)
    }

    /// One of the events of the last wait.
    func event(_ index: Int) -> Event {
        precondition(index >= 0 && index < Epoll.capacity)
        // Safe: checked against the allocation's count; all of it is initialised.
        let flags = unsafe Int(csystem_event_flags(events + index))
        let token = unsafe csystem_event_token(events + index)
        return Event(
            token: token, isReadable: flags & CSYSTEM_READABLE != 0,
            isWritable: flags & CSYSTEM_WRITABLE != 0, isBroken: flags & CSYSTEM_BROKEN != 0)
    }
}

/// A descriptor that wakes an epoll wait from any thread. The corresponding C function is `eventfd`.
struct Wakeup: ~Copyable {
    let descriptor: Int32

    init() throws(TransportError) {
        descriptor = eventfd(0, Int32(CSYSTEM_EVENTFD_FLAGS))
        guard descriptor >= 0 else { throw TransportError(operation: "eventfd", code: errno) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func signal() {
        var one: UInt64 = 1
        // Safe: eight octets are announced and there. A full counter (EAGAIN) wakes all the same.
        _ = unsafe write(descriptor, &one, 8)
    }

    func clear() {
        var count: UInt64 = 0
        // Safe: eight octets are announced and there.
        _ = unsafe read(descriptor, &count, 8)
    }
}
