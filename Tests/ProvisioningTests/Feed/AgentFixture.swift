import CommonInterface
import EventLog
import Foundation
import HTTP
import IdentityProvider
import Provisioning
import Schema
import Storage
import StorageTesting
import Synchronization
import Testing
import Transport
import TransportTesting

/// Answers as a test wants it to.
final class ChangingHandler: HTTPHandler {
    typealias Answering = @Sendable (HTTPRequest, HTTPExchange) -> HTTPReaction

    private let answering = Mutex<Answering?>(nil)

    func answer(_ answering: @escaping Answering) { self.answering.withLock { $0 = answering } }

    func react(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction {
        guard let answering = answering.withLock({ $0 }) else { return .answer(HTTPResponse(.notFound)) }
        return answering(request, exchange)
    }
}

/// The identity provider's real agent behind TLS, and a relay in front of it that a test may have cut and slow things down.
final class AgentFixture {
    static let idp = FeedFixture.idp
    static let own = FeedFixture.own

    let folder: TemporaryDirectory
    let handler = ChangingHandler()
    let server: HTTPServer
    let port: UInt16
    let relay: Relay
    private(set) var provider: IdentityProvider?
    private var service: FeedService?

    init() throws {
        folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.path + "/feed", withIntermediateDirectories: true)
        var settings = HTTPServerSettings()
        var tls = try TLSContext.Settings(
            certificate: KeyIdentity.server.get().certificate, key: KeyIdentity.server.get().key)
        tls.takesAnyCertificate = true
        settings.tls = try TLSContext(tls)
        server = try HTTPServer(settings, handler: handler)
        port = try server.listen(on: ListenAddress(host: "127.0.0.1", port: 0)).first?.port ?? 0
        relay = Relay(to: port)
    }

    deinit {
        relay.stop()
        server.drain(within: 1000)
        service?.stop()
    }

    /// The base of URLs that lead through the relay.
    var base: String { "https://127.0.0.1:\(relay.port)" }

    /// Has the real agent answer, with these people.
    func serve(people: Int, valueLength: Int = 10) throws -> IdentityProvider {
        var settings = ProviderSettings()
        settings.subject = "uid"
        settings.baseURL = base
        let registered = ServiceProviderSettings(
            entityID: Self.own, attributes: ["uid", "cn"], population: "(uid=*)")
        let provider = try IdentityProvider(
            directory: folder.path + "/idp", schema: .builtIn, settings: settings, providers: [registered],
            log: .silent, clock: { 1_800_000_000 })
        try provider.apply((0..<people).map { Self.person($0, String(repeating: "x", count: valueLength)) })
        let known = try KeyIdentity.client.get().fingerprint
        let service = try FeedService(provider, log: .silent) { $0 == known ? Self.own : nil }
        handler.answer { service.react(to: $0, $1) }
        self.provider = provider
        self.service = service
        return provider
    }

    static func person(_ number: Int, _ value: String?) -> PersonChange {
        let subject = Array("person\(number)".utf8)
        return PersonChange(
            subject: subject,
            record: value.map {
                IdentityRecord(
                    subject: subject,
                    attributes: [IdentityAttribute("uid", [subject]), IdentityAttribute("cn", text: $0)])
            })
    }

    static func settings(_ update: IdentityProviderSettings.Update, endpoint: String) throws -> IdentityProviderSettings
    {
        let pin = try #require(KeyPin(digest: KeyIdentity.server.get().fingerprint))
        return IdentityProviderSettings(
            entityID: idp, endpoint: endpoint, keys: [pin], update: update, interval: 1, attributes: ["cn", "mail"],
            mapping: PersonMapping())
    }

    func agent(
        _ update: IdentityProviderSettings.Update = .subscription, as identity: KeyIdentity? = nil,
        listener: String? = "https://sp.example.edu/push", _ configure: (inout ProviderAgentLimits) -> Void = { _ in }
    ) throws -> ProviderAgent {
        let identity = try identity ?? KeyIdentity.client.get()
        var limits = ProviderAgentLimits()
        configure(&limits)
        return try ProviderAgent(
            settings: Self.settings(update, endpoint: base),
            own: ServiceProviderIdentity(
                entityID: Self.own, certificate: identity.certificate, key: identity.key, listenerURL: listener),
            directory: folder.path, log: .silent, limits: limits)
    }

    /// What is left of downloads.
    var leftovers: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path + "/feed") }
    }
}

/// Passes octets on in both directions, and what the server says only so far or so fast as it is told.
final class Relay: Sendable {
    struct Rule: Sendable {
        /// Octets of the server's that one connection lets through, before it is cut; nil: all.
        var cutsAfter: Int?
        /// Whether all connections are cut there, not the first alone.
        var cutsAll = false
        /// Octets of one piece, and microseconds between pieces.
        var piece = 65536
        var pause: UInt32 = 0
        /// Octets that pass before pauses begin.
        var fastOctets = 0
    }

    private final class Shared: Sendable {
        let rule = Mutex(Rule())
        let passed = Mutex(0)
    }

    private let shared = Shared()
    private let server: ScriptedServer
    private let isStopped = Mutex(false)

    init(to port: UInt16) {
        let shared = shared
        server = ScriptedServer { connection, _ in
            // Each connection has a thread: the next one comes while this one is kept.
            Thread.detachNewThread { Self.pass(connection, RawSocket(port: port), shared) }
        }
    }

    var port: UInt16 { server.port }

    /// Octets that have passed from the server since the last rule.
    var passed: Int { shared.passed.withLock { $0 } }

    func follow(_ rule: Rule) {
        shared.rule.withLock { $0 = rule }
        shared.passed.withLock { $0 = 0 }
    }

    func stop() {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        if isFirst { server.stop() }
    }

    private static func pass(_ connection: RawSocket, _ upstream: RawSocket, _ shared: Shared) {
        let rule = shared.rule.withLock { rule in
            defer { if !rule.cutsAll { rule.cutsAfter = nil } }
            return rule
        }
        Thread.detachNewThread {
            while true {
                let some = connection.receiveSome()
                guard !some.isEmpty, upstream.send(some) else { break }
            }
            upstream.shutDown()
        }
        var left = rule.cutsAfter ?? .max
        var count = 0
        while left > 0 {
            let isFast = count < rule.fastOctets
            let some = upstream.receiveSome(min(left, isFast ? min(65536, rule.fastOctets - count) : rule.piece))
            guard !some.isEmpty, connection.send(some) else { break }
            left -= some.count
            count += some.count
            shared.passed.withLock { $0 += some.count }
            if !isFast, rule.pause > 0 { usleep(rule.pause) }
        }
        connection.shutDown()
        upstream.shutDown()
    }
}
