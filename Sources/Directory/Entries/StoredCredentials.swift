public import AttributeIndex
import Schema

/// What an entry has stored for binding: the one way out of the directory for passwords, which no search takes.
public struct StoredCredentials: Sendable {
    /// The entry's name, as stored.
    public let dn: String
    /// Its DIT key.
    public let key: [UInt8]
    /// The values of userPassword, a scheme in braces before most, and those of authPassword (RFC 3112) that are for SCRAM
    /// (RFC 5803); none when the entry has no password.
    public let passwords: [[UInt8]]
    /// The text of its entryUUID (RFC 4530); nil where it has none.
    public let entryUUID: String?

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
        guard (try? schema.appendDNKey(of: name, to: &key)) != nil else { return nil }
        return try credentials(ofEntryWithKey: key.span)
    }

    /// The same for the entry with a DIT key.
    ///
    /// - Throws: when the index is damaged.
    public func credentials(ofEntryWithKey key: Span<UInt8>) throws(SegmentError) -> StoredCredentials? {
        guard !key.isEmpty, let place = try served.find(key) else { return nil }
        let segment = segment(place.segment)
        guard try segment.flags(place.entry).isDisjoint(with: [.alias, .referral]) else { return nil }
        let record = try segment.view(place.entry)
        var uuid: [UInt8]?
        if let type = environment.types.entryUUID { uuid = try segment.values(of: type, in: record).first }
        return StoredCredentials(
            dn: String(octets: try segment.dn(record)), key: [UInt8](copying: key),
            passwords: try passwords(of: record, in: segment),
            entryUUID: uuid.map { String(decoding: $0, as: UTF8.self) })
    }

    /// What is stored to verify a password against. Of authPassword only what can be told from a password in clear.
    private func passwords(of record: EntryView, in segment: Segment) throws(SegmentError) -> [[UInt8]] {
        var passwords: [[UInt8]] = []
        if let type = environment.types.userPassword { passwords = try segment.values(of: type, in: record) }
        if let type = environment.types.authPassword {
            passwords += try segment.values(of: type, in: record).filter { $0.starts(with: "SCRAM-SHA-".utf8) }
        }
        return passwords
    }

    /// An entry's values of an attribute, as text, for the server's own use; none where there is no such entry.
    ///
    /// - Throws: when the index is damaged.
    public func values(ofAttribute name: String, ofEntryWithKey key: Span<UInt8>) throws(SegmentError) -> [String] {
        guard let type = schema.attributeType(name)?.id, let place = try served.find(key) else { return [] }
        let segment = segment(place.segment)
        return try segment.values(of: type, in: segment.view(place.entry)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Stored passwords of at most `limit` entries of each segment: what the costs of verifying are learned from before
    /// anybody has bound, so that unknown users cannot be told by the time that their answer takes.
    ///
    /// - Throws: when the index is damaged.
    public func passwordSample(limit: Int) throws(SegmentError) -> [[UInt8]] {
        guard let type = environment.types.userPassword else { return [] }
        var sample: [[UInt8]] = []
        for segment in generation.segments {
            for (index, attribute) in segment.attributes.enumerated() where attribute.description.type == type {
                var entries = try segment.presence(index)
                var count = 0
                while count < limit, let entry = try entries.next(in: segment) {
                    sample += try segment.values(of: type, in: try segment.view(entry))
                    count += 1
                }
            }
        }
        return sample
    }
}
