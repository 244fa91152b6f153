/// Why no hash was made.
public enum PasswordHashingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The cost is out of the scheme's bounds.
    case cost(PasswordScheme)
    /// The scheme cannot hash this password, and why.
    case password(String)
    /// The library that does it is not there, or refused.
    case unavailable(String)

    /// One sentence for people, without a final stop.
    public var description: String {
        switch self {
        case .cost(let scheme):
            scheme.costUnit == nil
                ? "\(scheme.rawValue) has no cost"
                : "a cost of \(scheme.rawValue) is \(scheme.costs.lowerBound) to \(scheme.costs.upperBound) (\(scheme.costUnit ?? ""))"
        case .password(let reason): reason
        case .unavailable(let reason): reason
        }
    }
}

extension PasswordScheme {
    /// A new hash of a password, with a random salt, as userPassword has it. Blocks for as long as the scheme takes.
    ///
    /// - Parameter cost: in the scheme's own unit; nil for the default.
    public func hash(_ password: Span<UInt8>, cost: Int? = nil) throws(PasswordHashingError) -> String {
        let cost = cost ?? defaultCost
        guard costs.contains(cost) else { throw .cost(self) }
        guard !password.isEmpty else { throw .password("an empty password lets nobody in") }
        guard let salt = LibCrypto.randomOctets(count: 16) else {
            throw .unavailable("the system gives no random octets")
        }
        switch self {
        case .ssha: return try Self.made(Self.salted(.sha1, password, salt: salt))
        case .ssha256: return try Self.made(Self.salted(.sha256, password, salt: salt))
        case .ssha512: return try Self.made(Self.salted(.sha512, password, salt: salt))
        case .sha256crypt: return try Self.crypt("$5$", cost, password)
        case .sha512crypt: return try Self.crypt("$6$", cost, password)
        case .bcrypt:
            guard password.count <= 72 else {
                throw .password("bcrypt looks at 72 octets of a password only, and this one is longer")
            }
            return try Self.crypt("$2b$", cost, password)
        case .yescrypt: return try Self.crypt("$y$", cost, password)
        case .pbkdf2SHA1: return try pbkdf2(.sha1, password, salt, cost)
        case .pbkdf2SHA256: return try pbkdf2(.sha256, password, salt, cost)
        case .pbkdf2SHA512: return try pbkdf2(.sha512, password, salt, cost)
        case .argon2: return try Self.argon2(password, salt, cost)
        case .scramSHA256: return try Self.scram(.sha256, password, salt, cost)
        case .scramSHA512: return try Self.scram(.sha512, password, salt, cost)
        }
    }

    /// `{SSHA256}` and the like: base64(digest of password and salt, then salt); nil where libcrypto refuses.
    static func salted(_ algorithm: LibCrypto.DigestAlgorithm, _ password: Span<UInt8>, salt: [UInt8]) -> String? {
        let name: String
        switch algorithm {
        case .md5: return nil
        case .sha1: name = "SSHA"
        case .sha256: name = "SSHA256"
        case .sha512: name = "SSHA512"
        }
        var salted: [UInt8] = []
        salted.reserveCapacity(password.count + salt.count)
        for index in password.indices { salted.append(password[index]) }
        salted.append(contentsOf: salt)
        defer { LibCrypto.wipe(&salted) }
        let digest = LibCrypto.digest(algorithm, of: salted.span)
        return digest.isEmpty ? nil : "{\(name)}\(Base64.encode(digest + salt))"
    }

    private static func made(_ hash: String?) throws(PasswordHashingError) -> String {
        guard let hash else { throw .unavailable("libcrypto refuses this digest") }
        return hash
    }

    private static func crypt(
        _ prefix: String, _ cost: Int, _ password: Span<UInt8>
    ) throws(PasswordHashingError) -> String {
        guard !password.indices.contains(where: { password[$0] == 0 }) else {
            throw .password("crypt(3) takes no password with a NUL in it")
        }
        guard let random = LibCrypto.randomOctets(count: 32),
            let setting = LibCrypt.setting(prefix: prefix, cost: cost, random: random),
            let hash = LibCrypt.hash(of: password, setting: setting.span)
        else { throw .unavailable("libcrypt does not offer \(prefix)") }
        return "{CRYPT}" + String(decoding: hash, as: UTF8.self)
    }

    private func pbkdf2(
        _ algorithm: LibCrypto.DigestAlgorithm, _ password: Span<UInt8>, _ salt: [UInt8], _ cost: Int
    ) throws(PasswordHashingError) -> String {
        guard password[password.count - 1] != 0 else {
            throw .password("PBKDF2 does not tell a password that ends with a NUL from one without it")
        }
        let key = LibCrypto.pbkdf2(algorithm, password: password, salt: salt.span, iterations: cost)
        guard !key.isEmpty else { throw .unavailable("libcrypto refuses this digest") }
        return "{\(rawValue)}\(cost)$\(Base64.encode(salt, isAdapted: true))$\(Base64.encode(key, isAdapted: true))"
    }

    private static func argon2(
        _ password: Span<UInt8>, _ salt: [UInt8], _ cost: Int
    ) throws(PasswordHashingError) -> String {
        let setting = Argon2Setting(kind: .id, memory: cost << 10, passes: 2, lanes: 1, salt: salt, length: 32)
        guard let hash = setting.hash(of: password) else {
            throw .unavailable("this libcrypto has no Argon2: OpenSSL has it from version 3.2 on")
        }
        return "{ARGON2}" + setting.text(with: hash)
    }

    private static func scram(
        _ hash: SCRAMHash, _ password: Span<UInt8>, _ salt: [UInt8], _ cost: Int
    ) throws(PasswordHashingError) -> String {
        guard let keys = SCRAMKeys(hash, password: password, iterations: cost, salt: salt) else {
            throw .password("SASLprep (RFC 4013) refuses a character of this password")
        }
        return keys.userPassword
    }
}
