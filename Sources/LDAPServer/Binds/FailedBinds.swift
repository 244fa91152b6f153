import Addresses
import Synchronization

/// The failed binds of the last minutes, and how long the next ones wait for them.
///
/// Failures are counted in three ways: of a client with a name, of a client with any name, of anybody with a name. The first
/// delays the client's next try with the name further and further, and beyond a queue of tries refuses them; the others delay
/// by a second at most, so that nobody who knows the password is locked out by others who do not.
/// The wait comes before the verification and is the same whatever comes of it: a client that does not wait learns nothing.
/// A name counts alike whether there is such an entry or not.
final class FailedBinds: Sendable {
    /// What is to become of a bind.
    enum Admission: Equatable {
        case now
        /// After this many milliseconds.
        case later(UInt64)
        /// Too many wait already.
        case refused
    }

    /// Failures that cost nothing, and the wait after the next one, doubled with each further one.
    private struct Rule {
        let free: UInt64
        let first: UInt64
        let longest: UInt64

        func wait(after failures: UInt64) -> UInt64 {
            guard failures >= free else { return 0 }
            return min(longest, first << min(failures - free, 16))
        }
    }

    private enum Subject: Hashable {
        case pair(IPAddress?, Int)
        case client(IPAddress?)
        case name(Int)
    }

    private struct Record {
        /// When the last of its failures will be forgotten: each is for `BindDelays.forgetting` from the one before.
        var forgotten: UInt64 = 0
        /// When the next try of a pair has its turn.
        var nextTurn: UInt64 = 0
    }

    /// Records of two ages. Where the younger are too many they become the older ones, and those are forgotten: what still
    /// happens is looked up again and thereby stays, and a flood of names or addresses takes no more memory.
    private struct Records {
        var young: [Subject: Record] = [:]
        var old: [Subject: Record] = [:]

        mutating func find(_ subject: Subject) -> Record? {
            if let record = young[subject] { return record }
            guard let record = old.removeValue(forKey: subject) else { return nil }
            young[subject] = record
            return record
        }

        mutating func keep(_ record: Record, _ subject: Subject) {
            if young.count >= FailedBinds.maximumRecords / 2 {
                old = young
                young = [:]
            }
            young[subject] = record
        }

        mutating func forget(_ subject: Subject) {
            young[subject] = nil
            old[subject] = nil
        }
    }

    static let maximumRecords = 32_768
    /// Failures that are counted; more make no difference.
    private static let maximumFailures: UInt64 = 60
    /// Tries of a client with a name that may wait for their turns.
    private static let maximumQueue: UInt64 = 16

    private let delays: BindDelays
    private let pairRule: Rule
    private let clientRule: Rule
    private let nameRule: Rule
    private let records = Mutex(Records())
    /// Whether anything ever failed: most servers mostly find out nothing else.
    private let isClean = Atomic<Bool>(true)

    init(_ delays: BindDelays) {
        self.delays = delays
        pairRule = Rule(free: 3, first: 250, longest: delays.longest)
        clientRule = Rule(free: 20, first: 100, longest: min(delays.longest, delays.longestShared))
        nameRule = Rule(free: 10, first: 100, longest: min(delays.longest, delays.longestShared))
    }

    /// When a bind may be verified that came at `now`, in milliseconds, from `client`, with a name that hashes to this number.
    func admit(_ client: IPAddress?, _ name: Int, now: UInt64) -> Admission {
        guard delays.longest > 0, !isClean.load(ordering: .relaxed) else { return .now }
        let isTrusted = delays.isTrusted(client)
        let client = client?.client
        return records.withLock { records in
            func failures(_ subject: Subject) -> UInt64 {
                guard let record = records.find(subject), record.forgotten > now else { return 0 }
                return (record.forgotten - now + delays.forgetting - 1) / max(1, delays.forgetting)
            }
            var wait = nameRule.wait(after: failures(.name(name)))
            if !isTrusted { wait = max(wait, clientRule.wait(after: failures(.client(client)))) }
            let pair = Subject.pair(client, name)
            let own = pairRule.wait(after: failures(pair))
            guard own > 0 else { return wait > 0 ? .later(wait) : .now }
            if isTrusted { return .later(max(wait, min(own, delays.longestShared))) }
            var record = records.find(pair) ?? Record()
            let turn = max(now, record.nextTurn) + own
            guard turn - now <= own * Self.maximumQueue else { return .refused }
            record.nextTurn = turn
            records.keep(record, pair)
            return .later(max(wait, min(turn - now, delays.longest)))
        }
    }

    /// Notes a bind that failed.
    func failed(_ client: IPAddress?, _ name: Int, now: UInt64) {
        guard delays.longest > 0 else { return }
        isClean.store(false, ordering: .relaxed)
        let client = client?.client
        records.withLock { records in
            for subject in [Subject.pair(client, name), .client(client), .name(name)] {
                var record = records.find(subject) ?? Record()
                let forgotten = max(record.forgotten, now) + delays.forgetting
                record.forgotten = min(forgotten, now + Self.maximumFailures * delays.forgetting)
                records.keep(record, subject)
            }
        }
    }

    /// Notes a bind that succeeded: what the client got wrong with this name before were slips.
    func succeeded(_ client: IPAddress?, _ name: Int) {
        guard !isClean.load(ordering: .relaxed) else { return }
        records.withLock { $0.forget(.pair(client?.client, name)) }
    }

    /// Records at the moment, for tests.
    var count: Int { records.withLock { $0.young.count + $0.old.count } }
}
