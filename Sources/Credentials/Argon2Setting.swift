/// The parameters of an Argon2 hash (RFC 9106), as libargon2 and OpenLDAP's pw-argon2 write them.
struct Argon2Setting: Equatable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case d = "argon2d"
        case i = "argon2i"
        case id = "argon2id"
    }

    /// KiB of memory that one verification may take.
    static let maximumMemory = 128 << 10
    static let maximumPasses = 16
    static let maximumLanes = 8

    let kind: Kind
    /// KiB.
    let memory: Int
    let passes: Int
    let lanes: Int
    let salt: [UInt8]
    /// Octets of the hash.
    let length: Int

    /// About how many microseconds a hash takes.
    var cost: Int { memory * passes }

    /// Reads `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, version 19 only; nil for any other text and beyond the bounds.
    static func read(_ text: Span<UInt8>) -> (setting: Argon2Setting, hash: [UInt8])? {
        let fields = Field.split(text).map { String(decoding: text.extracting($0).copied(), as: UTF8.self) }
        guard fields.count == 6, fields[0].isEmpty, let kind = Kind(rawValue: fields[1]), fields[2] == "v=19" else {
            return nil
        }
        let numbers = fields[3].split(separator: ",", omittingEmptySubsequences: false)
        guard numbers.count == 3, let memory = number(numbers[0], "m=", 8...maximumMemory),
            let passes = number(numbers[1], "t=", 1...maximumPasses),
            let lanes = number(numbers[2], "p=", 1...maximumLanes), memory >= 8 * lanes,
            let salt = unpadded(fields[4]), let hash = unpadded(fields[5]), (8...64).contains(salt.count),
            (16...64).contains(hash.count)
        else { return nil }
        let setting = Argon2Setting(
            kind: kind, memory: memory, passes: passes, lanes: lanes, salt: salt, length: hash.count)
        return (setting, hash)
    }

    /// The text of this setting and a hash made with it.
    func text(with hash: [UInt8]) -> String {
        let parts = [salt, hash].map { octets in Base64.encode(octets).prefix { $0 != "=" } }
        return "$\(kind.rawValue)$v=19$m=\(memory),t=\(passes),p=\(lanes)$\(parts[0])$\(parts[1])"
    }

    /// The hash of a password; nil where libcrypto has no Argon2.
    func hash(of password: Span<UInt8>) -> [UInt8]? {
        guard LibCrypto.isArgon2Right else { return nil }
        return LibCrypto.argon2(self, password: password)
    }

    private static func number(_ text: Substring, _ label: String, _ range: ClosedRange<Int>) -> Int? {
        guard text.hasPrefix(label), text.utf8.dropFirst(2).allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text.dropFirst(2)), range.contains(number)
        else { return nil }
        return number
    }

    private static func unpadded(_ text: String) -> [UInt8]? {
        guard !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Base64.decode(Array((text + padding).utf8).span)
    }
}
