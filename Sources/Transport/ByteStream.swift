/// The octets of a connection, both ways: a socket's own, or what a security layer makes of them. Confined to the
/// reactor of its connection.
protocol ByteStream: AnyObject {
    /// What epoll watches for this stream.
    var descriptor: Int32 { get }
    /// Takes what has come, at most the buffer's capacity.
    func receive(into buffer: borrowing ReceiveBuffer) -> IOResult
    /// Sends what the peer takes now.
    func send(_ octets: Span<UInt8>) -> IOResult
    /// The same stream for another reactor, as a descriptor that the caller must close, where there is no more to it than the
    /// socket. This one is to be used no more.
    func duplicate() -> Int32?
    /// Says that nothing more will be sent.
    func finishSending()
}

/// A socket without a security layer.
final class SocketStream: ByteStream {
    private let socket: Socket

    init(_ socket: consuming Socket) { self.socket = socket }

    var descriptor: Int32 { socket.descriptor }

    func receive(into buffer: borrowing ReceiveBuffer) -> IOResult { socket.receive(into: buffer) }

    func send(_ octets: Span<UInt8>) -> IOResult { socket.send(octets) }

    func duplicate() -> Int32? { socket.duplicate() }

    func finishSending() { socket.finishSending() }
}
