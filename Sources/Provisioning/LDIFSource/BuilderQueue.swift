import AttributeIndex
import Dispatch
import Schema
import Synchronization

/// Adds entries to a segment's builder on a thread of its own, in their order, while the caller reads on: parsing and
/// checking take about as long as building, so that two cores halve the time.
struct BuilderQueue: ~Copyable {
    /// Entries of one file that are handed over together.
    struct Batch: Sendable {
        let file: String
        var entries: [(record: EntryRecord, line: Int)] = []
    }

    /// The first entry that the builder refused.
    struct Refusal: Sendable {
        let error: SegmentError
        let name: DistinguishedName
        let place: RecordPlace
    }

    /// `@unchecked Sendable` because `builder` is touched by the blocks of one serial queue only, and taken out after
    /// the last of them has ended.
    private final class Work: @unchecked Sendable {
        var builder: SegmentBuilder?
        let refusal = Mutex<Refusal?>(nil)

        init(_ builder: consuming SegmentBuilder) {
            self.builder = consume builder
        }

        func add(_ batch: Batch) {
            guard refusal.withLock({ $0 == nil }) else { return }
            for (record, line) in batch.entries {
                do throws(SegmentError) {
                    try builder?.add(record)
                } catch {
                    let place = RecordPlace(file: batch.file, line: line)
                    let refused = Refusal(error: error, name: record.dn, place: place)
                    refusal.withLock { $0 = refused }
                    return
                }
            }
        }
    }

    /// Entries in a batch: enough that handing over costs nothing, few enough that all batches fit into a cache.
    static let batchSize = 512
    /// Batches that wait at most: who reads faster than the builder builds waits for it.
    private static let batchesWaiting = 4

    private let work: Work
    private let queue = DispatchQueue(label: "peopled import")
    private let room = DispatchSemaphore(value: BuilderQueue.batchesWaiting)

    init(_ builder: consuming SegmentBuilder) {
        work = Work(builder)
    }

    /// Hands a batch over.
    /// - Returns: false once an entry was refused: nothing more is added then.
    func add(_ batch: Batch) -> Bool {
        room.wait()
        queue.async { [work, room] in
            work.add(batch)
            room.signal()
        }
        return work.refusal.withLock { $0 == nil }
    }

    /// Waits for everything handed over.
    /// - Returns: the first refusal, if there was one.
    func drain() -> Refusal? {
        queue.sync {}
        return work.refusal.withLock { $0 }
    }

    /// The builder, after `drain()`.
    consuming func takeBuilder() -> SegmentBuilder? {
        work.builder.take()
    }
}
