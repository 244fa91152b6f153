import Glibc

/// A system call that failed, or an address that cannot be used.
public struct TransportError: Error, Equatable, CustomStringConvertible {
    /// What was tried, for people: "listen on 127.0.0.1:389", "epoll_create1".
    public let operation: String
    /// The `errno` of it.
    public let code: Int32
    /// The system's words for the code, or the resolver's.
    public let reason: String

    init(operation: String, code: Int32) {
        self.init(operation: operation, code: code, reason: systemMessage(code))
    }

    init(operation: String, code: Int32, reason: String) {
        self.operation = operation
        self.code = code
        self.reason = reason
    }

    /// The system gives no random octets.
    public static let noRandomness = TransportError(operation: "get random octets", code: EIO)

    /// Whether the address is another process's (EADDRINUSE).
    public var isAddressInUse: Bool { code == EADDRINUSE }

    /// Whether a deadline passed (ETIMEDOUT).
    public var isTimeout: Bool { code == ETIMEDOUT }

    /// For example "cannot listen on 127.0.0.1:389: Permission denied".
    public var description: String { "cannot \(operation): \(reason)" }

    /// Equal where the codes are: words are for people.
    public static func == (one: TransportError, other: TransportError) -> Bool { one.code == other.code }
}
