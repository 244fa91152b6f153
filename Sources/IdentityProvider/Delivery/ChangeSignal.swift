import Foundation
import Synchronization

/// Wakes threads that wait for something to happen, so that none of them has to look now and then.
public final class ChangeSignal: Sendable {
    private let condition = NSCondition()
    private let count = Mutex<UInt64>(0)

    init() {}

    /// How often something has happened.
    public var events: UInt64 { count.withLock { $0 } }

    /// Something has happened.
    public func announce() {
        condition.lock()
        count.withLock { $0 &+= 1 }
        condition.broadcast()
        condition.unlock()
    }

    /// Returns once something has happened since `events` was `seen`, or so many milliseconds have passed.
    public func wait(past seen: UInt64, milliseconds: Int) {
        let deadline = Date(timeIntervalSinceNow: Double(max(0, milliseconds)) / 1000)
        condition.lock()
        while events == seen, condition.wait(until: deadline) {}
        condition.unlock()
    }
}
