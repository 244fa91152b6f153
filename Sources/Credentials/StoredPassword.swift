/// A value of userPassword (RFC 4519 section 2.41), read as RFC 2307 section 5.3 and OpenLDAP do: `{SCHEME}` and a hash,
/// or the password itself.
public struct StoredPassword: Sendable {
    /// The most iterations of PBKDF2 that are verified, about a second's worth: the count is part of the stored value, and
    /// without a bound one entry could hold a worker for hours.
    public static let maximumIterations = 2_000_000

    private enum Form: Sendable {
        case clear([UInt8])
        case digest(LibCrypto.DigestAlgorithm, expected: [UInt8], salt: [UInt8])
        case crypt([UInt8])
        case pbkdf2(LibCrypto.DigestAlgorithm, expected: [UInt8], salt: [UInt8], iterations: Int)
        case scram(SCRAMKeys)
        case argon2(Argon2Setting, expected: [UInt8])
        case unverifiable
    }

    /// The scheme's name in upper case ("SSHA", "CRYPT"), "CLEARTEXT" where the value is the password itself.
    public let scheme: String
    /// Whether a password can match at all; false where the scheme is unknown or the hash malformed or too costly.
    public var isVerifiable: Bool { cost > 0 }
    /// Whether a verification takes less than about a millisecond.
    public var isQuick: Bool { cost < 1000 }
    /// What one verification costs, in units of about a microsecond; 0 if there is none.
    let cost: Int
    private let form: Form

    /// Reads a stored value; every value is read, if only as one that never verifies.
    public init(_ stored: Span<UInt8>) {
        guard let (name, contents) = StoredPassword.split(stored) else {
            // RFC 5803's text, which is authPassword's: nobody may log in with it, be it in userPassword, be it malformed.
            if stored.starts(with: "SCRAM-SHA-") {
                scheme = String(decoding: stored.copied().prefix(13), as: UTF8.self)
                (form, cost) = SCRAMKeys(stored: stored).map { (.scram($0), $0.iterations) } ?? (.unverifiable, 0)
            } else {
                (scheme, form, cost) = ("CLEARTEXT", .clear(stored.copied()), 1)
            }
            return
        }
        scheme = name
        let rest = stored.extracting(contents)
        switch name {
        case "CLEARTEXT": (form, cost) = (.clear(rest.copied()), 1)
        case "MD5": (form, cost) = StoredPassword.digest(.md5, isSalted: false, rest)
        case "SMD5": (form, cost) = StoredPassword.digest(.md5, isSalted: true, rest)
        case "SHA": (form, cost) = StoredPassword.digest(.sha1, isSalted: false, rest)
        case "SSHA": (form, cost) = StoredPassword.digest(.sha1, isSalted: true, rest)
        case "SHA256": (form, cost) = StoredPassword.digest(.sha256, isSalted: false, rest)
        case "SSHA256": (form, cost) = StoredPassword.digest(.sha256, isSalted: true, rest)
        case "SHA512": (form, cost) = StoredPassword.digest(.sha512, isSalted: false, rest)
        case "SSHA512": (form, cost) = StoredPassword.digest(.sha512, isSalted: true, rest)
        case "CRYPT":
            (form, cost) = CryptSetting.cost(of: rest).map { (.crypt(rest.copied()), $0) } ?? (.unverifiable, 0)
        case "PBKDF2", "PBKDF2-SHA1": (form, cost) = StoredPassword.pbkdf2(.sha1, rest)
        case "PBKDF2-SHA256": (form, cost) = StoredPassword.pbkdf2(.sha256, rest)
        case "PBKDF2-SHA512": (form, cost) = StoredPassword.pbkdf2(.sha512, rest)
        case "ARGON2": (form, cost) = StoredPassword.argon2(rest)
        case "SCRAM-SHA-256", "SCRAM-SHA-512":
            (form, cost) = SCRAMKeys(stored: stored).map { (.scram($0), $0.iterations) } ?? (.unverifiable, 0)
        default: (form, cost) = (.unverifiable, 0)
        }
    }

    /// What a value offers to SCRAM.
    enum SCRAMSource {
        case clear(SecretOctets)
        case keys(SCRAMKeys)
    }

    /// What this value offers to SCRAM; nil for a hash of another kind.
    var scramSource: SCRAMSource? {
        switch form {
        case .clear(let password): .clear(SecretOctets(password.span))
        case .scram(let keys): .keys(keys)
        default: nil
        }
    }

    /// Whether `password` is the one stored. Takes a time that depends on the scheme and the lengths, not on the octets.
    public func verifies(_ password: Span<UInt8>) -> Bool {
        switch form {
        case .clear(let expected):
            // Digests, so that the time does not tell the stored password's length.
            let one = LibCrypto.digest(.sha256, of: password)
            let other = LibCrypto.digest(.sha256, of: expected.span)
            return !one.isEmpty && LibCrypto.isEqualInConstantTime(one.span, other.span)
        case .digest(let algorithm, let expected, let salt):
            // One piece of memory, so that no copy of the password is left where a smaller one was.
            var salted: [UInt8] = []
            salted.reserveCapacity(password.count + salt.count)
            for index in password.indices { salted.append(password[index]) }
            salted.append(contentsOf: salt)
            defer { LibCrypto.wipe(&salted) }
            let digest = LibCrypto.digest(algorithm, of: salted.span)
            return LibCrypto.isEqualInConstantTime(digest.span, expected.span)
        case .crypt(let expected):
            guard let hash = LibCrypt.hash(of: password, setting: expected.span) else { return false }
            return LibCrypto.isEqualInConstantTime(hash.span, expected.span)
        case .pbkdf2(let algorithm, let expected, let salt, let iterations):
            // HMAC fills a short key up with zeros (RFC 2104 section 2), so that "x" and "x\0" would be one password.
            guard password.isEmpty || password[password.count - 1] != 0 else { return false }
            let key = LibCrypto.pbkdf2(algorithm, password: password, salt: salt.span, iterations: iterations)
            return LibCrypto.isEqualInConstantTime(key.span, expected.span)
        case .scram(let keys):
            return keys.verifies(password)
        case .argon2(let setting, let expected):
            guard let hash = setting.hash(of: password) else { return false }
            return LibCrypto.isEqualInConstantTime(hash.span, expected.span)
        case .unverifiable:
            return false
        }
    }

    /// The scheme and where the rest begins, or nil where there is none. As OpenLDAP reads it: a name of at least one
    /// octet between braces; anything else is a password in clear.
    private static func split(_ stored: Span<UInt8>) -> (name: String, contents: Range<Int>)? {
        guard stored.count > 2, stored[0] == UInt8(ascii: "{"),
            let close = stored.indices.first(where: { stored[$0] == UInt8(ascii: "}") }), close > 1
        else { return nil }
        var name = ""
        for index in 1..<close {
            switch stored[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                name.unicodeScalars.append(Unicode.Scalar(stored[index] - 0x20))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "+"):
                name.unicodeScalars.append(Unicode.Scalar(stored[index]))
            default:
                // RFC 2307's schemes have no such octet: perhaps a password, so not a name to show to anybody.
                return ("UNKNOWN", close + 1..<stored.count)
            }
        }
        return (name.utf8.count <= 32 ? name : "UNKNOWN", close + 1..<stored.count)
    }

    /// base64(digest ‖ salt), with a salt of at least one octet if there is to be one.
    private static func digest(
        _ algorithm: LibCrypto.DigestAlgorithm, isSalted: Bool, _ text: Span<UInt8>
    ) -> (Form, Int) {
        guard let octets = Base64.decode(text), octets.count >= algorithm.length,
            isSalted == (octets.count > algorithm.length)
        else { return (.unverifiable, 0) }
        let expected = Array(octets[..<algorithm.length])
        return (.digest(algorithm, expected: expected, salt: Array(octets[algorithm.length...])), 1)
    }

    /// `iterations$salt$key`, salt and key in passlib's base 64, as OpenLDAP's pw-pbkdf2 and passlib write it.
    private static func pbkdf2(_ algorithm: LibCrypto.DigestAlgorithm, _ text: Span<UInt8>) -> (Form, Int) {
        let fields = Field.split(text)
        guard fields.count == 3, let iterations = decimal(text.extracting(fields[0])),
            (1...maximumIterations).contains(iterations),
            let salt = Base64.decode(text.extracting(fields[1]), isAdapted: true),
            let expected = Base64.decode(text.extracting(fields[2]), isAdapted: true),
            expected.count == algorithm.length
        else { return (.unverifiable, 0) }
        return (.pbkdf2(algorithm, expected: expected, salt: salt, iterations: iterations), iterations)
    }

    /// Never verifiable where libcrypto has no Argon2.
    private static func argon2(_ text: Span<UInt8>) -> (Form, Int) {
        guard LibCrypto.isArgon2Right, let (setting, hash) = Argon2Setting.read(text) else { return (.unverifiable, 0) }
        return (.argon2(setting, expected: hash), setting.cost)
    }

    private static func decimal(_ text: Span<UInt8>) -> Int? {
        guard (1...9).contains(text.count) else { return nil }
        var number = 0
        for index in text.indices {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) else { return nil }
            number = number * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        return number
    }
}

/// The scheme of a stored password, for a warning about those that cannot be verified.
public func scheme(of stored: Span<UInt8>) -> (name: String, isVerifiable: Bool) {
    let password = StoredPassword(stored)
    return (password.scheme, password.isVerifiable)
}
