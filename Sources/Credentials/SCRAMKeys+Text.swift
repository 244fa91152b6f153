extension SCRAMKeys {
    /// A stored value: RFC 5803's `SCRAM-SHA-256$4096:salt$StoredKey:ServerKey` as authPassword has it (RFC 3112), with spaces
    /// around its parts; or, as userPassword has schemes, `{SCRAM-SHA-256}` and the rest, which Dovecot parts by commas.
    /// Nil for any other text.
    public init?(stored value: Span<UInt8>) {
        guard value.count <= 2048, let text = String(validating: value.copied(), as: UTF8.self) else { return nil }
        if text.hasPrefix("{") {
            guard let close = text.firstIndex(of: "}"),
                let hash = Self.hash(named: text[text.index(after: text.startIndex)..<close])
            else { return nil }
            self.init(hash, text: text[text.index(after: close)...])
        } else {
            guard let dollar = text.firstIndex(of: "$"), let hash = Self.hash(named: Self.trim(text[..<dollar])) else {
                return nil
            }
            self.init(hash, text: text[text.index(after: dollar)...])
        }
    }

    /// The text that follows the scheme's name.
    init?(_ hash: SCRAMHash, text: Substring) {
        let fields: [Substring]
        if text.contains("$") {
            let parts = text.split(separator: "$", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            fields = parts.flatMap { Self.trim($0).split(separator: ":", omittingEmptySubsequences: false) }
        } else {
            fields = text.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard fields.count == 4, let iterations = Self.decimal(fields[0]),
            let salt = Base64.decode(Array(fields[1].utf8).span),
            let storedKey = Base64.decode(Array(fields[2].utf8).span),
            let serverKey = Base64.decode(Array(fields[3].utf8).span)
        else { return nil }
        self.init(hash, iterations: iterations, salt: salt, storedKey: storedKey, serverKey: serverKey)
    }

    /// A value of authPassword (RFC 5803).
    public var authPassword: String { "\(hash.name)$\(parameters)" }

    /// A value of userPassword.
    public var userPassword: String { "{\(hash.name)}\(parameters)" }

    private var parameters: String {
        "\(iterations):\(Base64.encode(salt))$\(Base64.encode(storedKey)):\(Base64.encode(serverKey))"
    }

    private static func hash(named name: Substring) -> SCRAMHash? {
        SCRAMHash.allCases.first { $0.name == name.uppercased() }
    }

    private static func decimal(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while text.hasPrefix(" ") { text.removeFirst() }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
