import COpenSSL

/// What the modules use of libcrypto: digests, HMAC, key derivation, random octets, comparison in constant time.
///
/// The one file of this module that calls libcrypto.
public enum LibCrypto {
    /// A digest of libcrypto.
    public enum DigestAlgorithm: Sendable {
        case md5, sha1, sha256, sha512

        /// The digest's length in octets.
        public var length: Int {
            switch self {
            case .md5: 16
            case .sha1: 20
            case .sha256: 32
            case .sha512: 64
            }
        }

        fileprivate var method: OpaquePointer? {
            // Safe: libcrypto's method tables are static and immutable.
            switch self {
            case .md5: unsafe EVP_md5()
            case .sha1: unsafe EVP_sha1()
            case .sha256: unsafe EVP_sha256()
            case .sha512: unsafe EVP_sha512()
            }
        }
    }

    /// The digest of `octets`; empty where libcrypto refuses the algorithm (MD5 under FIPS rules).
    public static func digest(_ algorithm: DigestAlgorithm, of octets: Span<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm.length)
        // Safe: input pointer and count are of one span; the output has the algorithm's length; nothing is kept.
        let done = unsafe octets.withUnsafeBufferPointer { input in
            unsafe EVP_Digest(input.baseAddress, input.count, &digest, nil, algorithm.method, nil)
        }
        return done == 1 ? digest : []
    }

    /// RFC 2104's HMAC with SHA-256: 32 octets, or none where libcrypto fails, which no tag compares equal to.
    public static func hmacSHA256(key: Span<UInt8>, message: Span<UInt8>) -> [UInt8] {
        hmac(.sha256, key: key, message: message)
    }

    /// RFC 2104's HMAC, of the digest's length; empty where libcrypto fails.
    static func hmac(_ algorithm: DigestAlgorithm, key: Span<UInt8>, message: Span<UInt8>) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: algorithm.length)
        // Safe: each pointer goes with its own count; the tag has the digest's length; nothing is kept.
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe HMAC(
                    algorithm.method, key.baseAddress, Int32(clamping: key.count), message.baseAddress,
                    message.count, &tag, nil)
            }
        }
        return unsafe done == nil ? [] : tag
    }

    /// RFC 8018's PBKDF2 with HMAC of `algorithm`, a key of the digest's length; empty where libcrypto fails.
    static func pbkdf2(
        _ algorithm: DigestAlgorithm, password: Span<UInt8>, salt: Span<UInt8>, iterations: Int
    ) -> [UInt8] {
        guard let iterations = Int32(exactly: iterations), let passwordCount = Int32(exactly: password.count),
            let saltCount = Int32(exactly: salt.count)
        else { return [] }
        var key = [UInt8](repeating: 0, count: algorithm.length)
        let keyCount = Int32(key.count)
        // Safe: each pointer goes with its own count; nothing is kept. libcrypto takes a length of 0 with any pointer.
        let done = unsafe password.withUnsafeBytes { password in
            unsafe salt.withUnsafeBufferPointer { salt in
                unsafe PKCS5_PBKDF2_HMAC(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self), passwordCount, salt.baseAddress,
                    saltCount, iterations, algorithm.method, keyCount, &key)
            }
        }
        return done == 1 ? key : []
    }

    /// Whether both hold the same octets, in a time that depends on their lengths only.
    public static func isEqualInConstantTime(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        // Safe: both spans have the count given, checked above.
        let difference = unsafe one.withUnsafeBufferPointer { one in
            unsafe other.withUnsafeBufferPointer { other in
                unsafe CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count)
            }
        }
        return difference == 0
    }

    /// `count` octets nobody can guess, or nil where the system gives none.
    public static func randomOctets(count: Int) -> [UInt8]? {
        guard let length = Int32(exactly: count) else { return nil }
        var octets = [UInt8](repeating: 0, count: count)
        // Safe: the count given is the buffer's own.
        let done = unsafe RAND_bytes(&octets, length)
        return done == 1 ? octets : nil
    }

    /// Overwrites a secret that is no longer needed with zeros, and empties it.
    public static func wipe(_ secret: inout [UInt8]) {
        // Safe: the count given is the buffer's own.
        unsafe secret.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        secret.removeAll()
    }
}

/// A digest fed piece by piece, for what is too large to hold.
@safe public struct RunningDigest: ~Copyable {
    private let context: OpaquePointer?
    private let algorithm: LibCrypto.DigestAlgorithm
    private var isValid: Bool

    /// The digest of nothing yet.
    public init(_ algorithm: LibCrypto.DigestAlgorithm) {
        self.algorithm = algorithm
        // Safe: the context is owned here alone and freed in `deinit`; libcrypto takes nil where there was no memory.
        unsafe context = EVP_MD_CTX_new()
        isValid = unsafe EVP_DigestInit_ex(context, algorithm.method, nil) == 1
    }

    deinit {
        // Safe: made in `init`, freed once.
        unsafe EVP_MD_CTX_free(context)
    }

    /// Adds `octets`.
    public mutating func update(_ octets: Span<UInt8>) {
        // Safe: pointer and count are of one span; nothing is kept.
        let done = unsafe octets.withUnsafeBufferPointer {
            unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count)
        }
        isValid = isValid && done == 1
    }

    /// The digest of all that was added; empty where libcrypto refused.
    public consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm.length)
        // Safe: the output has the algorithm's length.
        let done = unsafe EVP_DigestFinal_ex(context, &digest, nil)
        return isValid && done == 1 ? digest : []
    }
}
