import Credentials

/// A client's two SCRAM messages (the second after the first newline), and stored passwords and keys: what is accepted reads back
/// from its text, nothing stored verifies as itself, and no proof is taken for right.
func fuzzCredentials(_ input: [UInt8]) throws {
    let newline = input.firstIndex(of: 0x0A) ?? input.endIndex
    let first = Array(input[..<newline])
    let second = Array(input[newline...].dropFirst())
    try fuzzExchange(first, second)
    if let keys = SCRAMKeys(stored: input.span) {
        let fromAuthPassword = SCRAMKeys(stored: Array(keys.authPassword.utf8).span)
        let fromUserPassword = SCRAMKeys(stored: Array(keys.userPassword.utf8).span)
        try demand(fromAuthPassword == keys && fromUserPassword == keys, "keys read back from their text")
    }
    let stored = StoredPassword(input.span)
    // A slow hash would only be slow: what verifies quickly is tried.
    if stored.isVerifiable, stored.isQuick, stored.scheme != "CLEARTEXT" {
        try demand(!stored.verifies(input.span), "a stored hash is no password")
    }
}

private func fuzzExchange(_ first: [UInt8], _ second: [UInt8]) throws(FuzzFinding) {
    var secret = [UInt8](repeating: 1, count: 32)
    let decoys = SCRAMDecoys(secret: SecretOctets(taking: &secret))
    let channel = SCRAMChannel(tlsServerEndPoint: [1, 2, 3], tlsExporter: [4], isBindingOffered: true)
    for mechanism in SCRAMMechanism.all {
        var server = SCRAMServer(mechanism, channel: channel, decoys: decoys)
        do throws(SCRAMError) {
            let names = try server.receiveFirst(first.span)
            let answer = try server.answerFirst(SCRAMUser(unknownName: Array(names.authentication.utf8)))
            // The nonce that a client must repeat is the server's, which no input can know.
            let nonce = answer.dropFirst(2).prefix { $0 != UInt8(ascii: ",") }
            let message = second.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
                .joined(separator: nonce)
            _ = try server.receiveFinal(Array(message).span)
        } catch {
            continue
        }
        throw FuzzFinding(description: "an unknown user was let in")
    }
}
