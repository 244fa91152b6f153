import Provisioning
import Synchronization

/// A clock that stands until it is moved, and chance that always falls the same.
final class FakeClock: Sendable {
    private let milliseconds = Mutex<Int64>(5_000_000)

    var feed: FeedClock {
        FeedClock(
            milliseconds: { [self] in milliseconds.withLock { $0 } },
            seconds: { [self] in 1_800_000_000 + milliseconds.withLock { $0 } / 1000 }, random: { 0 })
    }

    var now: Int64 { milliseconds.withLock { $0 } }

    func advance(milliseconds more: Int64) { milliseconds.withLock { $0 += more } }
}

/// Events in memory.
final class EventList: ChangeEventRecorder {
    private let kept = Mutex<[ChangeEvent]>([])

    func record(_ events: [ChangeEvent]) { kept.withLock { $0 += events } }

    var kinds: [ChangeEvent.Kind] { kept.withLock { $0.map(\.kind) } }

    var all: [ChangeEvent] { kept.withLock { $0 } }
}
