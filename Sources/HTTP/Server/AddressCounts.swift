import Addresses
import Synchronization

/// How many connections each address has, for all reactors. An IPv6 network of 64 bits counts as one address.
final class AddressCounts: Sendable {
    enum Verdict: Equatable {
        case admitted
        /// It has as many as it may; `isFirst` where it was not refused since it last had none.
        case refused(isFirst: Bool)
    }

    private struct Count {
        var connections = 0
        var isRefused = false
    }

    private let most: Int
    private let counts = Mutex<[IPAddress: Count]>([:])

    init(most: Int) { self.most = most }

    /// Counts one more connection, unless that is too many.
    func enter(_ address: IPAddress) -> Verdict {
        counts.withLock { counts in
            var count = counts[address.client] ?? Count()
            guard count.connections < most else {
                defer { counts[address.client]?.isRefused = true }
                return .refused(isFirst: !count.isRefused)
            }
            count.connections += 1
            counts[address.client] = count
            return .admitted
        }
    }

    /// One connection that entered is over.
    func leave(_ address: IPAddress) {
        counts.withLock { counts in
            guard var count = counts[address.client] else { return }
            count.connections -= 1
            counts[address.client] = count.connections > 0 ? count : nil
        }
    }
}
