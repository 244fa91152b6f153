import Testing

@testable import Credentials

/// RFC 7677 section 3, and the same exchange with SCRAM-SHA-512 as two other implementations compute it.
@Suite struct SCRAMVectorTests {
    private static let clientNonce = "rOprNGfwEbeRWgbNEkqO"
    private static let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    private static let salt = "W22ZaJ0SNY7soEsUEjb6gQ=="

    private func exchange(_ hash: SCRAMHash, stored: String) throws -> (SCRAMServer, String) {
        var server = SCRAMServer(
            SCRAMMechanism(hash, bindsChannel: false), channel: SCRAMChannel(), decoys: decoys(),
            nonce: Array(Self.serverNonce.utf8))
        let names = try server.receiveFirst(octets("n,,n=user,r=\(Self.clientNonce)").span)
        #expect(names == SCRAMServer.Names(authentication: "user", authorization: nil))
        let first = try server.answerFirst(SCRAMUser(nameKey: octets("user"), hash: hash, stored: [octets(stored)]))
        return (server, String(decoding: first, as: UTF8.self))
    }

    private func keys(_ hash: SCRAMHash) throws -> SCRAMKeys {
        let salt = try #require(base64(Self.salt))
        return try #require(derivedKeys(hash, "pencil", salt: salt))
    }

    @Test(arguments: [
        (
            SCRAMHash.sha256, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        )
    ])
    func rfc7677Section3_answersAsTheRFCDoes(hash: SCRAMHash, proof: String, signature: String) throws {
        let nonce = Self.clientNonce + Self.serverNonce
        for stored in [try keys(hash).userPassword, try keys(hash).authPassword] {
            var (server, first) = try exchange(hash, stored: stored)
            #expect(first == "r=\(nonce),s=\(Self.salt),i=4096")
            let success = try server.receiveFinal(octets("c=biws,r=\(nonce),p=\(proof)").span)
            #expect(String(decoding: success.serverFinal, as: UTF8.self) == "v=\(signature)")
            #expect(success.applicationPassword == nil)
        }
    }
}
