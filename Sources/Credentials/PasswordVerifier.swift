import Synchronization

/// Verifies the passwords of simple binds so that the time taken does not tell whether the user exists: where there is
/// nothing to verify, a stored password of the costliest scheme seen so far is verified in its place.
public final class PasswordVerifier: Sendable {
    /// Until a stored password has been seen: what OpenLDAP hashes with by default, of a password nobody knows.
    private static let initialDecoy = StoredPassword("{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==".utf8Span.span)

    private let decoy = Mutex(PasswordVerifier.initialDecoy)

    /// A verifier that has seen no stored password.
    public init() {}

    /// Whether `password` matches one of the stored values. Blocks for as long as the scheme takes: for a worker, not a
    /// reactor.
    public func verify(_ password: Span<UInt8>, against stored: [[UInt8]]) -> Bool {
        var isVerified = false
        var hasVerified = false
        for value in stored {
            let candidate = StoredPassword(value.span)
            guard candidate.isVerifiable else { continue }
            note(candidate)
            hasVerified = true
            if candidate.verifies(password) {
                isVerified = true
                break
            }
        }
        if !hasVerified { _ = decoy.withLock { $0 }.verifies(password) }
        return isVerified
    }

    /// About how many microseconds `verify` will take against these values.
    public func cost(against stored: [[UInt8]]) -> Int {
        let known = stored.reduce(0) { $0 + StoredPassword($1.span).cost }
        return known > 0 ? known : decoy.withLock { $0.cost }
    }

    /// Takes a stored value of this directory for an example of what its users' cost, before any has bound.
    public func prime(with stored: Span<UInt8>) {
        note(StoredPassword(stored))
    }

    private func note(_ candidate: StoredPassword) {
        decoy.withLock { if candidate.cost > $0.cost { $0 = candidate } }
    }
}
