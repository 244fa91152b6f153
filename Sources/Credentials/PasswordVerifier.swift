import Synchronization

/// Verifies the passwords of simple binds so that the time taken does not tell whether the user exists: where there is
/// nothing to verify, a decoy is verified in its place, and where a wrong password was found wrong quickly, too.
///
/// The decoy is a hash in the site's default scheme where one is configured, of a password nobody knows; else the costliest
/// stored password seen so far. With a default, a stored password that costs more than it can still be told by its time.
public final class PasswordVerifier: Sendable {
    private struct Decoy {
        var password: StoredPassword
        /// Whether the site said which, so that nothing seen takes its place.
        var isConfigured: Bool
    }

    /// Until a stored password has been seen: what OpenLDAP hashes with by default, of a password nobody knows.
    private static let initialDecoy = StoredPassword("{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==".utf8Span.span)

    private let decoy: Mutex<Decoy>

    /// A verifier that has seen no stored password, of a site without a default scheme.
    public init() { decoy = Mutex(Decoy(password: Self.initialDecoy, isConfigured: false)) }

    /// A verifier whose decoy is of the site's default scheme.
    ///
    /// - Parameter cost: in the scheme's unit; nil for its default.
    public init(defaultScheme scheme: PasswordScheme, cost: Int? = nil) throws(PasswordHashingError) {
        guard var unknown = LibCrypto.randomOctets(count: 16) else {
            throw .unavailable("the system gives no random octets")
        }
        defer { LibCrypto.wipe(&unknown) }
        // As text: crypt(3) takes no NUL, and SASLprep no control character.
        var password = Array(Base64.encode(unknown).utf8)
        defer { LibCrypto.wipe(&password) }
        let hash = try scheme.hash(password.span, cost: cost)
        decoy = Mutex(Decoy(password: StoredPassword(Array(hash.utf8).span), isConfigured: true))
    }

    /// Whether `password` matches one of the stored values. Blocks for as long as the scheme takes: for a worker, not a
    /// reactor.
    public func verify(_ password: Span<UInt8>, against stored: [[UInt8]]) -> Bool {
        var spent = 0
        for value in stored {
            let candidate = StoredPassword(value.span)
            guard candidate.isVerifiable else { continue }
            note(candidate)
            if candidate.verifies(password) { return true }
            spent += candidate.cost
        }
        let decoy = decoy.withLock { $0.password }
        if Self.isTooQuick(spent, beside: decoy) { _ = decoy.verifies(password) }
        return false
    }

    /// About how many microseconds `verify` will take against these values, if the password is wrong.
    public func cost(against stored: [[UInt8]]) -> Int {
        let spent = stored.reduce(0) { $0 + StoredPassword($1.span).cost }
        let decoy = decoy.withLock { $0.password }
        return Self.isTooQuick(spent, beside: decoy) ? spent + decoy.cost : spent
    }

    /// Takes a stored value of this directory for an example of what its users' cost, before any has bound.
    public func prime(with stored: Span<UInt8>) {
        note(StoredPassword(stored))
    }

    /// Whether a refusal after `spent` would come so much sooner than the decoy's that it tells something.
    private static func isTooQuick(_ spent: Int, beside decoy: StoredPassword) -> Bool { spent < decoy.cost / 2 + 1 }

    private func note(_ candidate: StoredPassword) {
        decoy.withLock { if !$0.isConfigured, candidate.cost > $0.password.cost { $0.password = candidate } }
    }
}
