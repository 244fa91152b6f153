import Synchronization

/// What unknown names are answered with, so that they look like known ones: a salt and a count of iterations that stay the
/// same for a name, and no password that fits.
public final class SCRAMDecoys: Sendable {
    private struct Shape: Hashable {
        var iterations = SCRAMKeys.defaultIterations
        var saltLength = SCRAMKeys.saltLength
    }

    private struct Seen {
        var shapes: [Shape: Int] = [:]
        var hasClearPasswords = false
    }

    private let secret: SecretOctets
    private let seen = Mutex(Seen())

    /// Decoys of a secret that stays the same for as long as the salts shall: at least 16 octets, for this purpose only.
    public init(secret: SecretOctets) { self.secret = secret }

    /// Takes a stored value for an example of the site's, before anybody has bound.
    public func prime(with stored: Span<UInt8>) {
        switch StoredPassword(stored).scramSource {
        case .clear: seen.withLock { $0.hasClearPasswords = true }
        case .keys(let keys): note(keys)
        case nil: break
        }
    }

    /// Takes keys for an example of the site's.
    public func note(_ keys: SCRAMKeys) {
        let shape = Shape(iterations: keys.iterations, saltLength: keys.salt.count)
        seen.withLock { seen in
            guard seen.shapes.count < 64 || seen.shapes[shape] != nil else { return }
            seen.shapes[shape, default: 0] += 1
        }
    }

    /// Whether a known name may cost a derivation, so that every name must.
    var isDerivationExpected: Bool { seen.withLock { $0.hasClearPasswords } }

    /// The site's most common iterations and salt length; the salt is HMAC(secret, hash, name), so that nobody can tell it
    /// from a random one, nor find it changed.
    func shape(_ nameKey: [UInt8], _ hash: SCRAMHash) -> (iterations: Int, salt: [UInt8]) {
        let shape = seen.withLock { seen in
            seen.shapes.max { ($0.value, $0.key.iterations) < ($1.value, $1.key.iterations) }?.key ?? Shape()
        }
        var salt: [UInt8] = []
        var round: UInt8 = 0
        while salt.count < shape.saltLength {
            let part = secret.withOctets { secret in
                LibCrypto.hmacSHA256(
                    key: secret, message: (Array("\(hash.name) salt \(round)".utf8) + [0] + nameKey).span)
            }
            guard !part.isEmpty else { break }
            salt += part
            round &+= 1
        }
        return (shape.iterations, Array(salt.prefix(shape.saltLength)))
    }
}
