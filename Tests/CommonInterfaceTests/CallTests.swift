import CommonInterface
import Foundation
import Testing

@Suite struct CallTests {
    private func json(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

    private let provider = EntityID("https://sp.example.edu/shibboleth")

    @Test func codesAreTheDesignsWithTheirStatuses() {
        let statuses = ResponseCode.allCases.map { "\($0.rawValue) \($0.httpStatus)" }
        #expect(
            statuses == [
                "success 200", "internalServerError 500", "methodNotAllowed 405", "resourceLocked 423", "notFound 404",
                "expiredTransactionID 410", "badRequest 400", "forbidden 403", "tooManyRequests 429", "unavailable 503",
            ])
        for code in ResponseCode.allCases { #expect(ResponseCode(httpStatus: code.httpStatus) == code) }
    }

    @Test func callsAreKnownByTheirPaths() {
        #expect(
            Call.allCases.map(\.path).joined(separator: " ")
                == "/v1/initialize /v1/snapshot /v1/subscription /v1/changelog /v1/reset")
        for path in ["", "/", "/v1/", "/v1/Snapshot", "/v1/snapshot/", "/v2/snapshot", "/v1/../v1/snapshot"] {
            #expect(Call(path: path) == nil)
        }
    }

    @Test func requestsHaveTheNamesOfTheWire() throws {
        let provider = try #require(provider)
        let initialize = InitializeRequest(
            entityID: provider, mechanisms: [.snapshot, .changelog], attributes: ["mail", "urn:oid:2.5.4.4"],
            subject: "uid")
        #expect(
            json(try CallCoding.body(of: initialize))
                == #"{"attributes":["mail","urn:oid:2.5.4.4"],"entityID":"https://sp.example.edu/shibboleth","#
                + #""mechanisms":["snapshot","changelog"],"subject":"uid"}"#)
        let subscription = SubscriptionRequest(
            entityID: provider, action: .subscribe, listener: "https://sp.example.edu/feed",
            transactionID: TransactionID(7))
        #expect(
            json(try CallCoding.body(of: subscription))
                == #"{"action":"subscribe","entityID":"https://sp.example.edu/shibboleth","#
                + #""listener":"https://sp.example.edu/feed","transactionID":"7"}"#)
        #expect(
            try CallCoding.request(SubscriptionRequest.self, from: CallCoding.body(of: subscription)) == subscription)
    }

    @Test func anAnswerIsCodeMessageAndWhatItHolds() throws {
        let answer = PreparedAnswer(
            transactionID: TransactionID(9), retrieval: "https://idp/v1/files/a", deadline: "2026-11-21T16:20:00Z",
            records: 3)
        let body = try CallCoding.body(ofSuccess: answer)
        #expect(
            json(body) == #"{"code":"success","deadline":"2026-11-21T16:20:00Z","message":"","records":3,"#
                + #""retrieval":"https://idp/v1/files/a","transactionID":"9"}"#)
        #expect(try CallCoding.answer(PreparedAnswer.self, from: body) == answer)
        let refusal = try CallCoding.body(of: Refusal(.expiredTransactionID, "pruned"))
        #expect(json(refusal) == #"{"code":"expiredTransactionID","message":"pruned"}"#)
        #expect(throws: Refusal(.expiredTransactionID, "")) { try CallCoding.answer(EmptyAnswer.self, from: refusal) }
    }

    @Test func unknownKeysAreIgnoredAndNumbersAreReadAsTransactions() throws {
        let body = Array(#"{"entityID":"x:y","transactionID":12,"later":{"a":[1]}}"#.utf8)
        #expect(try CallCoding.request(ChangelogRequest.self, from: body).transactionID == TransactionID(12))
    }

    @Test(arguments: [
        ("", "object"), ("[]", "entityID"), ("{}", "entityID"), ("nonsense", "object"),
        (#"{"entityID":"x:y"}"#, "transactionID"), (#"{"entityID":7,"transactionID":"1"}"#, "entityID"),
        (#"{"entityID":"no uri","transactionID":"1"}"#, "entityID"),
        (#"{"entityID":"x:y","transactionID":"-1"}"#, "transactionID"),
        (#"{"entityID":"x:y","transactionID":1.5}"#, "transactionID"),
        (#"{"entityID":"x:y","transactionID":99999999999999999999}"#, "transactionID"),
    ])
    func aMistakeInARequestIsNamed(body: String, key: String) throws {
        do {
            _ = try CallCoding.request(ChangelogRequest.self, from: Array(body.utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.code == .badRequest)
            #expect(error.message.contains(key) || body == "[]", "\(error.message)")
        }
    }

    @Test func requestsAreBounded() {
        let body = [UInt8](repeating: UInt8(ascii: " "), count: CallCoding.maximumLength + 1)
        #expect(throws: Refusal(.badRequest, "")) { try CallCoding.request(ResetRequest.self, from: body) }
    }

    @Test(arguments: ["", "{}", #"{"code":"fine"}"#, #"{"code":"success"}"#, "<html>"])
    func anAnswerThatIsNoneIsAFailureOfTheProvider(body: String) {
        #expect(throws: Refusal(.internalServerError, "")) {
            try CallCoding.answer(PositionAnswer.self, from: Array(body.utf8))
        }
    }

    @Test(
        arguments: [
            ("https://sp.example.edu/feed?x=1", "sp.example.edu", 443, "/feed?x=1"), ("HTTPS://a:8443", "a", 8443, "/"),
            ("https://[::1]:9/x", "::1", 9, "/x"), ("https://127.0.0.1?q", "127.0.0.1", 443, "/?q"),
        ] as [(String, String, UInt16, String)])
    func listenersAreHTTPSURLs(text: String, host: String, port: UInt16, target: String) throws {
        let url = try #require(ListenerURL(text))
        #expect(url.host == host && url.port == port && url.target == target)
    }

    @Test(arguments: [
        "", "http://a/", "https://", "https:///x", "https://u@a/", "https://a:0/", "https://a:65536/", "https://a:/",
        "https://a/#f", "https://a b/", "https://a\r\nHost: b/", "https://[1]/", "https://[::1/", "file:///etc/passwd",
        "https://a/" + String(repeating: "x", count: 2048),
    ])
    func listenersAreNoOtherURLs(text: String) {
        #expect(ListenerURL(text) == nil)
    }
}
