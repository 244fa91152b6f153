import Directory
public import Schema

/// An account of the configuration: a service that binds, and is no entry of the directory.
public struct ServiceAccount: Sendable {
    /// Its name, under the suffix or not.
    public var dn: DistinguishedName
    /// Its name in PLAIN and SCRAM; nil where it binds by its DN only.
    public var name: String?
    /// The hash of its password, as userPassword would hold it; never a password in clear.
    public var passwords: [[UInt8]]
    /// Subtrees whose entries it may act as, by naming them as authorization identity in PLAIN or SCRAM (RFC 4513 section
    /// 5.2.1.8).
    public var mayActAs: [DistinguishedName]

    /// An account of its parts.
    public init(
        dn: DistinguishedName, name: String? = nil, passwords: [[UInt8]], mayActAs: [DistinguishedName] = []
    ) {
        self.dn = dn
        self.name = name
        self.passwords = passwords
        self.mayActAs = mayActAs
    }

    var identity: Identity { .entry(dn: dn.text, key: dn.key) }

    /// Whether it may act as the entry with the DIT key `key`.
    func mayAct(as key: [UInt8]) -> Bool {
        mayActAs.contains { DITKey.isWithin(key.span, subtreeOf: $0.key.span) }
    }
}

/// The service accounts, found by DN and by name.
struct ServiceAccounts: Sendable {
    private var byKey: [[UInt8]: ServiceAccount] = [:]
    private var byName: [String: ServiceAccount] = [:]

    init(_ accounts: [ServiceAccount]) {
        for account in accounts {
            byKey[account.dn.key] = account
            if let name = account.name { byName[name] = account }
        }
    }

    subscript(key key: [UInt8]) -> ServiceAccount? { byKey[key] }
    subscript(name name: String) -> ServiceAccount? { byName[name] }
}
