/// A connection from a proxy until its PROXY header is whole. Confined to its reactor.
///
/// Not one octet behind the header is taken from the socket: they are the client's, and TLS's, to read.
final class ProxiedArrival {
    enum Progress {
        case waiting
        /// The connection is from there.
        case arrived(Arrival)
        case refused(ProxyHeaderError)
        /// The proxy has closed.
        case gone
    }

    /// Names it to its reactor.
    let token: UInt64
    /// The proxy itself.
    let arrival: Arrival
    let descriptor: Int32
    private let since: UInt64
    private var octets: [UInt8] = []
    private var isOwner = true

    init(_ socket: consuming Socket, _ arrival: Arrival, token: UInt64, now: UInt64) {
        descriptor = socket.release()
        self.arrival = arrival
        self.token = token
        since = now
    }

    deinit { if isOwner { _ = Socket(owning: descriptor) } }

    /// Gives up the socket; nothing is to be read here any more.
    func takeSocket() -> Socket {
        isOwner = false
        return Socket(owning: descriptor)
    }

    func isLate(now: UInt64, timeouts: Timeouts) -> Bool {
        timeouts.handshake > 0 && now >= since + timeouts.handshake
    }

    /// Looks at what has come, and takes what of it is the header's.
    func read(through buffer: borrowing ReceiveBuffer) -> Progress {
        let limit = ProxyHeader.maximumLength - octets.count
        let seen = Socket.receive(descriptor, into: buffer, atMost: limit, flags: Socket.peek)
        guard case .transferred(let count) = seen else { return seen == .wouldBlock ? .waiting : .gone }
        let before = octets.count
        buffer.withPrefix(count) { octets.append(copying: $0) }
        do throws(ProxyHeaderError) {
            guard let header = try ProxyHeader(octets.span) else { return take(count, through: buffer, then: .waiting) }
            let client = header.client ?? arrival.peer
            return take(
                header.length - before, through: buffer,
                then: .arrived(Arrival(peer: client, listener: arrival.listener)))
        } catch {
            return .refused(error)
        }
    }

    /// Receives what was only looked at before: it is there, at once.
    private func take(_ count: Int, through buffer: borrowing ReceiveBuffer, then progress: Progress) -> Progress {
        let taken = Socket.receive(descriptor, into: buffer, atMost: count)
        return taken == .transferred(count) ? progress : .gone
    }
}
