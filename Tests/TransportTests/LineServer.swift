import Glibc
import Synchronization

@testable import Transport

/// What the tests' handlers saw.
final class Record: Sendable {
    let closed = Mutex<[Connection.CloseReason]>([])
    let reactors = Mutex<Set<Int>>([])
    let failures = Mutex<[Int32]>([])
    let calls = Atomic<Int>(0)
    let handOvers = Atomic<Int>(0)
    let tls = Mutex<TLSContext?>(nil)
    let security = Mutex<[ConnectionSecurity]>([])
    let bindings = Mutex<[ChannelBinding: [UInt8]]>([:])
}

/// Answers lines: "echo X" with X, "big N" with N octets, "turns N" with N turns' dots, "bye" and "last" by closing.
final class LineHandler: ConnectionHandler {
    let connection: Connection
    let record: Record
    var turns = 0

    init(_ connection: Connection, _ record: Record) {
        self.connection = connection
        self.record = record
    }

    var isIdle: Bool { turns == 0 }

    func received(_ octets: Span<UInt8>) -> Int {
        record.calls.add(1, ordering: .relaxed)
        var start = 0
        for index in octets.indices where octets[index] == 10 {
            var line: [UInt8] = []
            for position in start..<index { line.append(octets[position]) }
            answer(String(decoding: line, as: UTF8.self))
            start = index + 1
        }
        return start
    }

    private func answer(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1)
        let argument = words.count > 1 ? String(words[1]) : ""
        switch words.first {
        case "echo": connection.send(Array(argument.utf8).span)
        case "big": connection.send([UInt8](repeating: 0x78, count: Int(argument) ?? 0).span)
        case "turns":
            turns = Int(argument) ?? 0
            connection.schedule()
        case "bye": connection.close()
        case "tls":
            connection.send(Array("go".utf8).span)
            if let tls = record.tls.withLock({ $0 }) { connection.startTLS(tls) }
        default:
            connection.send(Array("last".utf8).span)
            connection.close(lingers: true)
        }
    }

    func resume() {
        connection.send([UInt8(ascii: ".")].span)
        turns -= 1
        if turns > 0 { connection.schedule() }
    }

    func outputDrained() { connection.send(Array("drained".utf8).span) }

    func deadlinePassed(_ deadline: Connection.Deadline) {
        connection.send(Array("\(deadline)".utf8).span)
        connection.close()
    }

    func secured() {
        record.security.withLock { $0.append(connection.security) }
        for kind in ChannelBinding.allCases {
            let value = connection.channelBinding(kind)
            record.bindings.withLock { $0[kind] = value }
        }
    }

    func drain() { connection.close() }

    func handOver() -> (any Sendable)? { turns == 0 ? record : nil }

    func closed(_ reason: Connection.CloseReason) { record.closed.withLock { $0.append(reason) } }
}

final class LineService: ReactorService {
    let record: Record
    let reactor: Reactor
    let isImplicitTLS: Bool

    init(_ record: Record, _ reactor: Reactor, isImplicitTLS: Bool = false) {
        self.record = record
        self.reactor = reactor
        self.isImplicitTLS = isImplicitTLS
    }

    func accept(_ connection: Connection) -> any ConnectionHandler {
        record.reactors.withLock { _ = $0.insert(reactor.index) }
        if isImplicitTLS, let tls = record.tls.withLock({ $0 }) { connection.startTLS(tls) }
        return LineHandler(connection, record)
    }

    func takeOver(_ connection: Connection, _ state: any Sendable) -> any ConnectionHandler {
        record.handOvers.add(1, ordering: .relaxed)
        return accept(connection)
    }

    func acceptFailed(_ code: Int32) { record.failures.withLock { $0.append(code) } }

    func tick(now: UInt64) {}
}

final class LineServer {
    let record = Record()
    let group: ReactorGroup
    let port: UInt16

    init(
        reactors: Int = 1, timeouts: Timeouts = Timeouts(), longRound: UInt64 = 1_000_000, tls: TLSContext? = nil,
        isImplicitTLS: Bool = false
    ) throws {
        let record = record
        record.tls.withLock { $0 = tls }
        let configuration = ReactorGroup.Configuration(
            reactorCount: reactors, timeouts: timeouts, tickInterval: 10, longRound: longRound)
        group = try ReactorGroup(configuration) { LineService(record, $0, isImplicitTLS: isImplicitTLS) }
        let addresses = try group.listen(on: ListenAddress(host: "127.0.0.1", port: 0))
        port = addresses.first?.port ?? 0
    }

    deinit { group.drain(within: 1000) }
}

/// Waits for what another thread is about to do.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
