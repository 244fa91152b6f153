import EventLog
import Credentials
import Directory
import Transport

/// What a password is verified against, on whichever thread.
struct PasswordCheck: Sendable {
    let context: ServerContext
    let claim: Claim

    /// About how many microseconds it takes.
    var cost: Int { claim.upstream != nil ? .max : context.verifier.cost(against: claim.passwords) }

    /// Whether the same password was verified lately against the same stored values.
    func isKnown(_ password: SecretOctets) -> Bool {
        guard let cache = context.verifiedBinds, case .entry(_, let key)? = claim.identity else { return false }
        return password.withOctets { cache.contains(entry: key, stored: claim.passwords, password: $0) }
    }

    func verify(_ password: SecretOctets) -> BindOutcome {
        password.withOctets { verify($0) }
    }

    private func verify(_ password: Span<UInt8>) -> BindOutcome {
        // Application passwords first: their hashes are quick, and applications bind often.
        if let identity = claim.identity, isApplicationPassword(password) { return .verified(identity) }
        if let upstream = claim.upstream { return verify(password, upstream) }
        let isVerified = context.verifier.verify(password, against: claim.passwords)
        guard isVerified, let identity = claim.identity else { return .refused }
        if let cache = context.verifiedBinds, case .entry(_, let key) = identity {
            cache.insert(entry: key, stored: claim.passwords, password: password)
        }
        return .verified(identity)
    }

    private func verify(_ password: Span<UInt8>, _ upstream: UpstreamClaim) -> BindOutcome {
        guard let identity = claim.identity else { return .refused }
        // Beside `{SASL}` there may be a hash.
        if claim.passwords.contains(where: { scheme(of: $0.span).isVerifiable }),
            context.verifier.verify(password, against: claim.passwords)
        {
            return .verified(identity)
        }
        switch upstream.verify(password) {
        case .verified: return .verified(identity)
        case .refused: return .refused
        case .unavailable(let reason): return .unavailable(reason)
        }
    }

    private func isApplicationPassword(_ password: Span<UInt8>) -> Bool {
        guard let store = context.configuration.binds.applicationPasswords, let entry = claim.entryUUID else {
            return false
        }
        do throws(ApplicationPasswordError) {
            return try store.verify(password, of: entry, at: secondsSince1970()) != nil
        } catch {
            context.log.log(.error, "application-passwords", ["reason": error.description])
            return false
        }
    }
}
