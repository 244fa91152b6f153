import CSystem
import Glibc

/// Sockets of connections that begin here.
enum OutgoingSocket {
    /// A socket connected to the first address of `host` that answers. The corresponding C functions are `getaddrinfo`, which has
    /// time limits of its own (resolv.conf), `socket`, `connect` and `poll`.
    static func connect(host: String, port: UInt16, deadline: UInt64) throws(TransportError) -> Socket {
        let operation = "connect to \(host):\(port)"
        // Safe: C strings made for the call; the list is freed below, after its last use.
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(CSYSTEM_STREAM_SOCKET)
        unsafe hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, "\(port)", &hints, &list)
        guard status == 0 else {
            throw TransportError(
                operation: operation, code: EHOSTUNREACH, reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(list) }
        var failure = TransportError(operation: operation, code: EADDRNOTAVAIL)
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            do throws(TransportError) {
                return try unsafe connect(entry.pointee, operation, deadline: deadline)
            } catch {
                failure = error
                if monotonicMilliseconds() >= deadline { break }
            }
        }
        throw failure
    }

    /// A socket connected to a Unix socket of this machine, which takes no time or fails. The corresponding C functions are `socket`
    /// and `connect`.
    static func connect(path: String) throws(TransportError) -> Socket {
        let operation = "connect to \(path)"
        let descriptor = socket(AF_UNIX, Int32(CSYSTEM_STREAM_SOCKET | CSYSTEM_SOCKET_FLAGS), 0)
        guard descriptor >= 0 else { throw TransportError(operation: operation, code: errno) }
        let connecting = Socket(owning: descriptor)
        guard UnixAddress.connect(descriptor, to: path) else { throw TransportError(operation: operation, code: errno) }
        return connecting
    }

    @unsafe private static func connect(
        _ entry: addrinfo, _ operation: String, deadline: UInt64
    ) throws(TransportError) -> Socket {
        // Safe: the entry is one of getaddrinfo's list, which the caller frees after this call.
        let descriptor = unsafe socket(entry.ai_family, Int32(CSYSTEM_STREAM_SOCKET | CSYSTEM_SOCKET_FLAGS), 0)
        guard descriptor >= 0 else { throw TransportError(operation: operation, code: errno) }
        let connecting = Socket(owning: descriptor)
        if unsafe Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) != 0 {
            guard errno == EINPROGRESS else { throw TransportError(operation: operation, code: errno) }
            guard wait(descriptor, writable: true, deadline: deadline) else {
                throw TransportError(operation: operation, code: ETIMEDOUT)
            }
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
                throw TransportError(operation: operation, code: code)
            }
        }
        var one: Int32 = 1
        _ = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        return connecting
    }

    /// Waits until the socket can be read or written, or is broken; false where the deadline passes first. The corresponding C
    /// function is `poll`.
    static func wait(_ descriptor: Int32, writable: Bool = false, deadline: UInt64) -> Bool {
        while true {
            let now = monotonicMilliseconds()
            let rest = Int32(clamping: deadline > now ? deadline - now : 0)
            var watched = pollfd(fd: descriptor, events: Int16(writable ? POLLOUT : POLLIN), revents: 0)
            // Safe: one element is announced and there.
            let count = unsafe poll(&watched, 1, rest)
            if count > 0 { return true }
            if count == 0 || errno != EINTR { return false }
        }
    }
}
