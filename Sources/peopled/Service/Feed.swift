import AttributeIndex
import CommandLineTools
import CommonInterface
import EventLog
import HTTP
import Provisioning
import Storage
import Synchronization
import Transport

/// What fills the directory of a server whose configuration names identity providers: the sources that are followed, the listener
/// that they push to, and the record of what happened.
final class Feed: Sendable {
    /// What follows the sources, for commands and cn=Monitor.
    let controller: FeedController
    /// What happened.
    let events: ChangeEventLog
    private let identity: FeedIdentity
    private let tls: TLSContext
    private let pushes: PushListener
    private let server: HTTPServer?
    private let reporter: SourceReporter
    private let compaction: StoreCompaction

    /// Makes what is needed, and follows nobody yet.
    ///
    /// - Parameter sockets: where pushes are taken; bound, not yet listening.
    init(
        _ settings: FeedSettings, store: IndexStore, site: Site, sockets: [ListeningSocket], log: EventLog
    ) throws {
        let data = site.configuration.data
        let identity = FeedIdentity(settings)
        events = try ChangeEventLog(directory: data + "/events", files: site.files, log: log)
        let target = DirectoryTarget(
            store: store, schema: site.schema, suffix: store.metadata?.suffix ?? "", events: events, files: site.files,
            log: log)
        controller = try FeedController(
            own: settings.own.entityID, target: target, events: events, log: log, directory: data, files: site.files
        ) { provider in
            try ProviderAgent(
                settings: provider, own: identity.own, directory: data, files: site.files, log: log)
        }
        let pushes = try PushListener(controller, keys: { identity.owner(of: $0) }, log: log)
        server = try sockets.isEmpty ? nil : Self.server(pushes, settings.tls, sockets, log)
        self.pushes = pushes
        self.identity = identity
        tls = settings.tls
        reporter = SourceReporter(controller, log: log)
        compaction = StoreCompaction(store, log: log)
        for warning in settings.warnings { log.log(.warning, "configuration", ["advice": warning]) }
    }

    private static func server(
        _ pushes: PushListener, _ tls: TLSContext, _ sockets: [ListeningSocket], _ log: EventLog
    ) throws(TransportError) -> HTTPServer {
        var settings = HTTPServerSettings()
        settings.tls = tls
        settings.admits = { pushes.admits($0) }
        let server = try HTTPServer(settings, log: log, handler: pushes)
        for socket in sockets { try server.listen(on: socket) }
        return server
    }

    /// Follows the providers of the configuration from now on, under the keys that it says.
    ///
    /// - Throws: where something of it cannot be used; what was in force is still, then.
    func adopt(_ settings: FeedSettings) throws {
        guard settings.own.entityID == identity.own.entityID else {
            throw CommandFailure(
                .refusedInput, "serviceProvider.entityID: who we are changes with the next start, not while we serve")
        }
        let before = identity.replace(settings.identity, settings.keys)
        do { try controller.adopt(settings.providers) } catch {
            _ = identity.replace(before.own, before.keys)
            throw error
        }
        tls.adopt(settings.tls)
        reporter.start()
    }

    /// Ends. When this returns, what was being applied is, whole, and nothing else will be.
    func stop() {
        reporter.stop()
        server?.drain(within: 2000)
        controller.stop()
        pushes.stop()
        compaction.stop()
        events.stop()
    }
}

/// Who we are to identity providers, and whose key is whose: replaced with each reload.
private final class FeedIdentity: Sendable {
    typealias State = (own: ServiceProviderIdentity, keys: RegisteredKeys)

    private let state: Mutex<State>

    init(_ settings: FeedSettings) { state = Mutex((settings.identity, settings.keys)) }

    var own: ServiceProviderIdentity { state.withLock { $0.own } }

    func owner(of digest: [UInt8]) -> EntityID? {
        KeyPin(digest: digest).flatMap { key in state.withLock { $0.keys.owner(of: key) } }
    }

    /// What was before.
    func replace(_ own: ServiceProviderIdentity, _ keys: RegisteredKeys) -> State {
        state.withLock { state in
            defer { state = (own, keys) }
            return state
        }
    }
}

extension FeedSettings {
    /// Who we are to identity providers.
    var identity: ServiceProviderIdentity {
        ServiceProviderIdentity(
            entityID: own.entityID, certificate: own.certificate, key: own.key, listenerURL: listenerURL)
    }
}
