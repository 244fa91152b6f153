import Addresses
import CommandLineTools
import Credentials
import Directory
import LDAP
import LDAPServer
import Schema

/// The sections `binds` and `accounts` as the server takes them, checked.
extension BindPolicy {
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    init(_ configuration: Configuration, schema: Schema) throws(CommandFailure) {
        self.init()
        let settings = configuration.binds
        if let names = settings.mechanisms { mechanisms = try Self.mechanisms(names) }
        nameSearch = try NameSearch(settings.names, schema: schema)
        for (index, rule) in settings.certificates.enumerated() {
            certificateRules.append(
                try CertificateRule(rule, settings.names, key: "binds.certificates[\(index)]", schema: schema))
        }
        for (index, rule) in settings.peers.enumerated() {
            peerRules.append(try PeerRule(rule, key: "binds.peers[\(index)]", schema: schema))
        }
        delays = try BindDelays(settings.delays)
        for (index, rule) in settings.passThrough.enumerated() {
            passThrough.append(try PassThrough(rule, key: "binds.passThrough[\(index)]", schema: schema))
        }
        cacheLifetime = .seconds(settings.cache)
        _ = try settings.defaultScheme?.checked()
        accounts = try Self.accounts(configuration.accounts, schema: schema)
    }

    private static func mechanisms(_ names: [String]) throws(CommandFailure) -> Set<SASLMechanism> {
        var mechanisms: Set<SASLMechanism> = []
        for name in names {
            guard let mechanism = SASLMechanism(rawValue: name) else {
                let known = SASLMechanism.allCases.map(\.rawValue).joined(separator: ", ")
                throw refused("binds.mechanisms: there is no \"\(name)\"; known here: \(known)")
            }
            mechanisms.insert(mechanism)
        }
        return mechanisms
    }

    private static func accounts(
        _ settings: [Configuration.AccountSettings], schema: Schema
    ) throws(CommandFailure) -> [ServiceAccount] {
        var accounts: [ServiceAccount] = []
        for (index, account) in settings.enumerated() {
            let key = "accounts[\(index)]"
            let made = try ServiceAccount(account, key: key, schema: schema)
            guard !accounts.contains(where: { $0.dn == made.dn }) else {
                throw refused("\(key).dn: \(account.dn) has an account already")
            }
            guard made.name == nil || !accounts.contains(where: { $0.name == made.name }) else {
                throw refused("\(key).name: there is another account of that name")
            }
            accounts.append(made)
        }
        return accounts
    }
}

extension NameSearch {
    fileprivate init(_ settings: Configuration.NameSettings, schema: Schema) throws(CommandFailure) {
        self.init()
        if let base = settings.base {
            self.base = try distinguishedName(base, key: "binds.names.base", schema: schema).text
        }
        let scopes: [String: SearchScope] = ["base": .base, "one": .one, "sub": .sub, "children": .subordinate]
        guard let scope = scopes[settings.scope] else {
            throw refused("binds.names.scope: expected base, one, sub or children")
        }
        self.scope = scope
        filter = try Self.filter(settings.filter, key: "binds.names.filter")
    }

    fileprivate static func filter(_ text: String, key: String) throws(CommandFailure) -> Filter {
        let filter: Filter
        do throws(FilterSyntaxError) {
            filter = try Filter(parsing: text)
        } catch {
            throw refused("\(key): \(error)")
        }
        guard filter.mentions(placeholder) else {
            throw refused("\(key): expected a filter with \(placeholder) for the name, as in (uid=\(placeholder))")
        }
        return filter
    }
}

extension CertificateRule {
    fileprivate init(
        _ settings: Configuration.CertificateSettings, _ names: Configuration.NameSettings, key: String, schema: Schema
    ) throws(CommandFailure) {
        guard let part = Part(settings.part) else { throw refused("\(key): there is no part \"\(settings.part)\"") }
        let target: Target
        switch (settings.dn, settings.filter) {
        case (let text?, nil): target = .dn(try distinguishedName(text, key: key + ".dn", schema: schema))
        case (nil, let text?):
            var search = try NameSearch(names, schema: schema)
            search.filter = try NameSearch.filter(text, key: key + ".filter")
            target = .search(search)
        case (nil, nil) where part == .subject: target = .sameDN
        default: throw refused("\(key): expected \"dn\", whose certificate it is, or \"filter\", to find out")
        }
        guard settings.value != "*" || settings.dn == nil else {
            throw refused("\(key): anybody with a certificate would be \(settings.dn ?? ""); say which certificate")
        }
        var value: String? = settings.value
        if settings.value == "*" {
            value = nil
        } else if part == .subject {
            _ = try distinguishedName(settings.value, key: "\(key).subject", schema: schema)
        } else if part == .fingerprint || part == .keyFingerprint {
            let digits = settings.value.filter { $0 != ":" }.lowercased()
            guard digits.utf8.count == 64, digits.allSatisfy(\.isHexDigit) else {
                throw refused(
                    "\(key).\(settings.part): expected SHA-256 in hexadecimal, 64 digits with or without colons")
            }
            value = digits
        }
        self.init(part, is: value, target: target)
    }
}

extension CertificateRule.Part {
    fileprivate init?(_ name: String) {
        guard let part = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = part
    }
}

extension PeerRule {
    fileprivate init(_ settings: Configuration.PeerSettings, key: String, schema: Schema) throws(CommandFailure) {
        self.init(
            user: try Self.number(settings.user, "\(key).user"), group: try Self.number(settings.group, "\(key).group"),
            dn: try distinguishedName(settings.dn, key: "\(key).dn", schema: schema))
        guard user != nil || group != nil else {
            throw refused("\(key): expected \"user\" or \"group\", a number as 'id' tells it")
        }
    }

    private static func number(_ given: Int?, _ key: String) throws(CommandFailure) -> UInt32? {
        guard let given else { return nil }
        guard let number = UInt32(exactly: given) else {
            throw refused("\(key): \(given) is no user's or group's number")
        }
        return number
    }
}

extension BindDelays {
    fileprivate init(_ settings: Configuration.DelaySettings) throws(CommandFailure) {
        self.init()
        longest = UInt64(settings.longest) * 1000
        longestShared = UInt64(settings.shared) * 1000
        forgetting = UInt64(settings.forget) * 1000
        trusted = []
        for text in settings.trusted {
            guard let prefix = IPPrefix(text) else {
                throw refused("binds.delays.trusted: \"\(text)\" is no address or network, as in 192.0.2.0/24")
            }
            trusted.append(prefix)
        }
    }
}

extension ServiceAccount {
    fileprivate init(
        _ settings: Configuration.AccountSettings, key: String, schema: Schema
    ) throws(CommandFailure) {
        let name = try distinguishedName(settings.dn, key: "\(key).dn", schema: schema)
        guard !name.key.isEmpty else { throw refused("\(key).dn: expected a DN, as in cn=reader,dc=example,dc=edu") }
        let hash: [UInt8]
        switch settings.password {
        case .hash(let text): hash = Array(text.utf8)
        case .kept(let place):
            hash = try place.read("\(key).password").withOctets { octets in octets.indices.map { octets[$0] } }
        }
        try Self.check(hash, key: "\(key).password")
        var mayActAs: [DistinguishedName] = []
        for subtree in settings.mayActAs {
            mayActAs.append(try distinguishedName(subtree, key: "\(key).mayActAs", schema: schema))
        }
        self.init(dn: name, name: settings.name, passwords: [hash], mayActAs: mayActAs)
    }

    /// A password in clear would be one for everybody who reads the configuration.
    private static func check(_ hash: [UInt8], key: String) throws(CommandFailure) {
        let scheme = Credentials.scheme(of: hash.span)
        guard scheme.name != "CLEARTEXT" else {
            throw refused("\(key): a password in clear; put the hash there that 'peopled password hash' makes of it")
        }
        guard scheme.isVerifiable else {
            throw refused("\(key): {\(scheme.name)} cannot be verified; 'peopled password hash' makes hashes that can")
        }
    }
}

private func distinguishedName(_ text: String, key: String, schema: Schema) throws(CommandFailure) -> DistinguishedName
{
    do throws(DNError) {
        return try DistinguishedName(parsing: text, schema: schema)
    } catch {
        throw refused("\(key): \"\(text)\" is no DN: \(error)")
    }
}

private func refused(_ reason: String) -> CommandFailure { CommandFailure(.refusedInput, reason) }
