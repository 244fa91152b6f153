import Synchronization

/// A listening socket on its reactor, handing connections out to all. Confined to that reactor once registered.
final class Listener {
    /// Names the registration with the reactor; changes with each.
    var token: UInt64 = 0
    private let socket: ListeningSocket
    private let number: Int
    private let reactors: [Reactor]

    init(descriptor: Int32, address: ListenAddress, number: Int, reactors: [Reactor]) {
        socket = ListeningSocket(descriptor: descriptor, address: address)
        self.number = number
        self.reactors = reactors
    }

    var descriptor: Int32 { socket.descriptor }

    func accept() -> ListeningSocket.Accepted { socket.accept() }

    /// Gives the connection to a reactor.
    func distribute(_ socket: consuming Socket, _ peer: Peer) {
        guard let target = Reactor.forNewConnection(among: reactors) else { return }
        target.load.add(1, ordering: .relaxed)
        let descriptor = socket.release()
        let arrival = Arrival(peer: peer, listener: number)
        let isPosted = target.post { $0.adopt(Socket(owning: descriptor), arrival) }
        if !isPosted { _ = Socket(owning: descriptor) }
    }
}
