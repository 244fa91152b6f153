import Foundation
import Glibc
import Synchronization

/// A blocking TCP socket on the loopback; what it waits for fails after ten seconds.
public final class RawSocket: @unchecked Sendable {
    /// The socket, closed with this.
    public let descriptor: Int32

    /// Takes a socket over.
    public init(owning descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    }

    /// Connects.
    public convenience init(port: UInt16) {
        self.init(owning: socket(AF_INET, 1, 0))
        precondition(Self.connect(descriptor, port), "connect: \(errno)")
    }

    private static func connect(_ descriptor: Int32, _ port: UInt16) -> Bool {
        let address = loopback(port)
        return unsafe withUnsafePointer(to: address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Whether anybody listens there.
    public static func isListening(_ port: UInt16) -> Bool {
        let probe = socket(AF_INET, 1, 0)
        defer { close(probe) }
        return connect(probe, port)
    }

    deinit { close(descriptor) }

    /// Sends what is taken; false where the peer is gone.
    @discardableResult public func send(_ octets: some Collection<UInt8>) -> Bool {
        var rest = Array(octets)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0x4000) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Sends a text.
    @discardableResult public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends without waiting; how many octets were taken.
    public func sendNow(_ octets: [UInt8]) -> Int {
        let count = unsafe octets.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, 0x4040) }
        return max(0, count)
    }

    /// The next octets, as many as have come; none at the end or after ten seconds.
    public func receiveSome(_ most: Int = 65536) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: most)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    /// Everything up to the end.
    public func receiveAll() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let some = receiveSome()
            if some.isEmpty { return all }
            all += some
        }
    }

    /// Everything up to the end of `text` or of the connection.
    public func receive(until text: String) -> String {
        var all: [UInt8] = []
        let end = Array(text.utf8)
        while !all.ends(with: end) {
            let some = receiveSome(1)
            if some.isEmpty { break }
            all += some
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// The same as text.
    public func receiveAllText() -> String { String(decoding: receiveAll(), as: UTF8.self) }

    /// Ends both directions.
    public func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends the direction to the peer.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Has the end come as a reset, unsent octets thrown away.
    public func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}

extension [UInt8] {
    /// Whether these are the last octets.
    public func ends(with end: [UInt8]) -> Bool {
        count >= end.count && self[(count - end.count)...].elementsEqual(end)
    }
}

private func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}

/// A server that says to each connection what a test has it say, one after the other.
public final class ScriptedServer: @unchecked Sendable {
    private let descriptor: Int32
    /// Where it listens, on the loopback.
    public let port: UInt16
    private let seen = Atomic<Int>(0)
    private let ended = DispatchSemaphore(value: 0)

    /// `script` gets each connection with its number, from 0.
    public init(_ script: @escaping @Sendable (RawSocket, Int) -> Void) {
        let descriptor = socket(AF_INET, 1, 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        precondition(isBound)
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let accepted = accept(descriptor, nil, nil)
                guard accepted >= 0 else { break }
                let number = seen.add(1, ordering: .relaxed).oldValue
                script(RawSocket(owning: accepted), number)
            }
            ended.signal()
        }
    }

    /// Connections so far.
    public var connectionCount: Int { seen.load(ordering: .relaxed) }

    /// Takes no more connections.
    public func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        ended.wait()
        close(descriptor)
    }
}

/// Waits for what another thread is about to do.
public func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<1000 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
