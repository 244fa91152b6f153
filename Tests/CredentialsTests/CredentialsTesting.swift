@testable import Credentials

func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Decoys of a secret that all tests share.
func decoys() -> SCRAMDecoys {
    var secret = [UInt8](repeating: 7, count: 32)
    return SCRAMDecoys(secret: SecretOctets(taking: &secret))
}

/// `#expect` takes no expression with a span in it: these make and use it outside.
func derivedKeys(
    _ hash: SCRAMHash, _ password: String, iterations: Int = 4096, salt: [UInt8] = octets("saltsaltsaltsalt")
) -> SCRAMKeys? {
    SCRAMKeys(hash, password: octets(password).span, iterations: iterations, salt: salt)
}

func base64(_ text: String) -> [UInt8]? { Base64.decode(octets(text).span) }

/// Whether a password is the one of a stored value.
func isRight(_ value: String, verifies password: String) -> Bool {
    StoredPassword(octets(value).span).verifies(octets(password).span)
}
