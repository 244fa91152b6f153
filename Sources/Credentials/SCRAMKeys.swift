/// What a server keeps of a password for SCRAM (RFC 5802 section 3, RFC 5803): enough to verify a client that knows the
/// password and to prove to it that the server knew it too, and not enough to log in.
public struct SCRAMKeys: Sendable, Equatable {
    /// The most iterations that are read or made, as of PBKDF2.
    public static let maximumIterations = StoredPassword.maximumIterations
    /// The iterations for keys of random secrets, and of clear passwords at the time of a bind: RFC 7677's least. More would
    /// slow every client and help only where guesses are better than chance.
    public static let defaultIterations = 4096
    /// Octets of a new salt.
    public static let saltLength = 16
    /// The most octets of a salt that is read.
    static let maximumSaltLength = 256

    /// The digest.
    public let hash: SCRAMHash
    /// Iterations of PBKDF2, from 1 on.
    public let iterations: Int
    /// The salt, at least one octet.
    public let salt: [UInt8]
    /// H(HMAC(salted password, "Client Key")).
    public let storedKey: [UInt8]
    /// HMAC(salted password, "Server Key").
    public let serverKey: [UInt8]

    /// Keys from their parts; nil where a length or the iterations cannot be.
    public init?(_ hash: SCRAMHash, iterations: Int, salt: [UInt8], storedKey: [UInt8], serverKey: [UInt8]) {
        guard (1...SCRAMKeys.maximumIterations).contains(iterations),
            (1...SCRAMKeys.maximumSaltLength).contains(salt.count), storedKey.count == hash.length,
            serverKey.count == hash.length
        else { return nil }
        self.hash = hash
        self.iterations = iterations
        self.salt = salt
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// The keys of a password. Blocks for as long as the iterations take.
    ///
    /// Nil where SASLprep (RFC 4013) prohibits the password, which RFC 5802 leaves no other way for, and where an argument is
    /// out of bounds.
    public init?(_ hash: SCRAMHash, password: Span<UInt8>, iterations: Int, salt: [UInt8]) {
        guard (1...SCRAMKeys.maximumIterations).contains(iterations), !salt.isEmpty,
            var prepared = SASLprep.prepare(password)
        else { return nil }
        defer { LibCrypto.wipe(&prepared) }
        var salted = LibCrypto.pbkdf2(
            hash.digest, password: prepared.span, salt: salt.span, iterations: iterations)
        defer { LibCrypto.wipe(&salted) }
        guard !salted.isEmpty else { return nil }
        var clientKey = LibCrypto.hmac(hash.digest, key: salted.span, message: Array("Client Key".utf8).span)
        defer { LibCrypto.wipe(&clientKey) }
        self.init(
            hash, iterations: iterations, salt: salt, storedKey: LibCrypto.digest(hash.digest, of: clientKey.span),
            serverKey: LibCrypto.hmac(hash.digest, key: salted.span, message: Array("Server Key".utf8).span))
    }

    /// Whether `password` is the one. Takes a time that does not depend on the keys.
    public func verifies(_ password: Span<UInt8>) -> Bool {
        guard let keys = SCRAMKeys(hash, password: password, iterations: iterations, salt: salt) else { return false }
        return LibCrypto.isEqualInConstantTime(keys.storedKey.span, storedKey.span)
    }

    /// Whether a client that must choose its salt before it proves anything can prove either.
    func hasShape(of other: SCRAMKeys) -> Bool { iterations == other.iterations && salt == other.salt }
}
