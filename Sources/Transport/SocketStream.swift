/// The octets of a connection as they are on the socket, both ways. Confined to the reactor of its connection.
final class SocketStream {
    private let socket: Socket

    init(_ socket: consuming Socket) { self.socket = socket }

    /// What epoll watches.
    var descriptor: Int32 { socket.descriptor }

    /// Takes what has come, at most the buffer's capacity.
    func receive(into buffer: borrowing ReceiveBuffer) -> IOResult { socket.receive(into: buffer) }

    /// Sends what the peer takes now.
    func send(_ octets: Span<UInt8>) -> IOResult { socket.send(octets) }

    /// The same socket for another reactor, as a descriptor that the caller must close. This one is to be used no more.
    func duplicate() -> Int32? { socket.duplicate() }

    /// Says that nothing more will be sent.
    func finishSending() { socket.finishSending() }
}
