@testable import Credentials

func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Decoys of a secret that all tests share.
func decoys() -> SCRAMDecoys {
    var secret = [UInt8](repeating: 7, count: 32)
    return SCRAMDecoys(secret: SecretOctets(taking: &secret))
}
