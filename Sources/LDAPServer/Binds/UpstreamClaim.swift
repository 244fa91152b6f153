import Credentials
import LDAP
import LDAPClient

/// A password that another server is to verify, and as whose.
struct UpstreamClaim: Sendable {
    let rule: PassThrough
    let user: String
    /// The value of the rule's attribute, where that names the user upstream.
    let attributeValue: String?

    /// Has the upstream verify a password, by binding with it. Blocks for as long as the upstream's time limit.
    ///
    /// Only what the upstream says of the password is a refusal: where it does not answer, the right password may have been
    /// given, and the client is to come again.
    func verify(_ password: Span<UInt8>) -> Verdict {
        guard !password.isEmpty else { return .refused }
        let secret = SecretOctets(password)
        do throws(LDAPClientError) {
            return try rule.pool.withClient { client, deadline throws(LDAPClientError) in
                guard let name = try upstreamName(client, deadline) else { return .refused }
                let result = try secret.withOctets { octets throws(LDAPClientError) in
                    try client.bind(name, password: octets, deadline: deadline)
                }
                return Verdict(result.code)
            }
        } catch {
            return .unavailable("\(rule.pool.upstream.host):\(rule.pool.upstream.port): \(error)")
        }
    }

    /// What the upstream says.
    enum Verdict: Sendable, Equatable {
        case verified, refused
        case unavailable(String)

        /// By the result of a bind. What says that this password does not do is a refusal; that nobody can tell now is not.
        init(_ code: ResultCode) {
            switch code {
            case .success: self = .verified
            case .invalidCredentials, .inappropriateAuthentication, .noSuchObject, .invalidDNSyntax,
                .unwillingToPerform, .constraintViolation, .insufficientAccessRights:
                self = .refused
            default: self = .unavailable("the upstream answers \(code)")
            }
        }
    }

    /// Nil where the upstream knows nobody of that name, or several.
    private func upstreamName(_ client: LDAPClient, _ deadline: UInt64) throws(LDAPClientError) -> String? {
        switch rule.name {
        case .template(let dn): return dn.replacing(PassThrough.placeholder, by: user)
        case .attribute: return attributeValue
        case .search(let base, let filter, let account):
            if let account {
                let result = try account.password.withOctets { octets throws(LDAPClientError) in
                    try client.bind(account.dn, password: octets, deadline: deadline)
                }
                guard result.code == .success else { throw .refused(result.code) }
            }
            let request = SearchRequest(
                base: base, scope: .sub, sizeLimit: 2, filter: filter.replacing(PassThrough.placeholder, by: user),
                attributes: ["1.1"])
            let (entries, result) = try client.search(request, deadline: deadline)
            guard result.code == .success || result.code == .sizeLimitExceeded else { throw .refused(result.code) }
            return entries.count == 1 ? entries.first?.name : nil
        }
    }
}
