public import AttributeIndex
import Schema

/// What an entry has stored for binding: the one way out of the directory for passwords, which no search takes.
public struct StoredCredentials: Sendable {
    /// The entry's name, as stored.
    public let dn: String
    /// Its DIT key.
    public let key: [UInt8]
    /// The values of userPassword, a scheme in braces before most; none when the entry has no password.
    public let passwords: [[UInt8]]

    /// Who a client is that has proved to know one of the passwords.
    public var identity: Identity { .entry(dn: dn, key: key) }
}

extension DirectoryView {
    /// The credentials of the entry with a name, for binds only. Nil where there is no such entry, where it is an alias
    /// or a referral, and where the text is no name: a client must not be able to tell these apart.
    ///
    /// - Throws: when the index is damaged.
    public func credentials(ofEntryNamed name: Span<UInt8>) throws(SegmentError) -> StoredCredentials? {
        var key: [UInt8] = []
        guard (try? schema.appendDNKey(of: name, to: &key)) != nil, !key.isEmpty else { return nil }
        guard let place = try find(key.span) else { return nil }
        let segment = segment(place.segment)
        guard try segment.flags(place.entry).isDisjoint(with: [.alias, .referral]) else { return nil }
        let record = try segment.view(place.entry)
        var passwords: [[UInt8]] = []
        if let type = environment.types.userPassword { passwords = try segment.values(of: type, in: record) }
        return StoredCredentials(dn: String(octets: try segment.dn(record)), key: key, passwords: passwords)
    }
}
