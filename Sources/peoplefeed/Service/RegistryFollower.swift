import CommonInterface
import EventLog
import Foundation
import IdentityProvider
import Synchronization

/// The thread that reads the registry when it has changed, and does what is due now and then.
final class RegistryFollower: Sendable {
    private struct Place: Equatable {
        let path: String
        let attributes: [String]?
    }

    private let provider: IdentityProvider
    private let log: EventLog
    private let site: Mutex<Site>
    private let isStopping = Atomic(false)
    /// Whether maintenance is not to wait for its time: what is kept may have changed.
    private let isMaintenanceDue = Atomic(true)
    private let ended = DispatchSemaphore(value: 0)

    private static let maintenanceInterval = Duration.seconds(30)
    /// After which a reading that failed for another reason than what it says is made again.
    private static let retryInterval = Duration.seconds(5)

    init(_ provider: IdentityProvider, _ site: Site, log: EventLog) {
        self.provider = provider
        self.site = Mutex(site)
        self.log = log
    }

    /// Follows the registry; returns once it has been read for the first time.
    func start() {
        let isRead = DispatchSemaphore(value: 0)
        Thread { [self] in
            let (first, place) = (registry(), place)
            let isTaken = read(first)
            isRead.signal()
            follow(first, place, isTaken: isTaken)
        }.start()
        isRead.wait()
    }

    /// Goes on with the registry of a configuration that was read again.
    func adopt(_ site: Site) {
        self.site.withLock { $0 = site }
        isMaintenanceDue.store(true, ordering: .relaxed)
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
    }

    private var place: Place {
        site.withLock { Place(path: $0.configuration.registry.ldif, attributes: $0.configuration.registry.attributes) }
    }

    private func registry() -> LDIFRegistry {
        site.withLock { LDIFRegistry(path: $0.configuration.registry.ldif, normalizer: $0.normalizer) }
    }

    private func follow(_ first: LDIFRegistry, _ firstPlace: Place, isTaken: Bool) {
        var (registry, followed) = (first, firstPlace)
        var maintained = ContinuousClock.now
        var retried = isTaken ? nil : ContinuousClock.now
        while !isStopping.load(ordering: .relaxed) {
            if case let wanted = place, wanted != followed {
                registry = self.registry()
                followed = wanted
            }
            do {
                let isDue = retried.map { $0.duration(to: .now) > Self.retryInterval } ?? false
                let hasChanged = try registry.waitForChange(milliseconds: isDue ? 0 : 1000)
                // What could not be stored looks changed all the time: it waits for its turn.
                if isDue || hasChanged && retried == nil { retried = read(registry) ? nil : .now }
            } catch {
                log.log(.error, "registry-unreadable", ["reason": error.description])
                Thread.sleep(forTimeInterval: 1)
            }
            guard
                isMaintenanceDue.exchange(false, ordering: .relaxed)
                    || maintained.duration(to: .now) > Self.maintenanceInterval
            else { continue }
            maintained = .now
            do { try provider.maintain() } catch {
                log.log(.error, "maintenance-failed", ["reason": error.description])
            }
        }
        ended.signal()
    }

    /// A registry that cannot be read leaves the people as they are.
    ///
    /// - Returns: false where the same reading may be taken later: what failed was not what it says.
    private func read(_ registry: LDIFRegistry) -> Bool {
        do {
            let changes = try provider.load(registry)
            guard !changes.isEmpty else { return true }
            log.log(
                .info, "registry-read",
                [
                    "added": changes.added, "modified": changes.modified, "removed": changes.removed,
                    "transaction": changes.transactionID.description,
                ])
            return true
        } catch {
            log.log(.error, "registry-refused", ["reason": error.description])
            return error.code != .storage
        }
    }
}
