import CommonInterface
import Credentials
import Foundation
import HTTP
import Synchronization
import Testing
import TransportTesting

@testable import Provisioning

/// Answers that are not true, or nonsense: refused, with nothing left behind.
@Suite(.serialized) struct LyingProviderTests {
    /// A provider that answers every call with `answer`, and every retrieval with `file`.
    private func fixture(
        _ answer: String, status: Int = 200, fields: HTTPFields = [:], file: HTTPResponse? = nil
    ) throws -> AgentFixture {
        let fixture = try AgentFixture()
        let text = answer.replacing("BASE", with: fixture.base)
        fixture.handler.answer { request, _ in
            if request.method == .get { return .answer(file ?? HTTPResponse(.notFound)) }
            return .collect(upTo: 1 << 20) { _, exchange in
                exchange.answer(HTTPResponse(HTTPStatus(status), fields, content: Array(text.utf8)))
            }
        }
        return fixture
    }

    private static let prepared =
        #"{"code":"success","transactionID":"9","retrieval":"BASE/f","deadline":"2026-11-21T16:17:36Z","records":1}"#

    private static let changelog = """
        version: 1
        dn: changeNumber=9,cn=changelog
        objectClass: changeLogEntry
        changeNumber: 9
        previousChangeNumber: 5
        targetDN: uid=a,ou=People
        changeType: delete


        """

    private func served(_ content: String, digestOf promised: String? = nil) -> HTTPResponse {
        let digest = LibCrypto.digest(.sha256, of: (promised ?? content).utf8.span)
        return HTTPResponse(
            .ok, ["Repr-Digest": "sha-256=:\(Data(digest).base64EncodedString()):"], content: Array(content.utf8))
    }

    @Test func theTruthIsTaken() throws {
        let fixture = try fixture(Self.prepared, file: served(Self.changelog))
        let file = try fixture.agent().changelog(after: TransactionID(5))
        #expect(file.position == TransactionID(9) && file.records == 1)
    }

    /// What is answered to a changelog after transaction 5, and what to do about it.
    @Test(
        arguments: [
            (200, "", .permanent), (200, "[]", .permanent), (200, "{", .permanent), (200, "<html>", .permanent),
            (200, #"{"code":"success"}"#, .permanent), (200, #"{"code":"unheardOf"}"#, .permanent),
            (200, prepared.replacing("\"9\"", with: "\"4\""), .permanent),
            (200, prepared.replacing("\"9\"", with: "\"-4\""), .permanent),
            (200, prepared.replacing(":1}", with: ":-1}"), .permanent),
            (200, prepared.replacing(":1}", with: ":9223372036854775807}"), .transient),
            (200, prepared.replacing("BASE", with: "http://127.0.0.1:1"), .permanent),
            (200, prepared.replacing("BASE", with: "https://user@127.0.0.1:1"), .permanent),
            (200, prepared.replacing("BASE/f", with: "file:///etc/passwd"), .permanent),
            (200, prepared.replacing("BASE/f", with: "BASE/../x"), .permanent),
            (200, prepared.replacing("BASE/f", with: "/f"), .permanent),
            (200, prepared.replacing("BASE", with: "https://127.0.0.1:1"), .transient),
            (200, prepared, .transient),
            (200, #"{"code":"expiredTransactionID","message":"m"}"#, .expired),
            (500, prepared, .transient), (503, "<html>", .transient), (502, "", .transient), (504, "", .transient),
            (429, "", .transient), (423, #"{"code":"resourceLocked"}"#, .transient), (410, "", .expired),
            (405, "", .uninitialized), (404, "", .permanent), (403, "", .permanent), (400, "", .permanent),
            (302, prepared, .permanent), (501, "", .permanent),
        ] as [(Int, String, SourceFailure.Kind)])
    func anAnswer(status: Int, answer: String, verdict: SourceFailure.Kind) throws {
        let fixture = try fixture(answer, status: status)
        #expect(try kind { try fixture.agent().changelog(after: TransactionID(5)) } == verdict)
        #expect(try fixture.leftovers.isEmpty)
    }

    @Test func aFileIsWhatWasPromisedOrNothing() throws {
        let twice = Self.changelog + Self.changelog.dropFirst("version: 1\n".count)
        var undigested = served(Self.changelog)
        undigested.fields.set("Repr-Digest", nil)
        var otherDigest = served(Self.changelog)
        otherDigest.fields.set("Repr-Digest", "sha-512=:AAAA:, md5=:AAAA:")
        let lies: [(HTTPResponse, SourceFailure.Kind)] = [
            (served(Self.changelog, digestOf: "another"), .transient),
            (served("", digestOf: Self.changelog), .transient),
            (undigested, .permanent), (otherDigest, .permanent), (served(String(twice)), .permanent),
            (served("version: 1\n"), .permanent), (HTTPResponse(HTTPStatus(503)), .transient),
            (HTTPResponse(.forbidden), .permanent), (HTTPResponse(HTTPStatus(302)), .permanent),
        ]
        for (number, (file, verdict)) in lies.enumerated() {
            let fixture = try fixture(Self.prepared, file: file)
            #expect(try kind { try fixture.agent().changelog(after: TransactionID(5)) } == verdict, "lie \(number)")
            #expect(try fixture.leftovers.isEmpty)
        }
    }

    @Test func aSubscriptionFromElsewhereIsRefused() throws {
        let fixture = try fixture(#"{"code":"success","transactionID":"7"}"#)
        try fixture.agent().subscribe(after: TransactionID(7))
        #expect(try kind { try fixture.agent().subscribe(after: TransactionID(5)) } == .permanent)
    }

    @Test func aMechanismThatIsNotGrantedIsSaid() throws {
        let fixture = try fixture(
            #"{"code":"success","transactionID":"7","mechanisms":["snapshot","changelog"],"withheld":["a"]}"#)
        #expect(try fixture.agent(.changelog).initialize() == ["a"])
        let failure = try failure { try fixture.agent(.subscription).initialize() }
        #expect(failure.kind == .permanent && failure.description.contains("subscription"))
    }

    @Test func anEndlessAnswerIsCutOff() throws {
        let fixture = try fixture(String(repeating: " ", count: 2 << 20))
        #expect(try kind { try fixture.agent().initialize() } == .permanent)
    }

    @Test func retryAfterIsPassedOn() throws {
        let fixture = try fixture("", status: 503, fields: ["Retry-After": "7"])
        #expect(try failure { try fixture.agent().initialize() }.retryAfter == 7)
    }

    @Test func everyCallHasANumberOfItsOwn() throws {
        let fixture = try AgentFixture()
        let seen = Mutex<[String?]>([])
        fixture.handler.answer { request, _ in
            seen.withLock { $0.append(request.fields[RequestID.header]) }
            return .answer(HTTPResponse(HTTPStatus(500)))
        }
        let agent = try fixture.agent()
        for _ in 0..<3 { _ = try failure { try agent.initialize() } }
        let numbers = seen.withLock { $0.compactMap { $0.flatMap { RequestID($0) } } }
        #expect(Set(numbers).count == 3)
        #expect(try failure { try agent.initialize() }.description.contains("request "))
    }

    @Test(arguments: [
        ("", 0), ("version: 1\n", 0), ("dn: a", 1), ("dn: a\ncn: b\n\ndn: c\n", 2),
        ("version: 1\n\ndn: a\r\n\r\nDN:: b\r\n", 2),
        ("dn: a\ndn: b\n", 1), ("dn: a\ncn: b\n dn: c\n", 1), ("# dn: a\ndn: a\n", 1), ("dnx: a\n", 0),
        ("\n\n\ndn: a\n", 1),
        ("version: 1\ndn: a\n", 1),
    ]) func recordsAreCounted(text: String, count: Int) {
        for piece in [1, 3, 1000] {
            var counter = RecordCounter()
            let octets = Array(text.utf8)
            for start in stride(from: 0, to: octets.count, by: piece) {
                counter.update(Array(octets[start..<min(start + piece, octets.count)]).span)
            }
            #expect(counter.count == count)
        }
    }
}
