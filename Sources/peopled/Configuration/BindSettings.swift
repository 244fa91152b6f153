import CommandLineTools

/// How clients prove who they are.
extension Configuration {
    /// The section `binds`.
    struct BindSettings: Decodable, Sendable {
        /// SASL mechanisms; nil for all.
        var mechanisms: [String]?
        /// Whom a name in PLAIN or SCRAM stands for.
        var names = NameSettings()
        /// Whom the holder of a client certificate is: the first that finds somebody.
        var certificates: [CertificateSettings] = []
        /// Whom the process at a Unix socket is: the first that fits.
        var peers: [PeerSettings] = []
        var delays = DelaySettings()
        /// Seconds that a verified password is remembered; 0: not at all.
        var cache = 10
        /// Whose passwords other servers verify: the first that an entry is for.
        var passThrough: [PassThroughSettings] = []
        /// What nobody's password costs; nil: what the costliest seen does.
        var defaultScheme: DefaultSchemeSettings?
    }

    struct NameSettings: Decodable, Sendable {
        /// The DN to search under; nil for ou=People under the suffix.
        var base: String?
        /// base, one, sub or children.
        var scope = "sub"
        /// RFC 4515, with `$name`.
        var filter = "(uid=$name)"
    }

    struct CertificateSettings: Decodable, Sendable {
        /// Which part of the certificate, a name of `CertificateRule.Part`, and what it must be; "*" for anything.
        var part = ""
        var value = ""
        /// Who that is: a DN, or by a search with `$name` for the part's value; neither: the DN that the part's value is.
        var dn: String?
        var filter: String?
    }

    struct PeerSettings: Decodable, Sendable {
        /// Numbers, as `id` tells them.
        var user: Int?
        var group: Int?
        var dn = ""
    }

    struct DelaySettings: Decodable, Sendable {
        /// Seconds.
        var longest = 4
        var shared = 1
        var forget = 10
        /// Addresses and networks.
        var trusted = ["127.0.0.0/8", "::1"]
    }

    /// One of the section `accounts`.
    struct AccountSettings: Decodable, Sendable {
        var dn = ""
        /// Its name in PLAIN and SCRAM.
        var name: String?
        var password = AccountPassword.hash("")
        /// DNs of subtrees.
        var mayActAs: [String] = []
    }

    /// A hash as `peopled password hash` makes it, or where one is kept.
    enum AccountPassword: Decodable, Sendable {
        case hash(String)
        case kept(Secret)

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .hash(text)
            } else {
                self = .kept(try Secret(from: decoder))
            }
        }
    }
}

extension Configuration.BindSettings {
    private enum Keys: String, CodingKey, CaseIterable {
        case mechanisms, names, certificates, peers, delays, cache, passThrough, defaultScheme
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        mechanisms = try values.decodeIfPresent([String].self, forKey: .mechanisms)
        try values.decode(.names, into: &names)
        try values.decode(.certificates, into: &certificates)
        try values.decode(.peers, into: &peers)
        try values.decode(.delays, into: &delays)
        try values.decode(.cache, into: &cache, within: 0...3_600)
        try values.decode(.passThrough, into: &passThrough)
        defaultScheme = try values.decodeIfPresent(Configuration.DefaultSchemeSettings.self, forKey: .defaultScheme)
    }
}

extension Configuration.NameSettings {
    private enum Keys: String, CodingKey, CaseIterable { case base, scope, filter }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        base = try values.decodeIfPresent(String.self, forKey: .base)
        try values.decode(.scope, into: &scope)
        try values.decode(.filter, into: &filter)
    }
}

extension Configuration.CertificateSettings {
    private enum Keys: String, CodingKey, CaseIterable {
        case subject, fingerprint, keyFingerprint, email, dns, uri, userPrincipalName, dn, filter
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        let parts = values.allKeys.filter { $0 != .dn && $0 != .filter }
        guard parts.count == 1, let key = parts.first else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "expected one part of the certificate, as in { email: \"*\", filter: \"(mail=$name)\" }"))
        }
        part = key.rawValue
        value = try values.decode(String.self, forKey: key)
        dn = try values.decodeIfPresent(String.self, forKey: .dn)
        filter = try values.decodeIfPresent(String.self, forKey: .filter)
    }
}

extension Configuration.PeerSettings {
    private enum Keys: String, CodingKey, CaseIterable { case user, group, dn }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        user = try values.decodeIfPresent(Int.self, forKey: .user)
        group = try values.decodeIfPresent(Int.self, forKey: .group)
        dn = try values.decode(String.self, forKey: .dn)
    }
}

extension Configuration.DelaySettings {
    private enum Keys: String, CodingKey, CaseIterable { case longest, shared, forget, trusted }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.longest, into: &longest, within: 0...60)
        try values.decode(.shared, into: &shared, within: 0...10)
        try values.decode(.forget, into: &forget, within: 1...3_600)
        try values.decode(.trusted, into: &trusted)
    }
}

extension Configuration.AccountSettings {
    private enum Keys: String, CodingKey, CaseIterable { case dn, name, password, mayActAs }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        dn = try values.decode(String.self, forKey: .dn)
        name = try values.decodeIfPresent(String.self, forKey: .name)
        password = try values.decode(Configuration.AccountPassword.self, forKey: .password)
        try values.decode(.mayActAs, into: &mayActAs)
    }
}
