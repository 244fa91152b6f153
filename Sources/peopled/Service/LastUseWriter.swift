import Credentials
import EventLog
import Foundation
import Synchronization

/// The thread that writes when application passwords were last used: every half minute, and once at the end.
final class LastUseWriter: Sendable {
    /// Seconds between two writes.
    private static let interval = 30.0

    private let passwords: ApplicationPasswords
    private let log: EventLog
    private let isStopping = Atomic(false)
    private let hasFailed = Atomic(false)

    /// Starts writing.
    init(_ passwords: ApplicationPasswords, log: EventLog) {
        self.passwords = passwords
        self.log = log
        Thread.detachNewThread { [self] in
            while !isStopping.load(ordering: .relaxed) {
                Thread.sleep(forTimeInterval: Self.interval)
                write()
            }
        }
    }

    /// Writes what is noted, for the last time.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        write()
    }

    /// A directory that cannot be written to is warned of once: it costs no bind, only the times.
    private func write() {
        do {
            try passwords.writeUses()
            hasFailed.store(false, ordering: .relaxed)
        } catch {
            guard !hasFailed.exchange(true, ordering: .relaxed) else { return }
            log.log(.warning, "last-uses-not-written", ["reason": error.description])
        }
    }
}
