import AttributeIndex
import Credentials
import Directory
import Schema
import Transport

/// Whom a name stands for, and what proves it; nobody and nothing where there is no such entry.
struct Claim: Sendable {
    var identity: Identity?
    var passwords: [[UInt8]] = []
    /// The account of the configuration that it is.
    var account: ServiceAccount?
    /// What its application passwords are kept under.
    var entryUUID: EntryUUID?
    /// What another server verifies.
    var upstream: UpstreamClaim?

    /// Nobody.
    init() {}

    init(_ account: ServiceAccount) {
        identity = account.identity
        passwords = account.passwords
        self.account = account
    }

    init(_ entry: StoredCredentials) {
        identity = entry.identity
        passwords = entry.passwords
        entryUUID = entry.entryUUID.flatMap { EntryUUID($0) }
    }

    /// What failures are counted by, where somebody has the name.
    var subject: Int? {
        guard case .entry(_, let key)? = identity else { return nil }
        return key.hashValue
    }
}

/// Finds whom names stand for: entries of the directory, and the accounts of the configuration.
struct ClaimSearch: Sendable {
    let accounts: ServiceAccounts
    let names: NameSearch
    let passThrough: [PassThrough]

    init(_ policy: BindPolicy) {
        accounts = ServiceAccounts(policy.accounts)
        names = policy.nameSearch
        passThrough = policy.passThrough
    }

    /// Who has the DIT key `key`. An entry with an account's name is the entry: the configuration was checked before it came.
    func claim(key: Span<UInt8>, in view: DirectoryView) throws(SegmentError) -> Claim {
        if let entry = try view.credentials(ofEntryWithKey: key) { return try claim(entry, in: view) }
        return accounts[key: key.array()].map { Claim($0) } ?? Claim()
    }

    /// Whom a name in PLAIN or SCRAM stands for: an account of that name, or the one entry that the search for it finds.
    func claim(named name: String, in view: DirectoryView) throws(SegmentError) -> Claim {
        if let account = accounts[name: name] { return try claim(key: account.dn.key.span, in: view) }
        guard let entry = try onlyEntry(names, name, in: view) else { return Claim() }
        return try claim(entry, in: view)
    }

    /// What an entry proves itself by, here or at another server.
    private func claim(_ entry: StoredCredentials, in view: DirectoryView) throws(SegmentError) -> Claim {
        var claim = Claim(entry)
        guard !passThrough.isEmpty else { return claim }
        let uid = try view.values(ofAttribute: "uid", ofEntryWithKey: entry.key.span).first
        for rule in passThrough {
            guard let user = rule.user(passwords: entry.passwords, uid: uid) else { continue }
            var value: String?
            if case .attribute(let name) = rule.name {
                value = try view.values(ofAttribute: name, ofEntryWithKey: entry.key.span).first
            }
            claim.upstream = UpstreamClaim(rule: rule, user: user, attributeValue: value)
            break
        }
        return claim
    }

    private func onlyEntry(
        _ search: NameSearch, _ name: String, in view: DirectoryView
    ) throws(SegmentError) -> StoredCredentials? {
        var found: [StoredCredentials] = []
        for lookup in search.lookups(for: name, suffixes: view.suffixes) {
            if let entry = try view.credentials(ofOnly: lookup) { found.append(entry) }
        }
        return found.count == 1 ? found.first : nil
    }

    /// Who has the DN `text`, if anybody.
    func identity(dn text: String, in view: DirectoryView) throws(SegmentError) -> Identity? {
        var key: [UInt8] = []
        guard (try? view.schema.appendDNKey(of: text.utf8.span, to: &key)) != nil else { return nil }
        return try claim(key: key.span, in: view).identity
    }

    /// Who holds a client certificate: the first rule that finds exactly one identity decides.
    func identity(
        of certificate: PeerCertificate, _ rules: [CertificateRule], in view: DirectoryView
    ) throws(SegmentError) -> Identity? {
        for rule in rules {
            var found: [Identity] = []
            for value in rule.matches(in: certificate, schema: view.schema) {
                let identity: Identity? =
                    switch rule.target {
                    case .dn(let dn): .entry(dn: dn.text, key: dn.key)
                    case .sameDN: try self.identity(dn: value, in: view)
                    case .search(let search): try onlyEntry(search, value, in: view)?.identity
                    }
                if let identity, !found.contains(identity) { found.append(identity) }
            }
            if found.count == 1 { return found.first }
        }
        return nil
    }
}
