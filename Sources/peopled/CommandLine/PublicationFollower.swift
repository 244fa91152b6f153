import AttributeIndex
import CommandLineTools
import EventLog
import Foundation
import Storage
import Synchronization

/// The thread that opens what another process publishes in the data directory.
final class PublicationFollower: Sendable {
    private let isStopping = Atomic(false)
    private let store: IndexStore
    private let log: EventLog

    /// Starts following. Damage found in a publication ends the process: a directory known to be wrong is not served.
    init(store: IndexStore, log: EventLog) throws {
        self.store = store
        self.log = log
        let watch = try store.watch()
        Thread.detachNewThread { [self] in follow(watch) }
    }

    /// Publications from now on are not looked at.
    func stop() { isStopping.store(true, ordering: .relaxed) }

    private func follow(_ watch: DirectoryWatch) {
        while !isStopping.load(ordering: .relaxed) {
            do {
                // The time-out is for file systems that tell nothing of another machine's changes.
                _ = try watch.wait(milliseconds: 1000)
                guard try store.refresh() else { continue }
                let generation = store.currentGeneration()
                log.log(.info, "published", ["sequence": Int(generation.sequence), "entries": generation.entryCount])
            } catch {
                fail(error)
            }
        }
    }

    private func fail(_ error: any Error) {
        let failure = CommandFailure(describing: error)
        log.log(.error, "publication-failed", ["reason": failure.message])
        guard failure.status == .damagedIndex else { return }
        log.flush()
        exit(failure.status.rawValue)
    }
}
