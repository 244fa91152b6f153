public import Schema
import Directory
import Transport

/// Whom a process at the other end of a Unix socket is.
public struct PeerRule: Sendable {
    /// The user's number; nil for any.
    public var user: UInt32?
    /// The group's number; nil for any.
    public var group: UInt32?
    /// Its identity.
    public var dn: DistinguishedName

    /// A rule of its parts.
    public init(user: UInt32? = nil, group: UInt32? = nil, dn: DistinguishedName) {
        self.user = user
        self.group = group
        self.dn = dn
    }

    func fits(_ peer: PeerCredentials) -> Bool {
        (user == nil || user == peer.user) && (group == nil || group == peer.group)
    }
}

extension BindPolicy {
    /// Who a local process is: what the rules say, or else the name that OpenLDAP gives it.
    func identity(of peer: PeerCredentials, schema: Schema) -> Identity? {
        if let rule = peerRules.first(where: { $0.fits(peer) }) {
            return .entry(dn: rule.dn.text, key: rule.dn.key)
        }
        let text = "gidNumber=\(peer.group)+uidNumber=\(peer.user),cn=peercred,cn=external,cn=auth"
        guard let dn = try? DistinguishedName(parsing: text, schema: schema) else { return nil }
        return .entry(dn: dn.text, key: dn.key)
    }
}
