/// The crypt(3) hashes that are verified: those of Debian's libcrypt that a site may have stored, at a cost that a
/// worker can bear. A hash may come from elsewhere: without a bound, one entry could hold a worker for hours.
enum CryptSetting {
    /// The rounds of SHA-crypt (`$5$`, `$6$`): about half a second.
    static let maximumSHARounds = 1_000_000
    /// bcrypt's cost, a power of two.
    static let maximumBcryptCost = 14
    /// yescrypt's and scrypt's N, a power of two: at most 128 MiB with r = 32.
    static let maximumMemoryCost = 15

    /// What `hash` costs, in rounds of about a microsecond, or nil if it is not verified.
    static func cost(of hash: Span<UInt8>) -> Int? {
        let fields = Field.split(hash)
        guard let first = fields.first else { return nil }
        guard first.isEmpty else { return fields.count == 1 ? desCost(hash) : nil }
        guard fields.count >= 4 else { return nil }
        switch text(hash, fields[1]) {
        case "1": return 1000
        case "2a", "2b", "2y": return bcryptCost(text(hash, fields[2]))
        case "5", "6": return shaCost(text(hash, fields[2]))
        case "y", "gy": return yescryptCost(text(hash, fields[2]))
        case "7": return scryptCost(text(hash, fields[2]))
        default: return nil
        }
    }

    /// Traditional DES: two octets of salt, eleven of hash, which cannot be told from mere text but by its length.
    private static func desCost(_ hash: Span<UInt8>) -> Int? {
        guard hash.count == 13, hash.indices.allSatisfy({ itoa64Index(hash[$0]) != nil }) else { return nil }
        return 100
    }

    private static func bcryptCost(_ field: String) -> Int? {
        guard field.utf8.count == 2, let cost = Int(field), (4...maximumBcryptCost).contains(cost) else { return nil }
        return (1 << cost) * 40
    }

    private static func shaCost(_ field: String) -> Int? {
        let label = "rounds="
        guard field.hasPrefix(label) else { return 5000 }
        guard let rounds = Int(field.dropFirst(label.count)), (1...maximumSHARounds).contains(rounds) else {
            return nil
        }
        return rounds
    }

    /// `jXr`: flavour, N as a power of two less one, r less one; longer forms ask for parallelism or a ROM.
    private static func yescryptCost(_ field: String) -> Int? {
        let octets = Array(field.utf8)
        guard octets.count == 3, octets[0] == UInt8(ascii: "j"), let power = itoa64Index(octets[1]),
            let r = itoa64Index(octets[2]), power + 1 <= maximumMemoryCost, r < 32
        else { return nil }
        return (1 << (power + 1)) * 10
    }

    /// `Nrrrrrppppp` and the salt: N as a power of two, r and p in five digits each, lowest first.
    private static func scryptCost(_ field: String) -> Int? {
        let octets = Array(field.utf8)
        guard octets.count >= 11, let power = itoa64Index(octets[0]), power <= maximumMemoryCost,
            let r = itoa64Index(octets[1]), r <= 32, octets[2...5].allSatisfy({ $0 == UInt8(ascii: ".") }),
            let p = itoa64Index(octets[6]), p <= 4, octets[7...10].allSatisfy({ $0 == UInt8(ascii: ".") })
        else { return nil }
        return (1 << power) * 10
    }

    /// The value of a digit of crypt(3)'s own base 64: `./0-9A-Za-z`.
    private static func itoa64Index(_ octet: UInt8) -> Int? {
        switch octet {
        case UInt8(ascii: "."), UInt8(ascii: "/"): Int(octet - UInt8(ascii: "."))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(octet - UInt8(ascii: "0")) + 2
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(octet - UInt8(ascii: "A")) + 12
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(octet - UInt8(ascii: "a")) + 38
        default: nil
        }
    }

    private static func text(_ octets: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: octets.extracting(range).copied(), as: UTF8.self)
    }
}

/// The fields of a stored hash, between dollar signs.
enum Field {
    static func split(_ octets: Span<UInt8>) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = 0
        for index in octets.indices where octets[index] == UInt8(ascii: "$") {
            fields.append(start..<index)
            start = index + 1
        }
        fields.append(start..<octets.count)
        return fields
    }
}

extension Span<UInt8> {
    /// Whether these octets begin with those of `text`.
    func starts(with text: StaticString) -> Bool {
        let prefix = Array("\(text)".utf8)
        return count >= prefix.count && prefix.indices.allSatisfy { self[$0] == prefix[$0] }
    }

    func copied() -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for index in indices { result.append(self[index]) }
        return result
    }
}
