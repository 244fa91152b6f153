import LDAP
import Synchronization

/// What one reactor has counted since the start. Only its thread counts; any thread may read, and cn=Monitor adds up what all
/// reactors have.
///
/// An addition is a load and a store: nobody else writes, so that nothing needs to be locked.
final class Counters: Sendable {
    private let operations = InlineArray<10, OperationCounters> { _ in OperationCounters() }
    private let refusals = InlineArray<32, Counter> { _ in Counter() }
    private let totals = InlineArray<12, Counter> { _ in Counter() }

    /// Sums that are neither of operations nor of refusals.
    enum Total: Int, CaseIterable {
        case connections, entries, references, octetsReceived, octetsSent, notices
        case tlsHandshakes, tlsFailures
    }

    func began(_ operation: RequestOperation, _ count: Int = 1) {
        operations[operation.ordinal].initiated.add(count)
    }

    func ended(_ operation: RequestOperation, _ code: ResultCode) {
        operations[operation.ordinal].add(ResultClass(code))
    }

    /// The same as `ended` with success, where that is known.
    func succeeded(_ operation: RequestOperation) { operations[operation.ordinal].add(.success) }

    func refused(_ refusal: Refusal) { refusals[refusal.rawValue].add(1) }

    func add(_ total: Total, _ count: Int = 1) { totals[total.rawValue].add(count) }

    func initiated(_ operation: RequestOperation) -> UInt64 { operations[operation.ordinal].initiated.value }

    func completed(_ operation: RequestOperation, _ results: ResultClass) -> UInt64 {
        operations[operation.ordinal].results[results.rawValue].value
    }

    func count(of refusal: Refusal) -> UInt64 { refusals[refusal.rawValue].value }

    func sum(_ total: Total) -> UInt64 { totals[total.rawValue].value }
}

/// A number that one thread adds to.
struct Counter: ~Copyable, Sendable {
    private let number = Atomic<UInt64>(0)

    var value: UInt64 { number.load(ordering: .relaxed) }

    @inline(__always)
    func add(_ count: Int) {
        number.store(number.load(ordering: .relaxed) &+ UInt64(truncatingIfNeeded: count), ordering: .relaxed)
    }
}

/// The counters of a kind of operation.
private struct OperationCounters: ~Copyable, Sendable {
    let initiated = Counter()
    let results = InlineArray<8, Counter> { _ in Counter() }

    func add(_ result: ResultClass) { results[result.rawValue].add(1) }
}

extension RequestOperation {
    /// Its place among the counters.
    fileprivate var ordinal: Int {
        switch self {
        case .search: 0
        case .bind: 1
        case .unbind: 2
        case .compare: 3
        case .modify: 4
        case .add: 5
        case .delete: 6
        case .modifyDN: 7
        case .abandon: 8
        case .extended: 9
        }
    }
}
