/// The schemes that new hashes are made in, named as `peopled password hash --scheme` and the configuration name them.
public enum PasswordScheme: String, Sendable, CaseIterable {
    case ssha = "SSHA"
    case ssha256 = "SSHA256"
    case ssha512 = "SSHA512"
    case sha256crypt = "SHA256-CRYPT"
    case sha512crypt = "SHA512-CRYPT"
    case bcrypt = "BCRYPT"
    case yescrypt = "YESCRYPT"
    case pbkdf2SHA1 = "PBKDF2-SHA1"
    case pbkdf2SHA256 = "PBKDF2-SHA256"
    case pbkdf2SHA512 = "PBKDF2-SHA512"
    case argon2 = "ARGON2"
    case scramSHA256 = "SCRAM-SHA-256"
    case scramSHA512 = "SCRAM-SHA-512"

    /// What is taken where nobody says: memory-hard, and Debian's own choice.
    public static let standard = PasswordScheme.yescrypt

    /// The scheme of a name in any case, also in braces; nil for any other.
    public init?(name: String) {
        var name = name.uppercased()
        if name.hasPrefix("{"), name.hasSuffix("}") { name = String(name.dropFirst().dropLast()) }
        self.init(rawValue: name)
    }

    /// What the cost counts; nil for schemes that have none.
    public var costUnit: String? {
        switch self {
        case .ssha, .ssha256, .ssha512: nil
        case .sha256crypt, .sha512crypt: "rounds"
        case .bcrypt: "log2 of the rounds"
        case .yescrypt: "libcrypt's cost, each step of which doubles time and memory"
        case .pbkdf2SHA1, .pbkdf2SHA256, .pbkdf2SHA512, .scramSHA256, .scramSHA512: "iterations"
        case .argon2: "MiB of memory"
        }
    }

    /// The costs there are. Above them one bind would hold a worker, or its memory, for too long.
    public var costs: ClosedRange<Int> {
        switch self {
        case .ssha, .ssha256, .ssha512: 0...0
        case .sha256crypt, .sha512crypt: 1000...CryptSetting.maximumSHARounds
        case .bcrypt: 4...CryptSetting.maximumBcryptCost
        case .yescrypt: 1...8
        case .pbkdf2SHA1, .pbkdf2SHA256, .pbkdf2SHA512: 1000...StoredPassword.maximumIterations
        case .scramSHA256, .scramSHA512: SCRAMKeys.defaultIterations...SCRAMKeys.maximumIterations
        case .argon2: 8...Argon2Setting.maximumMemory >> 10
        }
    }

    /// The cost where nobody says: of PBKDF2, and so of SCRAM, and of Argon2 what OWASP advises for passwords that people
    /// choose (Password Storage Cheat Sheet, 2023); of the others what makes a guess take tens of milliseconds.
    public var defaultCost: Int {
        switch self {
        case .ssha, .ssha256, .ssha512: 0
        case .sha256crypt, .sha512crypt: 100_000
        case .bcrypt: 10
        case .yescrypt: 5
        case .pbkdf2SHA1: 1_300_000
        case .pbkdf2SHA256, .scramSHA256: 600_000
        case .pbkdf2SHA512, .scramSHA512: 210_000
        case .argon2: 19
        }
    }
}
