import Addresses
import Synchronization

/// A listening socket on its reactor, handing connections out to all. Confined to that reactor once registered.
final class Listener {
    /// Names the registration with the reactor; changes with each.
    var token: UInt64 = 0
    private let socket: ListeningSocket
    private let number: Int
    private let proxies: [IPPrefix]
    private let reactors: [Reactor]

    init(_ socket: ListeningSocket, number: Int, proxies: [IPPrefix], reactors: [Reactor]) {
        self.socket = socket
        self.number = number
        self.proxies = proxies
        self.reactors = reactors
    }

    deinit { socket.close() }

    var descriptor: Int32 { socket.descriptor }

    func accept() -> ListeningSocket.Accepted { socket.accept() }

    /// Gives the connection to a reactor. Where it must come from a proxy and does not it is closed, and told of.
    func distribute(_ socket: consuming Socket, _ peer: Peer) -> Arrival? {
        let arrival = Arrival(peer: peer, listener: number)
        let isProxied = !proxies.isEmpty
        if isProxied, !isFromProxy(peer) { return arrival }
        guard let target = Reactor.forNewConnection(among: reactors) else { return nil }
        target.load.add(1, ordering: .relaxed)
        let descriptor = socket.release()
        let isPosted = target.post {
            isProxied
                ? $0.adoptProxied(Socket(owning: descriptor), arrival) : $0.adopt(Socket(owning: descriptor), arrival)
        }
        if !isPosted { _ = Socket(owning: descriptor) }
        return nil
    }

    private func isFromProxy(_ peer: Peer) -> Bool {
        peer.address.map { address in proxies.contains { $0.contains(address) } } ?? false
    }
}
