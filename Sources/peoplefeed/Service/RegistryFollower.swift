import CommonInterface
import EventLog
import Foundation
import IdentityProvider
import Synchronization

/// The thread that reads the registry when it has changed, and does what is due now and then.
final class RegistryFollower: Sendable {
    private let provider: IdentityProvider
    private let path: String
    private let normalizer: RecordNormalizer
    private let log: EventLog
    private let isStopping = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    private static let maintenanceInterval = Duration.seconds(30)

    init(_ provider: IdentityProvider, _ site: Site, log: EventLog) {
        self.provider = provider
        path = site.configuration.registry.ldif
        normalizer = site.normalizer
        self.log = log
    }

    /// Reads the registry once, then follows it.
    func start() {
        let registry = LDIFRegistry(path: path, normalizer: normalizer)
        read(registry)
        let thread = Thread { [self] in
            let registry = LDIFRegistry(path: path, normalizer: normalizer)
            follow(registry)
        }
        thread.start()
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        ended.wait()
    }

    private func follow(_ registry: LDIFRegistry) {
        var maintained = ContinuousClock.now
        while !isStopping.load(ordering: .relaxed) {
            do {
                if try registry.waitForChange(milliseconds: 1000) { read(registry) }
            } catch {
                log.log(.error, "registry-unreadable", ["reason": error.description])
                Thread.sleep(forTimeInterval: 1)
            }
            guard maintained.duration(to: .now) > Self.maintenanceInterval else { continue }
            maintained = .now
            do { try provider.maintain() } catch {
                log.log(.error, "maintenance-failed", ["reason": error.description])
            }
        }
        ended.signal()
    }

    /// A registry that cannot be read leaves the people as they are.
    private func read(_ registry: LDIFRegistry) {
        do {
            let changes = try provider.load(registry)
            guard !changes.isEmpty else { return }
            log.log(
                .info, "registry-read",
                [
                    "added": changes.added, "modified": changes.modified, "removed": changes.removed,
                    "transaction": changes.transactionID.description,
                ])
        } catch {
            log.log(.error, "registry-refused", ["reason": error.description])
            Thread.sleep(forTimeInterval: 1)
        }
    }
}
