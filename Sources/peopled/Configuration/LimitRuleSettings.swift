import Addresses
import LDAPServer
import Schema

/// `{ who: …, size: …, … }`: limits of some clients.
struct LimitRuleSettings: Decodable, Sendable {
    var who: ClientSettings
    var changes = LimitChanges()

    private enum Keys: String, CodingKey, CaseIterable {
        case who, size, time, examined, outstanding, requestOctets, controls, requestsPerSecond
    }

    init(from decoder: any Decoder) throws {
        who = try decoder.knownKeys(Keys.self).decode(ClientSettings.self, forKey: .who)
        try changes.decode(from: decoder)
    }
}

/// Which clients: `"anonymous"`, `"authenticated"`, `"everybody"`, `"local"`, or an object whose conditions must all hold.
struct ClientSettings: Decodable, Sendable {
    private enum Kind: String { case anonymous, authenticated, everybody, local }

    private var kind = Kind.everybody
    private var dn: String?
    private var subtree: String?
    private var group: String?
    private var addresses: [String] = []
    private var listeners: [String] = []

    private enum Keys: String, CodingKey, CaseIterable { case dn, subtree, group, addresses, listeners, identity }

    init(from decoder: any Decoder) throws {
        guard (try? decoder.container(keyedBy: Keys.self)) != nil else {
            kind = try Self.kind(try decoder.singleValueContainer().decode(String.self), decoder)
            return
        }
        let values = try decoder.knownKeys(Keys.self)
        dn = try values.decodeIfPresent(String.self, forKey: .dn)
        subtree = try values.decodeIfPresent(String.self, forKey: .subtree)
        group = try values.decodeIfPresent(String.self, forKey: .group)
        try values.decode(.addresses, into: &addresses)
        try values.decode(.listeners, into: &listeners)
        if let name = try values.decodeIfPresent(String.self, forKey: .identity) {
            kind = try Self.kind(name, decoder)
        }
        guard [dn, subtree, group].count(where: { $0 != nil }) + (kind == .everybody ? 0 : 1) <= 1 else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "one of dn, subtree, group and identity at most"))
        }
    }

    private static func kind(_ name: String, _ decoder: any Decoder) throws -> Kind {
        if let kind = Kind(rawValue: name) { return kind }
        throw DecodingError.dataCorrupted(
            .init(
                codingPath: decoder.codingPath,
                debugDescription: "\"\(name)\": expected anonymous, authenticated, everybody, local or an object"))
    }

    /// The selector. `key` is the configuration's, for what is wrong.
    func selector(
        key: String, schema: Schema, listeners known: [String]
    ) throws(CommandFailure) -> ClientSelector {
        var selector = ClientSelector()
        switch kind {
        case .anonymous: selector.identity = .anonymous
        case .authenticated: selector.identity = .authenticated
        case .local: selector.isLocal = true
        case .everybody: break
        }
        if let dn { selector.identity = .entry(key: try Self.key(of: dn, "\(key).dn", schema)) }
        if let subtree { selector.identity = .subtree(key: try Self.key(of: subtree, "\(key).subtree", schema)) }
        if let group { selector.identity = .group(key: try Self.key(of: group, "\(key).group", schema)) }
        for text in addresses {
            guard let prefix = IPPrefix(text) else {
                throw CommandFailure(
                    .refusedInput, "\(key).addresses: \(text) is no address or network, as 192.0.2.0/24 is")
            }
            selector.addresses.append(prefix)
        }
        for url in listeners {
            let numbers = known.indices.filter { known[$0] == url }
            guard !numbers.isEmpty else {
                throw CommandFailure(
                    .refusedInput,
                    "\(key).listeners: there is no listener \(url); there are \(known.joined(separator: ", "))")
            }
            selector.listeners += numbers
        }
        return selector
    }

    private static func key(of dn: String, _ key: String, _ schema: Schema) throws(CommandFailure) -> [UInt8] {
        var octets: [UInt8] = []
        guard (try? schema.appendDNKey(of: dn.utf8.span, to: &octets)) != nil, !octets.isEmpty else {
            throw CommandFailure(.refusedInput, "\(key): \(dn) is no DN")
        }
        return octets
    }
}

extension Configuration {
    /// The rules of `limits`.
    ///
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    func limitRules(schema: Schema) throws(CommandFailure) -> [LimitRule] {
        var rules: [LimitRule] = []
        for (index, rule) in limits.rules.enumerated() {
            let who = try rule.who.selector(
                key: "limits.rules[\(index)].who", schema: schema, listeners: listeners.map(\.url))
            rules.append(LimitRule(who: who, changes: rule.changes))
        }
        return rules
    }
}
