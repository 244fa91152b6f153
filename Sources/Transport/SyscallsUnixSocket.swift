import CSystem
import Glibc

/// The address of a Unix socket: a path, or with "@" before it a name that is no file (the abstract namespace).
enum UnixAddress {
    /// Octets that fit the kernel's address, with the zero that ends a path.
    private static let capacity = 108

    /// Whether the path is short enough for an address.
    static func fits(_ path: String) -> Bool { !path.isEmpty && path.utf8.count < capacity }

    /// The corresponding C function is `bind`; false leaves its `errno`.
    static func bind(_ descriptor: Int32, to path: String) -> Bool {
        // Safe: address and length are those of `with`.
        unsafe with(path) { unsafe Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// The corresponding C function is `connect`; false leaves its `errno`.
    static func connect(_ descriptor: Int32, to path: String) -> Bool {
        // Safe: address and length are those of `with`.
        unsafe with(path) { unsafe Glibc.connect(descriptor, $0, $1) } == 0
    }

    /// The path in an address of this family.
    static func path(_ storage: sockaddr_storage) -> String {
        // Safe: the storage is larger than a sockaddr_un, and all of it is initialised.
        unsafe withUnsafeBytes(of: storage) { octets in
            let path = unsafe octets.dropFirst(MemoryLayout<sa_family_t>.size).prefix(capacity)
            return unsafe String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        guard fits(path) else {
            errno = ENAMETOOLONG
            return -1
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = path.hasPrefix("@")
        // Safe: `fits` has checked the count against the array's; what is behind stays zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { octets in
            for (index, octet) in path.utf8.enumerated() { unsafe octets[index] = octet }
            if isAbstract { unsafe octets[0] = 0 }
        }
        // An abstract name is as long as it is said to be, a path ends with its zero.
        let length = MemoryLayout<sa_family_t>.size + path.utf8.count + (isAbstract ? 0 : 1)
        // Safe: the length is within the address, which outlives the call.
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(length)) }
        }
    }
}

/// The file of a Unix socket that was made here.
struct SocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let number: ino_t

    /// Nil where there is none at the path, with its `errno`.
    init?(_ path: String) {
        var record = stat()
        // Safe: lstat fills the one record it is given.
        guard unsafe lstat(path, &record) == 0 else { return nil }
        self.path = path
        device = record.st_dev
        number = record.st_ino
    }

    /// The corresponding C function is `chmod`; false leaves its `errno`.
    func setMode(_ mode: UInt32) -> Bool {
        // Safe: the string is terminated and lives through the call.
        unsafe chmod(path, mode) == 0
    }

    /// The corresponding C function is `lchown`; false leaves its `errno`.
    func setOwner(_ user: UInt32, _ group: UInt32) -> Bool {
        // Safe: the string is terminated and lives through the call.
        unsafe lchown(path, user, group) == 0
    }

    /// Takes the file away, unless somebody has put another in its place.
    func remove() {
        guard let now = SocketFile(path), now.device == device, now.number == number else { return }
        // Safe: the string is terminated and lives through the call.
        _ = unsafe unlink(path)
    }

    /// Takes away the socket of a server that is no more. What stands in the way otherwise: an `errno`, and words for it.
    static func clear(_ path: String) -> (code: Int32, reason: String)? {
        var record = stat()
        // Safe: lstat fills the one record it is given.
        guard unsafe lstat(path, &record) == 0 else {
            return errno == ENOENT ? nil : (errno, systemMessage(errno))
        }
        guard record.st_mode & S_IFMT == S_IFSOCK else { return (EEXIST, "there is a file that is no socket") }
        let probe = socket(AF_UNIX, Int32(CSYSTEM_STREAM_SOCKET | CSYSTEM_SOCKET_FLAGS), 0)
        guard probe >= 0 else { return (errno, systemMessage(errno)) }
        defer { close(probe) }
        let isAnswered = UnixAddress.connect(probe, to: path)
        // Only a socket that nobody holds refuses; one that has no room for another connection says EAGAIN.
        if isAnswered || errno == EAGAIN || errno == EPROTOTYPE { return (EADDRINUSE, "another server answers there") }
        // Safe: the string is terminated and lives through the call.
        guard errno == ECONNREFUSED, unsafe unlink(path) == 0 else { return (errno, systemMessage(errno)) }
        return nil
    }
}

extension PeerCredentials {
    private static let maximumGroups: Int32 = 64

    /// Of the process at the other end of a connected Unix socket. The corresponding socket options are `SO_PEERCRED` and
    /// `SO_PEERGROUPS`.
    init?(of descriptor: Int32) {
        var (process, user, group): (Int32, UInt32, UInt32) = (0, 0, 0)
        // Safe: the shim writes the three numbers it is given.
        guard unsafe csystem_peer_credentials(descriptor, &process, &user, &group) == 0 else { return nil }
        self.init(user: user, group: group, process: process)
        var groups = [UInt32](repeating: 0, count: Int(Self.maximumGroups))
        // Safe: the shim writes no more than it is told there is room for.
        let count = unsafe csystem_peer_groups(descriptor, &groups, Self.maximumGroups)
        furtherGroups = Array(groups.prefix(Int(max(0, count))))
    }
}

/// Sends one datagram to a Unix socket, given by its path or "@" and a name; false where nobody takes it. Never blocks.
///
/// The corresponding C functions are `socket`, `connect` and `send`.
public func sendDatagram(_ octets: Span<UInt8>, toUnixSocket path: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(CSYSTEM_DATAGRAM_SOCKET | CSYSTEM_SOCKET_FLAGS), 0)
    guard descriptor >= 0 else { return false }
    let target = Socket(owning: descriptor)
    guard UnixAddress.connect(descriptor, to: path) else { return false }
    return target.send(octets) == .transferred(octets.count)
}
