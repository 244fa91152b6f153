import Testing

@testable import Credentials

/// RFC 5802 section 7: what of the grammar is kept to, and which error says so.
@Suite struct SCRAMMessageTests {
    private func server() -> SCRAMServer {
        SCRAMServer(SCRAMMechanism(.sha256, bindsChannel: false), channel: SCRAMChannel(), decoys: decoys())
    }

    private func refusal(ofFirst message: [UInt8]) -> SCRAMError.Code? {
        var server = server()
        do throws(SCRAMError) {
            _ = try server.receiveFirst(message.span)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: [
        ("n,,n=user,r=x", "user", nil), ("n,a=other,n=user,r=x", "user", "other"), ("n,,n=a=2Cb=3D,r=x", "a,b=", nil),
        ("n,a==2C,n=\u{FF41},r=x", "a", ","), ("n,,n=user,r=x,e=ext,f=a=b", "user", nil),
        ("y,,n=I\u{AD}X,r=x", "IX", nil),
        ("n,,n= ,r=x", " ", nil), ("n,,n=user,r=x,e=\u{E4}", "user", nil),
    ])
    func readsNames(message: String, authentication: String, authorization: String?) throws {
        var server = server()
        let names = try server.receiveFirst(octets(message).span)
        #expect(names == SCRAMServer.Names(authentication: authentication, authorization: authorization))
    }

    @Test(arguments: [
        ("", SCRAMError.Code.invalidEncoding), ("n", .invalidEncoding), ("n,,", .invalidEncoding),
        ("n,,n=user", .invalidEncoding), ("n,,r=x,n=user", .invalidEncoding), ("x,,n=user,r=x", .invalidEncoding),
        ("N,,n=user,r=x", .invalidEncoding), ("n,user,n=user,r=x", .invalidEncoding),
        ("n,n=user,r=x", .invalidEncoding), ("p,,n=user,r=x", .invalidEncoding), ("p=,,n=user,r=x", .invalidEncoding),
        ("p=a b,,n=user,r=x", .invalidEncoding), ("n,,n=user,r=", .invalidEncoding),
        ("n,,n=user,r=a b", .invalidEncoding),
        ("n,,n=user,r=\u{E4}", .invalidEncoding), ("n,,n=user,r=x,", .invalidEncoding),
        ("n,,n=user,r=x,ee", .invalidEncoding),
        ("n,,n=user,r=x,e=", .invalidEncoding), ("n,,n=user,r=x,1=y", .invalidEncoding),
        ("n,,n=us\u{0}er,r=x", .invalidEncoding), (" n,,n=user,r=x", .invalidEncoding),
        ("n,,m=ext,n=user,r=x", .extensionsNotSupported), ("n,,n=user,r=x,m=y", .extensionsNotSupported),
        ("n,,n=,r=x", .invalidUsernameEncoding), ("n,,n=a=b,r=x", .invalidUsernameEncoding),
        ("n,,n=a=2c,r=x", .invalidUsernameEncoding), ("n,,n=a=,r=x", .invalidUsernameEncoding),
        ("n,a=,n=user,r=x", .invalidUsernameEncoding), ("n,,n=\u{7},r=x", .invalidUsernameEncoding),
        ("n,,n=\u{AD},r=x", .invalidUsernameEncoding), ("n,,n=\u{627}1,r=x", .invalidUsernameEncoding),
        ("p=tls-exporter,,n=user,r=x", .channelBindingNotSupported),
    ])
    func refusesAFirstMessage(message: String, expected: SCRAMError.Code) {
        #expect(refusal(ofFirst: octets(message)) == expected)
    }

    @Test func boundsWhatItReads() {
        #expect(refusal(ofFirst: octets("n,,n=\(String(repeating: "a", count: 1024)),r=x")) == nil)
        #expect(refusal(ofFirst: octets("n,,n=\(String(repeating: "a", count: 1025)),r=x")) == .invalidUsernameEncoding)
        #expect(refusal(ofFirst: octets("n,,n=a,r=\(String(repeating: "x", count: 512))")) == nil)
        #expect(refusal(ofFirst: octets("n,,n=a,r=\(String(repeating: "x", count: 513))")) == .invalidEncoding)
        #expect(refusal(ofFirst: octets("n,,n=a,r=x,e=\(String(repeating: "x", count: 4096))")) == .invalidEncoding)
        #expect(refusal(ofFirst: octets("n,,n=") + [0xFF] + octets(",r=x")) == .invalidEncoding)
    }

    @Test(arguments: [
        ("", SCRAMError.Code.invalidEncoding), ("c=biws,r=NONCE", .invalidEncoding),
        ("r=NONCE,c=biws,p=PROOF", .invalidEncoding),
        ("c=biws,r=NONCE,p=", .invalidProof), ("c=biws,r=NONCE,p=x", .invalidEncoding),
        ("c=biws,r=NONCE,p=PROOF,e=x", .invalidEncoding),
        ("c=biws,r=NONCE,m=x,p=PROOF", .extensionsNotSupported), ("c=biws,r=NONCE,p=YWJj", .invalidProof),
        ("c=biw,r=NONCE,p=PROOF", .invalidEncoding), ("c=,r=NONCE,p=PROOF", .channelBindingsDontMatch),
        ("c=eSws,r=NONCE,p=PROOF", .channelBindingsDontMatch), ("c=biws,r=NONCEx,p=PROOF", .otherError),
        ("c=biws,r=,p=PROOF", .otherError), ("c=biws,r=fyko+d2lbbFgONRv9qkxdawL,p=PROOF", .otherError),
        ("c=biws,r=NONCE,p=PRO\u{0}OF", .invalidEncoding), ("c=biws,r=NONCE,e=x,p=PROOF", .invalidProof),
        ("c=biws,r=NONCE,p=PROOF", nil),
    ])
    func readsAFinalMessageStrictly(message: String, expected: SCRAMError.Code?) throws {
        let client = SCRAMTestClient()
        var server = server()
        _ = try server.receiveFirst(client.first.span)
        let first = try server.answerFirst(SCRAMUser(nameKey: [], hash: .sha256, stored: [octets("pencil")]))
        let right = String(decoding: try #require(client.final(after: first)?.message), as: UTF8.self)
        let fields = right.split(separator: ",").map { String($0.dropFirst(2)) }
        let text = message.replacing("NONCE", with: fields[1]).replacing("PROOF", with: fields[2])
        do throws(SCRAMError) {
            _ = try server.receiveFinal(octets(text).span)
            #expect(expected == nil)
        } catch {
            #expect(error.code == expected, "\(error)")
            #expect(error.serverFinal == octets("e=\(error.code.rawValue)"))
        }
    }

    @Test func namesMechanismsInAnyCase() {
        #expect(
            SCRAMMechanism.all.map(\.name) == [
                "SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256",
            ])
        for mechanism in SCRAMMechanism.all {
            #expect(named(mechanism.name.lowercased()) == mechanism)
        }
        for other in ["", "SCRAM-SHA-1", "SCRAM-SHA-256-", "SCRAM-SHA-256-PLUS ", "PLAIN"] {
            #expect(named(other) == nil)
        }
    }

    private func named(_ name: String) -> SCRAMMechanism? { SCRAMMechanism(name: octets(name).span) }
}
