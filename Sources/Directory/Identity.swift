/// Who asks: what a connection's last successful bind made of it (RFC 4513 section 5).
public enum Identity: Sendable, Hashable {
    /// Nobody in particular.
    case anonymous
    /// The entry with this name.
    case entry(dn: String, key: [UInt8])

    /// The DIT key of the name that somebody has bound with; nil for nobody in particular.
    public var entryKey: [UInt8]? {
        switch self {
        case .anonymous: nil
        case .entry(_, let key): key
        }
    }

    /// The authorization identity as "Who am I?" gives it (RFC 4513 section 5.2.1.8): `dn:` and the name, or nothing.
    public var authorizationID: String {
        switch self {
        case .anonymous: ""
        case .entry(let dn, _): "dn:" + dn
        }
    }
}
