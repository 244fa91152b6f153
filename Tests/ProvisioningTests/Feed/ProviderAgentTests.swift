import CommonInterface
import Credentials
import EventLog
import Foundation
import HTTP
import IdentityProvider
import Storage
import StorageTesting
import Testing
import TransportTesting

@testable import Provisioning

/// Our agent and the identity provider's, over TLS.
@Suite(.serialized) struct ProviderAgentTests {
    private func text(_ file: FetchedFile) throws -> String { try String(contentsOfFile: file.path, encoding: .utf8) }

    @Test func bothAgentsUnderstandEachOther() throws {
        let fixture = try AgentFixture()
        let provider = try fixture.serve(people: 3)
        let agent = try fixture.agent()
        #expect(try agent.initialize() == ["mail"])
        let snapshot = try agent.snapshot()
        #expect(snapshot.records == 3 && snapshot.position == TransactionID(3))
        #expect(try text(snapshot).contains("dn: uid=person1,ou=People\n"))
        let attributes = try FileManager.default.attributesOfItem(atPath: snapshot.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let none = try agent.changelog(after: snapshot.position)
        #expect(none == FetchedFile(path: "", position: TransactionID(3), records: 0), "nothing is fetched for nothing")
        try provider.apply([AgentFixture.person(1, "new"), AgentFixture.person(2, nil)])
        let changelog = try agent.changelog(after: snapshot.position)
        #expect(changelog.records == 2 && changelog.position == TransactionID(5))
        #expect(try text(changelog).contains("previousChangeNumber: 3\n"))
        try agent.subscribe(after: changelog.position)
        #expect(provider.subscribers == [AgentFixture.own])
        try agent.unsubscribe()
        #expect(provider.subscribers.isEmpty)
        #expect(try fixture.leftovers.count == 2, "whoever was given files removes them")
    }

    @Test func whatTheProviderRefusesSaysWhatToDo() throws {
        let fixture = try AgentFixture()
        _ = try fixture.serve(people: 3)
        let agent = try fixture.agent()
        #expect(try kind { try agent.snapshot() } == .uninitialized)
        _ = try agent.initialize()
        #expect(try kind { try agent.changelog(after: .zero) } == .expired)
        #expect(try kind { try agent.changelog(after: TransactionID(9)) } == .expired)
        #expect(try kind { try agent.subscribe(after: TransactionID(9)) } == .expired)
        let unreachable = try fixture.agent(listener: nil)
        #expect(try kind { try unreachable.subscribe(after: TransactionID(3)) } == .permanent)
        let stranger = try fixture.agent(as: KeyIdentity.stranger.get())
        #expect(try kind { try stranger.initialize() } == .permanent, "our key is not registered there")
    }

    @Test func aProviderWithAnotherKeyIsToldNothing() throws {
        let fixture = try AgentFixture()
        _ = try fixture.serve(people: 3)
        var settings = try AgentFixture.settings(.changelog, endpoint: fixture.base)
        settings.keys = [try #require(KeyPin(digest: KeyIdentity.stranger.get().fingerprint))]
        let own = try ServiceProviderIdentity(
            entityID: AgentFixture.own, certificate: KeyIdentity.client.get().certificate,
            key: KeyIdentity.client.get().key, listenerURL: nil)
        let agent = try ProviderAgent(settings: settings, own: own, directory: fixture.folder.path, log: .silent)
        let failure = try failure { try agent.initialize() }
        #expect(failure.kind == .transient && failure.description.contains("pinned"), "\(failure)")
    }

    @Test func nobodyThereIsTriedAgain() throws {
        let fixture = try AgentFixture()
        let agent = try fixture.agent()
        fixture.relay.stop()
        #expect(try kind { try agent.initialize() } == .transient)
    }

    /// A small snapshot that is always prepared: nothing is written, so that it may be asked for thousands of times.
    private func servePrepared(by fixture: AgentFixture) throws {
        let path = fixture.folder.path + "/prepared.ldif"
        let people = (0..<4).map { "dn: uid=person\($0),ou=People\nuid: person\($0)\ncn: Person \($0)\n\n" }
        let content = "version: 1\n" + people.joined()
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let file = try ServedFile(path: path, entityTag: EntityTag("v1"))
        let digest = Data(LibCrypto.digest(.sha256, of: content.utf8.span)).base64EncodedString()
        let answer = PreparedAnswer(
            transactionID: TransactionID(4), retrieval: fixture.base + "/f", deadline: "2026-11-21T16:17:36Z",
            records: 4)
        let body = try CallCoding.body(ofSuccess: answer)
        fixture.handler.answer { request, _ in
            if request.method == .get {
                return .answer(.file(file, to: request, ["Repr-Digest": "sha-256=:\(digest):"]))
            }
            return .collect(upTo: 1 << 20) { _, exchange in exchange.answer(HTTPResponse(.ok, content: body)) }
        }
    }

    /// The connection breaks after any octet that the provider says: what is fetched is whole, or nothing is left.
    @Test func whateverBreaksAnywhereNothingIsTakenForAWhole() throws {
        let fixture = try AgentFixture()
        try servePrepared(by: fixture)
        let whole = try fixture.agent().snapshot()
        let expected = try text(whole)
        try FileManager.default.removeItem(atPath: whole.path)
        let octets = fixture.relay.passed
        #expect(octets > 1000)
        var (failures, resumed) = (0, 0)
        // Within the handshake all places are alike.
        for cut in 0..<octets where cut > octets - 1200 || cut % 64 == 0 {
            fixture.relay.follow(Relay.Rule(cutsAfter: cut))
            let agent = try fixture.agent()
            do throws(SourceFailure) {
                let file = try agent.snapshot()
                #expect((try? text(file)) == expected, "cut after \(cut)")
                try? FileManager.default.removeItem(atPath: file.path)
                resumed += 1
            } catch {
                #expect(error.kind == .transient, "cut after \(cut): \(error)")
                failures += 1
            }
            #expect((try? fixture.leftovers) == [], "cut after \(cut)")
        }
        #expect(failures > 50 && resumed > 50, "\(failures) failures, \(resumed) downloads went on")
    }

    @Test func aDownloadThatBreaksAgainAndAgainGoesOn() throws {
        let fixture = try AgentFixture()
        _ = try fixture.serve(people: 2000, valueLength: 500)
        let agent = try fixture.agent { $0.attempts = 5 }
        _ = try agent.initialize()
        fixture.relay.follow(Relay.Rule(cutsAfter: 300_000, cutsAll: true))
        let file = try agent.snapshot()
        #expect(file.records == 2000)
        #expect(fixture.relay.passed < 1_400_000, "it did not begin anew")
        #expect(try text(file).components(separatedBy: "dn: ").count == 2001)
    }

    @Test func whoDripsIsCutOff() throws {
        let fixture = try AgentFixture()
        _ = try fixture.serve(people: 2000, valueLength: 500)
        _ = try fixture.agent().initialize()
        let slow = try fixture.agent {
            $0.slowStart = 300
            $0.minimumRate = 20 << 20
        }
        fixture.relay.follow(Relay.Rule(piece: 20_000, pause: 50_000, fastOctets: 10_000))
        let failure = try failure { try slow.snapshot() }
        #expect(failure.kind == .transient && failure.description.contains("slower than"), "\(failure)")
        // Octet by octet: no answer comes of it before the time is up.
        let impatient = try fixture.agent {
            $0.preparation = 500
            $0.attempts = 2
        }
        fixture.relay.follow(Relay.Rule(piece: 1, pause: 20_000, fastOctets: 1500))
        #expect(try kind { try impatient.snapshot() } == .transient)
        #expect(try fixture.leftovers.isEmpty)
    }

    @Test func whatIsLargerThanAllowedIsRefused() throws {
        let fixture = try AgentFixture()
        _ = try fixture.serve(people: 2000, valueLength: 500)
        let agent = try fixture.agent { $0.file = 100_000 }
        _ = try agent.initialize()
        #expect(try kind { try agent.snapshot() } == .permanent)
        let full = try fixture.agent { $0.freeSpace = 1 << 62 }
        #expect(try kind { try full.snapshot() } == .local)
        #expect(try fixture.leftovers.isEmpty)
    }
}

/// How a call fails.
func failure<Result>(_ body: () throws -> Result) throws -> SourceFailure {
    try #require(throws: SourceFailure.self) { _ = try body() }
}

/// What to do about how a call fails.
func kind<Result>(_ body: () throws -> Result) throws -> SourceFailure.Kind { try failure(body).kind }
