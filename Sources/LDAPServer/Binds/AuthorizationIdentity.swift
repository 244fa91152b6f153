import AttributeIndex
import Directory
import Schema

/// Whom a client wants to act as (RFC 4513 section 5.2.1.8).
enum AuthorizationIdentity: Equatable {
    case dn(String)
    case name(String)

    /// Reads `dn:` and a DN, or `u:` and a name; nil for anything else.
    init?(_ text: String) {
        if text.hasPrefix("dn:") {
            self = .dn(String(text.dropFirst(3)))
        } else if text.hasPrefix("u:") {
            self = .name(String(text.dropFirst(2)))
        } else {
            return nil
        }
    }
}

extension LDAPConnection {
    /// The identity to act as: one's own, as it was proved or named once more, or an entry that a service account may act as.
    /// Nil for any other, and for what is no authorization identity.
    func authorize(_ identity: Identity, _ text: String) -> Identity? {
        guard !text.isEmpty else { return identity }
        guard case .entry(_, let ownKey) = identity, let wanted = AuthorizationIdentity(text) else { return nil }
        if case .dn(let dn) = wanted {
            // One's own name need not be an entry's.
            var key: [UInt8] = []
            guard (try? server.view().schema.appendDNKey(of: dn.utf8.span, to: &key)) != nil else { return nil }
            if key == ownKey { return identity }
        }
        guard let other = server.context.claims.identity(wanted, in: server.view()), case .entry(_, let key) = other
        else { return nil }
        if key == ownKey { return identity }
        return server.context.claims.accounts[key: ownKey]?.mayAct(as: key) == true ? other : nil
    }
}

extension ClaimSearch {
    /// Who is meant. Nil also where the index is damaged, which the next request will find out.
    fileprivate func identity(_ wanted: AuthorizationIdentity, in view: DirectoryView) -> Identity? {
        switch wanted {
        case .name(let name): try? claim(named: name, in: view).identity
        case .dn(let dn): try? identity(dn: dn, in: view)
        }
    }
}
