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
        adopt(site, try Self.clients(site))
    }

    /// What each service provider that may be pushed to is reached by.
    static func clients(_ site: Site) throws -> [EntityID: HTTPClient] {
        var clients: [EntityID: HTTPClient] = [:]
        for provider in site.providers where !provider.keys.isEmpty && provider.mechanisms.contains(.subscription) {
            clients[provider.entityID] = try client(site, provider)
        }
        return clients
    }

    /// Goes on with the keys and service providers of a configuration that was read again.
    func adopt(_ site: Site, _ clients: [EntityID: HTTPClient]) {
        let number = generation.add(1, ordering: .relaxed).newValue
        provider.signal.announce()
        for (entityID, client) in clients {
            start(
                PushSender(provider, to: entityID, from: site.configuration.entityID, client: client, log: log), number)
        }
    }

    func stop() {
        generation.add(1, ordering: .relaxed)
        provider.signal.announce()
        _ = running.wait(timeout: .now() + 10)
    }

    private func start(_ sender: PushSender, _ number: Int) {
        running.enter()
        Thread { [self] in
            var sender = sender
            while true {
                let seen = provider.signal.events
                guard generation.load(ordering: .relaxed) == number else { break }
                let wait = sender.step()
                if wait > 0 { provider.signal.wait(past: seen, milliseconds: wait) }
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
