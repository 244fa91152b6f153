/// A public key that a peer is known by: the SHA-256 of its SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
///
/// As Shibboleth's ExplicitKey engine does, only the key is compared: who issued the certificate and when it expires do not count.
public struct KeyPin: Hashable, Sendable, CustomStringConvertible {
    /// The digest's length in octets.
    public static let length = 32

    /// The digest.
    public let digest: [UInt8]

    /// A pin of a digest; nil where it does not have 32 octets.
    public init?(digest: [UInt8]) {
        guard digest.count == Self.length else { return nil }
        self.digest = digest
    }

    /// Reads 64 hexadecimal digits, with or without colons between pairs and "sha256:" before them; nil for anything else.
    public init?(_ text: String) {
        var rest = Substring(text)
        if rest.lowercased().hasPrefix("sha256:") { rest = rest.dropFirst(7) }
        let pairs = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard pairs.count == 1 || pairs.count == Self.length && pairs.allSatisfy({ $0.utf8.count == 2 }),
            let digest = Hexadecimal.octets(of: pairs.joined())
        else { return nil }
        self.init(digest: digest)
    }

    /// `sha256:` and 64 digits.
    public var description: String { "sha256:" + Hexadecimal.text(of: digest) }
}

/// The keys that entityIDs are registered with: several of one, while it changes from one to the next.
public struct RegisteredKeys: Sendable {
    private var owners: [KeyPin: EntityID] = [:]

    /// No keys.
    public init() {}

    /// Registers a key.
    ///
    /// - Throws: `KeyConflict` where another entityID has it: a key says who somebody is, and can say it of one only.
    public mutating func register(_ key: KeyPin, of entityID: EntityID) throws(KeyConflict) {
        if let owner = owners[key], owner != entityID { throw KeyConflict(key: key, first: owner, second: entityID) }
        owners[key] = entityID
    }

    /// Whose key it is; nil for one that nobody registered.
    public func owner(of key: KeyPin) -> EntityID? { owners[key] }
}

/// One key registered for two entityIDs.
public struct KeyConflict: Error, Equatable, CustomStringConvertible {
    /// The key.
    public let key: KeyPin
    /// Who has it.
    public let first: EntityID
    /// Who was to have it too.
    public let second: EntityID

    /// A conflict.
    public init(key: KeyPin, first: EntityID, second: EntityID) {
        self.key = key
        self.first = first
        self.second = second
    }

    /// A sentence for the administrator.
    public var description: String { "\(first) and \(second) have the same key \(key): each must have its own" }
}
