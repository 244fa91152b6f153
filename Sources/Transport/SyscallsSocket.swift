import Addresses
import CSystem
import Glibc

/// What a socket gave or took.
public enum IOResult: Sendable, Equatable {
    /// That many octets, at least one.
    case transferred(Int)
    /// Nothing now; epoll tells when to try again.
    case wouldBlock
    /// The peer sends no more.
    case endOfStream
    /// The connection is broken, with this `errno`.
    case failed(Int32)
}

/// A connected TCP socket, closed with its owner.
struct Socket: ~Copyable {
    let descriptor: Int32

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Gives the descriptor to the caller, who must close it.
    consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// The corresponding C function is `recv`, which never blocks here.
    func receive(into buffer: borrowing ReceiveBuffer) -> IOResult {
        while true {
            // Safe: pointer and count are the buffer's own, which outlives the call.
            let count = unsafe recv(
                descriptor, buffer.storage.baseAddress, buffer.storage.count, Int32(CSYSTEM_RECEIVE_FLAGS))
            if count > 0 { return .transferred(count) }
            if count == 0 { return .endOfStream }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(code)
            }
        }
    }

    /// The corresponding C function is `send`, which never blocks and never signals here.
    func send(_ octets: Span<UInt8>) -> IOResult {
        while true {
            // Safe: pointer and count are of one span.
            let count = unsafe octets.withUnsafeBufferPointer {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(CSYSTEM_SEND_FLAGS))
            }
            if count >= 0 { return .transferred(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(code)
            }
        }
    }

    /// Another descriptor of the same socket, which the caller must close. The corresponding C function is `fcntl`.
    func duplicate() -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    /// Says that nothing more will be sent. The corresponding C function is `shutdown`.
    func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
}

/// A listening TCP socket, closed with its owner.
struct ListeningSocket: ~Copyable {
    /// What `accept` found.
    enum Accepted: ~Copyable {
        case connection(Socket, peer: Peer)
        case nothing
        /// The process or the system has no descriptor or memory left: EMFILE, ENFILE, ENOBUFS, ENOMEM.
        case exhausted(Int32)
    }

    let descriptor: Int32
    /// Where it listens, with the port that was chosen for 0.
    let address: ListenAddress

    deinit { close(descriptor) }

    /// The next connection. The corresponding C function is `accept4`.
    func accept() -> Accepted {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            // Safe: the storage has room for every family, and its size is given.
            let accepted = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe accept4(descriptor, $0, &length, Int32(CSYSTEM_SOCKET_FLAGS))
                }
            }
            guard accepted < 0 else {
                setOption(accepted, Int32(IPPROTO_TCP), TCP_NODELAY)
                setOption(accepted, SOL_SOCKET, SO_KEEPALIVE)
                return .connection(Socket(owning: accepted), peer: Self.peer(storage, length))
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno)
            default: return .nothing
            }
        }
    }

    /// Listens on each address that `address` stands for: a name may have several, no host means IPv6 and IPv4. Those the
    /// machine does not have are passed over if there is another.
    static func listen(on address: ListenAddress) throws(TransportError) -> [ListenAddress: Int32] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(CSYSTEM_STREAM_SOCKET)
        var list: UnsafeMutablePointer<addrinfo>?
        // Safe: C strings made for the call; the list is freed below, after its last use.
        let status = unsafe getaddrinfo(address.host.isEmpty ? nil : address.host, "\(address.port)", &hints, &list)
        guard status == 0 else {
            throw TransportError(
                operation: "listen on \(address)", code: EADDRNOTAVAIL,
                reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(list) }
        var listening: [ListenAddress: Int32] = [:]
        var failure: Int32 = EADDRNOTAVAIL
        var chosenPort: UInt16 = 0
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            switch unsafe open(entry.pointee, port: chosenPort) {
            case .success(let (bound, descriptor)):
                listening[bound] = descriptor
                if address.port == 0 { chosenPort = bound.port }
            case .failure(let error):
                failure = error.code
                if error.code == EADDRNOTAVAIL || error.code == EAFNOSUPPORT { continue }
                for descriptor in listening.values { close(descriptor) }
                throw TransportError(operation: "listen on \(address)", code: failure)
            }
        }
        guard !listening.isEmpty else { throw TransportError(operation: "listen on \(address)", code: failure) }
        return listening
    }

    /// One socket, bound and listening. `port`, if not 0, replaces the entry's.
    @unsafe private static func open(
        _ entry: addrinfo, port: UInt16
    ) -> Result<(ListenAddress, Int32), TransportError> {
        let type = Int32(CSYSTEM_STREAM_SOCKET | CSYSTEM_SOCKET_FLAGS)
        // Safe: the entry is one of getaddrinfo's list, which the caller frees after this call; its fields are plain numbers.
        let descriptor = unsafe socket(entry.ai_family, type, 0)
        func failed(_ operation: String) -> Result<(ListenAddress, Int32), TransportError> {
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            return .failure(TransportError(operation: operation, code: code))
        }
        guard descriptor >= 0 else { return failed("make a socket") }
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
        if unsafe entry.ai_family == AF_INET6 { setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        if port != 0 {
            // Safe: both families keep the port in octets 2 and 3, in network order.
            let octets = unsafe UnsafeMutableRawPointer(entry.ai_addr)
            unsafe octets?.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        }
        // Safe: address and length are the resolver's.
        guard unsafe bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 else { return failed("bind") }
        guard Glibc.listen(descriptor, 4096) == 0 else { return failed("listen") }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // Safe: the storage has room for every family, and its size is given.
        let named = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard named == 0 else { return failed("getsockname") }
        return .success((name(of: storage, length), descriptor))
    }

    /// The numeric address and port. The corresponding C function is `getnameinfo`.
    private static func name(of storage: sockaddr_storage, _ length: socklen_t) -> ListenAddress {
        var host = [CChar](repeating: 0, count: 64)
        var service = [CChar](repeating: 0, count: 8)
        // Safe: each buffer goes with its own size; numeric forms fit, and are terminated.
        let status = unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getnameinfo($0, length, &host, 64, &service, 8, NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        guard status == 0 else { return ListenAddress(host: "unknown", port: 0) }
        return ListenAddress(host: text(host), port: UInt16(text(service)) ?? 0)
    }

    private static func peer(_ storage: sockaddr_storage, _ length: socklen_t) -> Peer {
        let name = name(of: storage, length)
        // A link-local address comes with its zone, "fe80::1%eth0".
        let host = name.host.prefix { $0 != "%" }
        return IPAddress(host).map { Peer(address: $0, port: name.port) } ?? Peer(credentials: nil)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Sets a socket option to 1. The corresponding C function is `setsockopt`; what it refuses is an improvement lost.
private func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
    var one: Int32 = 1
    // Safe: the size given is the variable's.
    _ = unsafe setsockopt(descriptor, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
}
