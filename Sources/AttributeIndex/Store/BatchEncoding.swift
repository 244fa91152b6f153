import Dispatch
import Schema
import Synchronization

/// The octets of a batch: of a large one worked out by another thread, while this one builds its segment.
final class BatchEncoding: Sendable {
    /// Changes that are worth a thread.
    private static let least = 1000

    private let group = DispatchGroup()
    private let result = Mutex<[UInt8]>([])

    /// Begins. `base` is the configured schema, without what records added to it.
    init(_ batch: ChangeBatch, base: Schema) {
        guard batch.changes.count >= Self.least else {
            result.withLock { $0 = batch.encoded(base: base) }
            return
        }
        DispatchQueue.global().async(group: group) { [self] in
            let octets = batch.encoded(base: base)
            result.withLock { $0 = octets }
        }
    }

    /// The octets, once they are there.
    var octets: [UInt8] {
        group.wait()
        return result.withLock { $0 }
    }
}
