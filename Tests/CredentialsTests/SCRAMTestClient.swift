@testable import Credentials

/// A client's side of SCRAM (RFC 5802 section 3), written from the RFC and sharing nothing with the server but HMAC and PBKDF2.
struct SCRAMTestClient {
    var hash = SCRAMHash.sha256
    var header = "n,,"
    var name = "user"
    var password = "pencil"
    var nonce = "fyko+d2lbbFgONRv9qkxdawL"
    /// What the client saw of the channel.
    var channelBinding: [UInt8] = []
    var extensions = ""

    var bare: String { "n=\(name),r=\(nonce)\(extensions)" }
    var first: [UInt8] { octets(header + bare) }

    /// The final message, and the server signature that must come back.
    func final(after serverFirst: [UInt8]) -> (message: [UInt8], signature: String)? {
        let text = String(decoding: serverFirst, as: UTF8.self)
        let fields = text.split(separator: ",").map { String($0.dropFirst(2)) }
        guard fields.count == 3, let salt = Base64.decode(octets(fields[1]).span), let iterations = Int(fields[2])
        else {
            return nil
        }
        let salted = LibCrypto.pbkdf2(
            hash.digest, password: octets(password).span, salt: salt.span, iterations: iterations)
        let clientKey = hmac(salted, octets("Client Key"))
        let storedKey = LibCrypto.digest(hash.digest, of: clientKey.span)
        let binding = Base64.encode(octets(header) + channelBinding)
        let withoutProof = "c=\(binding),r=\(fields[0])"
        let authMessage = octets("\(bare),\(text),\(withoutProof)")
        let proof = zip(clientKey, hmac(storedKey, authMessage)).map { $0 ^ $1 }
        let signature = hmac(hmac(salted, octets("Server Key")), authMessage)
        return (octets("\(withoutProof),p=\(Base64.encode(proof))"), Base64.encode(signature))
    }

    private func hmac(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        LibCrypto.hmac(hash.digest, key: key.span, message: message.span)
    }

    /// Runs a whole exchange. Throws what the server refused by.
    func authenticate(
        _ mechanism: SCRAMMechanism? = nil, as user: SCRAMUser, channel: SCRAMChannel = SCRAMChannel(),
        decoys: SCRAMDecoys = decoys()
    ) throws(SCRAMError) -> SCRAMServer.Success {
        var server = SCRAMServer(
            mechanism ?? SCRAMMechanism(hash, bindsChannel: false), channel: channel, decoys: decoys)
        _ = try server.receiveFirst(first.span)
        let serverFirst = try server.answerFirst(user)
        guard let (message, signature) = final(after: serverFirst) else { throw SCRAMError(.otherError, "unreadable") }
        let success = try server.receiveFinal(message.span)
        guard success.serverFinal == octets("v=\(signature)") else { throw SCRAMError(.otherError, "signature") }
        return success
    }
}
