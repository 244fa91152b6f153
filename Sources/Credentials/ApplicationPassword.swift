/// A password that was made for one application of one person: a long random secret, of which only hashes are kept.
public struct ApplicationPassword: Sendable, Equatable {
    /// What tells a person's application passwords from one another: eight characters of the alphabet of secrets.
    public struct ID: Sendable, Hashable, CustomStringConvertible {
        /// As it is shown.
        public let description: String
        static let length = 8

        /// Reads an ID; nil for any other text.
        public init?(_ text: String) {
            guard text.utf8.count == ID.length, text.utf8.allSatisfy(ApplicationSecret.alphabet.contains) else {
                return nil
            }
            description = text
        }
    }

    /// Which it is.
    public let id: ID
    /// What it is for, in the words of who made it.
    public let label: String
    /// When it was made, in seconds since 1970.
    public let created: Int64
    /// From when on it is not valid, in seconds since 1970; nil for never.
    public let expires: Int64?
    /// For simple binds: `{SSHA256}`. A slow hash would protect a secret that can be guessed; this one has 140 random bits.
    let hash: String
    /// For SCRAM, one for each hash.
    let keys: [SCRAMKeys]

    /// Whether it may be used at a time.
    public func isValid(at now: Int64) -> Bool { expires.map { now < $0 } ?? true }

    /// The most characters of a label.
    public static let maximumLabel = 64

    /// Whether a text can be a label: 1 to `maximumLabel` characters, none of them for control, no space at an end.
    public static func isLabel(_ text: String) -> Bool {
        guard (1...maximumLabel).contains(text.unicodeScalars.count), text.first != " ", text.last != " " else {
            return false
        }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate: false
            default: true
            }
        }
    }
}

/// The secret of a new application password.
enum ApplicationSecret {
    /// Small letters and digits without those that are taken for one another (l and 1, o and 0): five bits each.
    static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
    private static let groups = 7
    private static let groupLength = 4

    /// Seven groups of four characters: 140 bits that nobody can guess. Nil where the system gives no random octets.
    static func make() -> [UInt8]? {
        guard var characters = random(count: groups * groupLength) else { return nil }
        defer { LibCrypto.wipe(&characters) }
        var secret: [UInt8] = []
        secret.reserveCapacity(groups * (groupLength + 1))
        for (index, character) in characters.enumerated() {
            if index > 0, index % groupLength == 0 { secret.append(UInt8(ascii: "-")) }
            secret.append(character)
        }
        return secret
    }

    /// Random characters of the alphabet, whose 32 characters divide 256 evenly.
    static func random(count: Int) -> [UInt8]? {
        guard var octets = LibCrypto.randomOctets(count: count) else { return nil }
        defer { LibCrypto.wipe(&octets) }
        return octets.map { alphabet[Int($0) % alphabet.count] }
    }
}
