public import AttributeIndex
public import EventLog
import Foundation
import Synchronization

/// The thread that folds a store's segments as deliveries make more of them, beside whoever delivers: a server that is fed for
/// months has nobody else to do it.
public final class StoreCompaction: Sendable {
    private static let interval = 0.25

    private let store: IndexStore
    private let log: EventLog
    private let isStopping = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Starts to look after a store that is open for writing.
    public init(_ store: IndexStore, log: EventLog) {
        self.store = store
        self.log = log
        Thread { [self] in look() }.start()
    }

    /// Ends; what is being folded is finished first, not wasted.
    public func stop() {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
    }

    private func look() {
        ControlPlanePriority.lower()
        var seen = 0
        while !isStopping.load(ordering: .relaxed) {
            // Only a new file can make folding worth while.
            let segments = store.currentGeneration().segments.count
            if segments != seen { fold() }
            seen = segments
            Thread.sleep(forTimeInterval: Self.interval)
        }
        ended.signal()
    }

    /// Nothing is lost where it fails: what was there stays, and the next file is another occasion.
    private func fold() {
        do throws(StoreError) { try store.compact(.due) } catch {
            log.log(.warning, "compaction-failed", ["reason": error.description])
        }
    }
}
