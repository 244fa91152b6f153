public import EventLog
import Foundation
public import Storage
import Synchronization

/// Change events in two files that take turns: what `peopled changes` shows.
///
/// Events are numbered and queued where they happen, and written by a thread of its own: whoever records waits for no disk. What is
/// asked for comes from the files alone, so that nobody is shown an event that a kill could still undo. Lines are appended; a
/// torn one at the end is cut off when the log is opened, and one that is damaged is passed over. Numbers go on after a
/// restart from the last line there is; where some are missing, events were lost.
public final class ChangeEventLog: ChangeEventRecorder {
    /// How much is kept.
    public struct Limits: Sendable {
        /// Octets of each of the two files.
        public var file = 16 << 20
        /// Events that may wait to be written; beyond it they are counted and dropped.
        public var queue = 200_000
        /// Seconds between two writes: what happens meanwhile is written together.
        public var pause = 0.02

        /// The values that these lines show.
        public init() {}
    }

    private struct Queue {
        var events: [ChangeEvent] = []
        var next: UInt64
        /// The number of the last event in the files.
        var written: UInt64
        var dropped: UInt64 = 0
        var isStopping = false
        var hasEnded = false
    }

    private let files: Mutex<ChangeEventFiles>
    private let log: EventLog
    private let clock: @Sendable () -> Int64
    private let limits: Limits
    /// Tells the writer of events to be written, and those who wait of events that are. Held while `queue` changes.
    private let condition = NSCondition()
    private let queue: Mutex<Queue>

    /// Opens the log in `directory`, which is made where there is none.
    ///
    /// - Throws: where its files cannot be read or mended.
    public init(
        directory: String, files: any FileSystem, log: EventLog, limits: Limits = Limits(),
        clock: (@Sendable () -> Int64)? = nil
    ) throws(StorageError) {
        let opened = try ChangeEventFiles(directory: directory, files: files, limit: limits.file)
        queue = Mutex(Queue(next: opened.last + 1, written: opened.last))
        self.files = Mutex(opened)
        self.log = log
        self.limits = limits
        self.clock = clock ?? { Int64(Date().timeIntervalSince1970) }
        Thread { [self] in write() }.start()
    }

    /// See `ChangeEventRecorder`.
    public func record(_ events: [ChangeEvent]) {
        guard !events.isEmpty else { return }
        let time = clock()
        condition.lock()
        queue.withLock { queue in
            for var event in events {
                event.number = queue.next
                event.time = time
                queue.next += 1
                if queue.events.count < limits.queue { queue.events.append(event) } else { queue.dropped += 1 }
            }
        }
        condition.broadcast()
        condition.unlock()
    }

    /// Events that are in the files, in order.
    ///
    /// - Parameter seconds: how long to wait for one where there is none yet.
    public func events(_ query: ChangeEventQuery, waitingUpTo seconds: Double = 0) -> ChangeEventPage {
        let end = Date(timeIntervalSinceNow: seconds)
        var query = query
        while true {
            let written = queue.withLock { $0.written }
            let page = files.withLock { $0.read(query) }
            guard page.lines.isEmpty, seconds > 0 else { return page }
            // What was read is not looked at again.
            query.after = page.last
            guard waitForMore(than: written, until: end) else { return page }
        }
    }

    /// Writes what is queued, and lets those go who wait. What is recorded from now on is lost.
    public func stop() {
        condition.lock()
        queue.withLock { $0.isStopping = true }
        condition.broadcast()
        while !queue.withLock({ $0.hasEnded }) { condition.wait() }
        condition.unlock()
    }

    /// False where the time is up or the log is closed.
    private func waitForMore(than before: UInt64, until end: Date) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (written, isStopping) = queue.withLock { ($0.written, $0.isStopping) }
            if written > before { return true }
            if isStopping || !condition.wait(until: end) { return false }
        }
    }

    // MARK: - The thread

    private func write() {
        while let (events, dropped) = next() {
            do throws(StorageError) {
                try files.withLock { (files) throws(StorageError) in try files.append(events) }
            } catch {
                log.log(.error, "change-events-lost", ["events": events.count, "reason": error.description])
            }
            if dropped > 0 {
                log.log(.warning, "change-events-lost", ["events": dropped, "reason": "too many at once"])
            }
            condition.lock()
            queue.withLock { $0.written = max($0.written, events.last?.number ?? 0) }
            condition.broadcast()
            condition.unlock()
            Thread.sleep(forTimeInterval: limits.pause)
        }
        files.withLock { $0.close() }
        condition.lock()
        queue.withLock { $0.hasEnded = true }
        condition.broadcast()
        condition.unlock()
    }

    /// Waits for events, and takes all there are; nil at the end.
    private func next() -> (events: [ChangeEvent], dropped: UInt64)? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (taken, dropped, isStopping) = queue.withLock { queue in
                var taken: [ChangeEvent] = []
                swap(&taken, &queue.events)
                defer { queue.dropped = 0 }
                return (taken, queue.dropped, queue.isStopping)
            }
            if !taken.isEmpty { return (taken, dropped) }
            if isStopping { return nil }
            condition.wait()
        }
    }
}
