import CommonInterface
import EventLog
import Foundation
import HTTP
import IdentityProvider
import Storage
import StorageTesting
import Synchronization
import Testing
import Transport
import TransportTesting

@testable import Provisioning

/// The listener over TLS: who may push, and what comes back.
@Suite(.serialized) struct PushListenerTests {
    /// A listener in front of a controller.
    private final class Listening {
        let server: HTTPServer
        let listener: PushListener
        let port: UInt16

        init(_ controller: FeedController) throws {
            let known = try KeyIdentity.server.get().fingerprint
            let listener = try PushListener(
                controller, keys: { $0 == known ? FeedFixture.idp : nil }, log: .silent)
            var settings = HTTPServerSettings()
            var tls = try TLSContext.Settings(
                certificate: KeyIdentity.client.get().certificate, key: KeyIdentity.client.get().key)
            tls.takesAnyCertificate = true
            settings.tls = try TLSContext(tls)
            settings.admits = { listener.admits($0) }
            server = try HTTPServer(settings, handler: listener)
            port = try server.listen(on: ListenAddress(host: "127.0.0.1", port: 0)).first?.port ?? 0
            self.listener = listener
        }

        deinit {
            server.drain(within: 1000)
            listener.stop()
        }
    }

    private func client(_ identity: KeyIdentity?) throws -> HTTPClient {
        var tls = TLSClientContext.Settings()
        tls.certificate = identity?.certificate
        tls.key = identity?.key
        tls.pinnedPublicKeys = [try KeyIdentity.client.get().fingerprint]
        tls.verification = .pinnedKey
        var settings = HTTPClient.Settings()
        settings.tls = try TLSClientContext(tls)
        return HTTPClient(settings)
    }

    private func push(
        _ listening: Listening, _ body: [UInt8], _ fields: HTTPFields? = nil, method: HTTPMethod = .post,
        path: String = "/push", as identity: KeyIdentity?
    ) throws -> HTTPAnswer {
        let url = try #require(HTTPURL("https://127.0.0.1:\(listening.port)\(path)"))
        let fields = fields ?? ["Content-Type": "text/ldif", "X-Entity-ID": FeedFixture.idp.text]
        return try client(identity).send(HTTPCall(method, url, fields, content: .octets(body)), limit: 1 << 20)
    }

    @Test func aPushIsAppliedAndAcknowledged() throws {
        let feed = try FeedFixture(.subscription)
        try feed.run()
        let listening = try Listening(feed.controller)
        feed.provider.set("person1", "two")
        let body = try #require(feed.provider.nextPush())
        let id = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
        let answer = try push(
            listening, body,
            ["Content-Type": "text/ldif", "X-Entity-ID": FeedFixture.idp.text, "X-Request-ID": id],
            as: KeyIdentity.server.get())
        #expect(answer.head.status == .ok && answer.head.fields["X-Request-ID"] == id)
        let position = try CallCoding.answer(PositionAnswer.self, from: answer.content)
        #expect(position.transactionID == TransactionID(104) && feed.target.position == TransactionID(104))
    }

    @Test func whoHasNoRegisteredKeyIsNotHeard() throws {
        let feed = try FeedFixture(.subscription)
        try feed.run()
        let listening = try Listening(feed.controller)
        feed.provider.set("person1", "two")
        let body = try #require(feed.provider.nextPush())
        for identity in [try KeyIdentity.stranger.get(), nil] {
            #expect(try push(listening, body, as: identity).head.status == .forbidden)
        }
        #expect(feed.target.applied.isEmpty)
    }

    @Test func whatIsNoPushIsRefused() throws {
        let feed = try FeedFixture(.subscription)
        try feed.run()
        let listening = try Listening(feed.controller)
        let own = try KeyIdentity.server.get()
        let other: HTTPFields = ["Content-Type": "text/ldif", "X-Entity-ID": "https://other.example.edu"]
        let unnamed: HTTPFields = ["Content-Type": "text/ldif"]
        let json: HTTPFields = ["Content-Type": "application/json", "X-Entity-ID": FeedFixture.idp.text]
        let cases: [(HTTPFields?, HTTPMethod, String, String, Int)] = [
            (other, .post, "/push", "", 403), (unnamed, .post, "/push", "", 403), (json, .post, "/push", "", 400),
            (nil, .get, "/push", "", 405), (nil, .delete, "/push", "", 405), (nil, .post, "/a/b/c", "", 200),
            (nil, .post, "/push", "dn: changeNumber=104,cn=changelog\njpegPhoto:< file:///etc/passwd\n", 400),
            (nil, .post, "/push", "", 503),
        ]
        for (number, (fields, method, path, body, status)) in cases.enumerated() {
            let answer = try push(listening, Array(body.utf8), fields, method: method, path: path, as: own)
            #expect(answer.head.status.code == status, "case \(number)")
            if status == 503 { #expect(answer.head.fields["Retry-After"] != nil) }
        }
        #expect(feed.target.applied.isEmpty)
    }

    @Test func aPushThatIsTooLargeIsRefusedUnread() throws {
        let feed = try FeedFixture(.subscription)
        try feed.run()
        let listening = try Listening(feed.controller)
        let body = [UInt8](repeating: 0x20, count: PushListener.maximumLength + 1)
        #expect(try push(listening, body, as: KeyIdentity.server.get()).head.status.code == 413)
    }

    /// All together: threads, both agents, TLS both ways.
    @Test func aChangeAtTheProviderArrivesHere() throws {
        let fixture = try AgentFixture()
        let provider = try fixture.serve(people: 20)
        let target = FakeTarget(DiskFileSystem())
        let box = Mutex<String>("")
        let identity = try KeyIdentity.client.get()
        let folder = fixture.folder.path
        let controller = try FeedController(
            own: FeedFixture.own, target: target, events: EventList(), log: .silent, directory: folder
        ) { settings in
            let own = ServiceProviderIdentity(
                entityID: FeedFixture.own, certificate: identity.certificate, key: identity.key,
                listenerURL: box.withLock { $0 })
            return try ProviderAgent(settings: settings, own: own, directory: folder, log: .silent)
        }
        let listening = try Listening(controller)
        box.withLock { $0 = "https://127.0.0.1:\(listening.port)/push" }
        let settings = try AgentFixture.settings(.subscription, endpoint: fixture.base)
        try controller.adopt([settings])
        #expect(eventually { target.people.count == 20 && provider.subscribers == [FeedFixture.own] })
        let server = try client(KeyIdentity.server.get())
        var sender = PushSender(provider, to: FeedFixture.own, from: FeedFixture.idp, client: server, log: .silent)
        for number in 0..<50 {
            try provider.apply([AgentFixture.person(number, "new \(number)")])
            if number % 7 != 3 { _ = sender.step() }
        }
        #expect(
            eventually {
                _ = sender.step()
                return target.position == TransactionID(70)
            }, "lost pushes are caught up")
        #expect(target.people.count == 50)
        let applied = target.applied
        #expect(applied == (21...70).map { TransactionID($0) }, "each once, in order")
        let status = try #require(controller.statuses.first)
        #expect(status.position == "70" && status.people == 50)
        controller.stop()
        #expect(eventually { (try? fixture.leftovers) == [] })
    }
}
