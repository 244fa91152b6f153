import Addresses
import CSystem
import Glibc
import Synchronization

/// A socket that is bound to an address, and listens once a `ReactorGroup` has it. Closed with its last owner, or before by
/// `close()`; with it goes the file of a Unix socket that was made here.
public final class ListeningSocket: Sendable {
    /// What `accept` found.
    enum Accepted: ~Copyable {
        case connection(Socket, peer: Peer)
        case nothing
        /// The process or the system has no descriptor or memory left: EMFILE, ENFILE, ENOBUFS, ENOMEM.
        case exhausted(Int32)
    }

    let descriptor: Int32
    /// Where it listens, with the port that was chosen for 0.
    public let address: ListenAddress
    private let file: SocketFile?
    private let isClosed = Atomic(false)

    init(owning descriptor: Int32, address: ListenAddress, file: SocketFile? = nil) {
        self.descriptor = descriptor
        self.address = address
        self.file = file
    }

    deinit { close() }

    /// Ends it now, whoever else refers to it: nobody may use it any more.
    func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        file?.remove()
        Glibc.close(descriptor)
    }

    /// Makes the file of a Unix socket, if that is what it is and it was made here, somebody else's; false where the system refuses.
    @discardableResult public func giveFile(to user: UInt32, group: UInt32) -> Bool {
        file?.setOwner(user, group) ?? true
    }

    // MARK: - Connections

    /// Lets clients connect from here on. The corresponding C function is `listen`.
    func startListening() throws(TransportError) {
        guard listen(descriptor, 4096) == 0 else { throw Self.failure(address, errno) }
    }

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
            if accepted >= 0 {
                let socket = Socket(owning: accepted)
                // Nobody is let in as coming from nowhere.
                guard let peer = peer(accepted, storage) else { continue }
                return .connection(socket, peer: peer)
            }
            switch errno {
            case EINTR, ECONNABORTED, EPROTO: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno)
            default: return .nothing
            }
        }
    }

    /// Who is at the other end of a new connection, whose socket is made ready on the way.
    private func peer(_ accepted: Int32, _ storage: sockaddr_storage) -> Peer? {
        if case .file = address { return Peer(credentials: PeerCredentials(of: accepted)) }
        setOption(accepted, Int32(IPPROTO_TCP), TCP_NODELAY)
        setOption(accepted, SOL_SOCKET, SO_KEEPALIVE)
        guard case .network(let host, let port) = ListenAddress(storage) else { return nil }
        // A link-local address comes with its zone, "fe80::1%eth0".
        return IPAddress(host.prefix { $0 != "%" }).map { Peer(address: $0, port: port) }
    }

    // MARK: - Making one

    /// Binds to each address that `address` stands for: a name may have several, no host means IPv6 and IPv4. Those the machine
    /// does not have are passed over if there is another. A Unix socket's file has `mode` from its first moment; one that a
    /// server which is no more has left is replaced.
    public static func bind(
        to address: ListenAddress, mode: UInt32 = 0o666
    ) throws(TransportError) -> [ListeningSocket] {
        switch address {
        case .network(let host, let port): try bind(host: host, port: port, for: address)
        case .file(let path): [try bind(path: path, mode: mode, for: address)]
        }
    }

    /// A socket that another process, such as systemd, has opened and hands over: it must be a stream socket that listens.
    ///
    /// The file of a Unix socket stays when it is closed: it belongs to who made it.
    public static func inherit(_ descriptor: Int32) throws(TransportError) -> ListeningSocket {
        let operation = "use descriptor \(descriptor)"
        guard let isListening = option(descriptor, SO_ACCEPTCONN), let type = option(descriptor, SO_TYPE),
            let address = ListenAddress(boundTo: descriptor)
        else { throw TransportError(operation: operation, code: errno) }
        guard isListening == 1, type == Int32(CSYSTEM_STREAM_SOCKET) else {
            throw TransportError(operation: operation, code: EINVAL, reason: "it is no stream socket that listens")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
        return ListeningSocket(owning: descriptor, address: address)
    }

    private static func bind(
        host: String, port: UInt16, for address: ListenAddress
    ) throws(TransportError) -> [ListeningSocket] {
        // Safe: plain numbers, and pointers that are nil.
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        unsafe hints.ai_socktype = Int32(CSYSTEM_STREAM_SOCKET)
        var list: UnsafeMutablePointer<addrinfo>?
        // Safe: C strings made for the call; the list is freed below, after its last use.
        let status = unsafe getaddrinfo(host.isEmpty ? nil : host, "\(port)", &hints, &list)
        guard status == 0 else {
            throw failure(address, EADDRNOTAVAIL, unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(list) }
        var sockets: [ListeningSocket] = []
        var code: Int32 = EADDRNOTAVAIL
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = entry.pointee.ai_next
            // Where a free port was chosen for the first address, it is the others' too.
            switch unsafe open(entry.pointee, port: port == 0 ? sockets.first?.address.port ?? 0 : 0) {
            case .success(let socket): sockets.append(socket)
            case .failure(let error):
                code = error.code
                guard code == EADDRNOTAVAIL || code == EAFNOSUPPORT else { throw failure(address, code) }
            }
        }
        guard !sockets.isEmpty else { throw failure(address, code) }
        return sockets
    }

    /// One socket, bound. `port`, if not 0, replaces the entry's.
    @unsafe private static func open(
        _ entry: addrinfo, port: UInt16
    ) -> Result<ListeningSocket, TransportError> {
        let type = Int32(CSYSTEM_STREAM_SOCKET | CSYSTEM_SOCKET_FLAGS)
        // Safe: the entry is one of getaddrinfo's list, which the caller frees after this call; its fields are plain numbers.
        let descriptor = unsafe socket(entry.ai_family, type, 0)
        func failed(_ operation: String) -> Result<ListeningSocket, TransportError> {
            let code = errno
            if descriptor >= 0 { Glibc.close(descriptor) }
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
        guard unsafe Glibc.bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 else { return failed("bind") }
        guard let bound = ListenAddress(boundTo: descriptor) else { return failed("getsockname") }
        return .success(ListeningSocket(owning: descriptor, address: bound))
    }

    private static func bind(
        path: String, mode: UInt32, for address: ListenAddress
    ) throws(TransportError) -> ListeningSocket {
        guard UnixAddress.fits(path) else { throw failure(address, ENAMETOOLONG, "the path is longer than 107 octets") }
        if let (code, reason) = SocketFile.clear(path) { throw failure(address, code, reason) }
        let descriptor = socket(AF_UNIX, Int32(CSYSTEM_STREAM_SOCKET | CSYSTEM_SOCKET_FLAGS), 0)
        guard descriptor >= 0 else { throw failure(address, errno) }
        // The kernel gives the file this mode less the umask, so it is at no time open to more than it should; then exactly.
        guard fchmod(descriptor, mode) == 0, UnixAddress.bind(descriptor, to: path), let file = SocketFile(path),
            file.setMode(mode)
        else {
            let code = errno
            Glibc.close(descriptor)
            throw failure(address, code)
        }
        return ListeningSocket(owning: descriptor, address: address, file: file)
    }

    private static func failure(_ address: ListenAddress, _ code: Int32, _ reason: String? = nil) -> TransportError {
        TransportError(operation: "listen on \(address)", code: code, reason: reason ?? systemMessage(code))
    }

    private static func option(_ descriptor: Int32, _ option: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // Safe: the size given is the variable's.
        return unsafe getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : nil
    }
}

extension ListenAddress {
    /// Where a socket is bound; nil where that cannot be told. The corresponding C function is `getsockname`.
    fileprivate init?(boundTo descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        // Safe: the storage has room for every family, and its size is given.
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { return nil }
        self.init(storage)
    }

    /// The numeric address and port, or the path; nil of another family. The corresponding C function is `getnameinfo`.
    fileprivate init?(_ storage: sockaddr_storage) {
        if Int32(storage.ss_family) == AF_UNIX {
            self = .file(path: UnixAddress.path(storage))
            return
        }
        var host = [CChar](repeating: 0, count: 64)
        var service = [CChar](repeating: 0, count: 8)
        // Safe: each buffer goes with its own size; numeric forms fit, and are terminated.
        let status = unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                let length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                return unsafe getnameinfo($0, length, &host, 64, &service, 8, NI_NUMERICHOST | NI_NUMERICSERV)
            }
        }
        guard status == 0 else { return nil }
        func text(_ characters: [CChar]) -> String {
            String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        self = .network(host: text(host), port: UInt16(text(service)) ?? 0)
    }
}
