import CommonInterface
import EventLog
import Foundation
import HTTP
import IdentityProvider
import Synchronization
import Transport

/// A thread for each service provider that changes are pushed to: a slow listener holds up nobody else.
final class PushThreads: Sendable {
    private let provider: IdentityProvider
    private let log: EventLog
    /// The threads that run, by the number of the configuration that they were started with.
    private let generation = Atomic(0)
    private let running = DispatchGroup()

    init(_ provider: IdentityProvider, _ site: Site, log: EventLog) throws {
        self.provider = provider
        self.log = log
        try adopt(site)
    }

    /// Goes on with the keys and service providers of a configuration that was read again.
    func adopt(_ site: Site) throws {
        let clients = try site.providers.filter { !$0.keys.isEmpty && $0.mechanisms.contains(.subscription) }.map {
            ($0.entityID, try Self.client(site, $0))
        }
        let number = generation.add(1, ordering: .relaxed).newValue
        for (entityID, client) in clients {
            start(
                PushSender(provider, to: entityID, from: site.configuration.entityID, client: client, log: log), number)
        }
    }

    func stop() {
        generation.add(1, ordering: .relaxed)
        _ = running.wait(timeout: .now() + 10)
    }

    private func start(_ sender: PushSender, _ number: Int) {
        running.enter()
        Thread { [self] in
            var sender = sender
            while generation.load(ordering: .relaxed) == number {
                // In steps, so that the end is not waited for.
                var left = sender.step()
                while left > 0, generation.load(ordering: .relaxed) == number {
                    Thread.sleep(forTimeInterval: Double(min(left, 200)) / 1000)
                    left -= 200
                }
            }
            running.leave()
        }.start()
    }

    private static func client(_ site: Site, _ provider: ServiceProviderSettings) throws -> HTTPClient {
        var tls = TLSClientContext.Settings()
        tls.certificate = site.configuration.certificate
        tls.key = site.configuration.key
        tls.pinnedPublicKeys = provider.keys.map(\.digest)
        tls.verification = .pinnedKey
        var settings = HTTPClient.Settings()
        settings.tls = try TLSClientContext(tls)
        return HTTPClient(settings)
    }
}
