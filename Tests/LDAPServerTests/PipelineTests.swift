import LDAP
import LDAPServer
import RandomTesting
import Testing

/// What is sent at once is answered as what is sent one by one: in order, and with nothing lost, whatever stands between.
@Suite struct PipelineTests {
    @Test(arguments: 0..<3)
    func answersMixedRequestsAsOneByOne(round: Int) throws {
        let seed = UInt64.random(in: 0...UInt64.max) &+ UInt64(round)
        var random = SeededRandom(seed: seed)
        let server = try TestServer()
        let operations = (0..<300).map { _ in Self.operation(&random) }
        let oneByOne = server.client()
        var expected: [LDAPMessage] = []
        for operation in operations {
            let id = oneByOne.send(operation)
            expected += try Self.answers(to: id, oneByOne)
        }
        let atOnce = server.client()
        var octets: [UInt8] = []
        for operation in operations { octets += LDAPMessage(atOnce.nextID(), operation).encoded }
        atOnce.send(octets: octets)
        for message in expected {
            let found = try #require(try atOnce.receive(), "seed \(seed)")
            #expect(found.encoded == message.encoded, "seed \(seed)")
        }
    }

    private static func operation(_ random: inout SeededRandom) -> ProtocolOp {
        let name =
            ["uid=ann,ou=People,\(TestDirectory.suffix)", "ou=None,\(TestDirectory.suffix)", "no name"]
            .randomElement(using: &random) ?? ""
        let filter = Filter.equality("uid", ["ann", "bob", "nobody"].randomElement(using: &random) ?? "")
        return switch Int.random(in: 0..<12, using: &random) {
        case 0: .extendedRequest(ExtendedRequest(OID.Extension.whoAmI))
        case 1: .bindRequest(BindRequest(name: "", authentication: .simple([])))
        case 2: .searchRequest(.everything)
        case 3, 4: .searchRequest(SearchRequest(base: name, scope: .base, filter: .present("objectClass")))
        case 5, 6, 7: .compareRequest(CompareRequest(entry: name, attribute: "uid", value: Array("ann".utf8)))
        default: .searchRequest(SearchRequest(base: TestDirectory.suffix, scope: .sub, filter: filter))
        }
    }

    private static func answers(to id: MessageID, _ client: TestClient) throws -> [LDAPMessage] {
        var answers: [LDAPMessage] = []
        while let message = try client.receive() {
            answers.append(message)
            switch message.operation {
            case .searchResultEntry, .searchResultReference: continue
            default: return answers
            }
        }
        return answers
    }

    @Test func answersWhatCameBeforeABrokenMessage() throws {
        let client = try TestServer().client()
        var octets: [UInt8] = []
        for _ in 0..<5 { octets += LDAPMessage(client.nextID(), .searchRequest(.suffix)).encoded }
        client.send(octets: octets + [0x30, 0x03, 0x02, 0x01, 0xFF])
        var ended: [Int32] = []
        while let message = try client.receive() {
            if case .searchResultEntry = message.operation { continue }
            ended.append(message.messageID.rawValue)
        }
        #expect(ended == [1, 2, 3, 4, 5, 0], "five answers, then the notice of disconnection")
    }
}
