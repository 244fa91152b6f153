import EventLog
import Foundation
import LDAPServer
import Provisioning
import Synchronization

/// Says in the log how identity providers are doing: at each change of phase, and of all of them every five minutes.
final class SourceReporter: Sendable {
    private static let interval: TimeInterval = 300

    private let control: any FeedControl
    private let log: EventLog
    private let isStarted = Atomic(false)
    private let isStopping = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Looks at nothing yet.
    init(_ control: any FeedControl, log: EventLog) {
        self.control = control
        self.log = log
    }

    /// Starts to look, if it has not yet: once there is a configuration to tell of.
    func start() {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return }
        Thread { [self] in watch() }.start()
    }

    /// Says no more, from the return on.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        if isStarted.load(ordering: .relaxed) { ended.wait() }
    }

    private func watch() {
        var phases: [String: SourceStatus.Phase] = [:]
        var due = ContinuousClock.now + .seconds(Self.interval)
        while !isStopping.load(ordering: .relaxed) {
            let isDue = ContinuousClock.now >= due
            if isDue { due = ContinuousClock.now + .seconds(Self.interval) }
            for status in control.statuses where isDue || phases[status.entityID] != status.phase {
                phases[status.entityID] = status.phase
                report(status)
            }
            Thread.sleep(forTimeInterval: 0.2)
        }
        ended.signal()
    }

    private func report(_ status: SourceStatus) {
        let level: EventLog.Level =
            switch status.phase {
            case .starting, .snapshot, .following: .info
            case .retrying, .suspended, .held, .failed: .warning
            }
        log.log(
            level, "source",
            [
                "source": status.entityID, "phase": status.phase.rawValue, "position": status.position ?? "-",
                "people": status.people, "refused": status.refused, "lag": status.lag ?? -1,
                "failures": status.failures, "reason": status.failure ?? "",
            ])
    }
}

extension SourceReport {
    /// What cn=Monitor shows of a source.
    init(_ status: SourceStatus) {
        self.init(name: status.entityID, people: status.people)
        lastSuccess = status.lastSuccess
        problem = status.failure
        facts = [
            ("phase", status.phase.rawValue), ("update", status.update), ("position", status.position ?? "none"),
            ("lag", status.lag.map { "\($0)" } ?? "unknown"), ("failures", "\(status.failures)"),
            ("refused", "\(status.refused)"),
        ]
        if let removals = status.heldRemovals { facts.append(("heldRemovals", "\(removals)")) }
    }
}
