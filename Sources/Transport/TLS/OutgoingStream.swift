import Glibc

/// A connection to another server, for threads that may wait. Every call has a deadline: a value of
/// `monotonicMilliseconds()` at which it fails with `TransportError.isTimeout`.
///
/// `@unchecked Sendable` because its owner lets one thread at a time use it.
public final class OutgoingStream: @unchecked Sendable {
    /// Connects to the first address of `host` (a name or an address without brackets) that answers.
    public init(host: String, port: UInt16, deadline: UInt64) throws(TransportError) {
        throw TransportError(operation: "connect to \(host):\(port)", code: ETIMEDOUT)
    }

    /// Secures the connection. The server's certificate must verify and be for `serverName`, a DNS name or an IP address.
    public func startTLS(
        _ context: TLSClientContext, serverName: String, deadline: UInt64
    ) throws(TransportError) {}

    /// Waits for octets, and returns between 1 and `count` of them; none where the server has closed.
    public func read(upTo count: Int, deadline: UInt64) throws(TransportError) -> [UInt8] { [] }

    /// Sends all of `octets`.
    public func write(_ octets: Span<UInt8>, deadline: UInt64) throws(TransportError) {}

    /// Whether nothing has come, not even the connection's end: whether a pool may use it again.
    public var isQuiet: Bool { false }

    /// Ends the connection, politely where that takes no time; also done where the last reference goes.
    public func close() {}
}
