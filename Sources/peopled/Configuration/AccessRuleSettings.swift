import Addresses
import CommandLineTools
import Directory

/// `{ to: …, read: …, search: …, … }`: one access rule.
struct AccessRuleSettings: Decodable, Sendable {
    private var region = AccessRule.Region.everything
    private var filter: String?
    private var attributes: [String]?
    private var grants: [(level: AccessLevel, subjects: [AccessSubjectSettings])] = []
    private var bind: [AccessSubjectSettings]?
    private var continues = false

    private enum Keys: String, CodingKey, CaseIterable { case to, disclose, compare, search, read, bind, others }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        let target = try values.decode(AccessTargetSettings.self, forKey: .to)
        (region, filter, attributes) = (target.region, target.filter, target.attributes)
        let levels: [(Keys, AccessLevel)] = [
            (.read, .read), (.search, .search), (.compare, .compare), (.disclose, .disclose),
        ]
        for (key, level) in levels {
            guard let list = try values.decodeIfPresent(AccessSubjectList.self, forKey: key) else { continue }
            grants.append((level, list.subjects))
        }
        bind = try values.decodeIfPresent(AccessSubjectList.self, forKey: .bind)?.subjects
        guard let others = try values.decodeIfPresent(String.self, forKey: .others) else { return }
        guard others == "next" else {
            throw DecodingError.dataCorruptedError(
                forKey: .others, in: values,
                debugDescription:
                    "expected \"next\", which leaves those whom the rule does not name to the rules behind "
                    + "it; without the key they get nothing")
        }
        continues = true
    }

    /// The rule. `key` is the configuration's, for what is wrong.
    func rule(key: String, listeners: [String]) throws(CommandFailure) -> AccessRule {
        var rule = AccessRule(region, filter: filter, attributes: attributes, continues: continues)
        for grant in grants {
            var subjects: [AccessSubject] = []
            for subject in grant.subjects {
                subjects.append(try subject.subject(key: "\(key).\(grant.level.name)", listeners: listeners))
            }
            rule.grants.append(AccessRule.Grant(grant.level, to: subjects))
        }
        if let bind {
            var subjects: [AccessSubject] = []
            for subject in bind { subjects.append(try subject.subject(key: "\(key).bind", listeners: listeners)) }
            rule.bind = subjects
        }
        return rule
    }
}

/// What a rule is about: `"everything"`, or an object of which all must hold.
private struct AccessTargetSettings: Decodable {
    var region = AccessRule.Region.everything
    var filter: String?
    var attributes: [String]?

    private enum Keys: String, CodingKey, CaseIterable { case dn, subtree, children, filter, attributes }

    init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == "everything" else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "\"\(word)\": expected \"everything\" or an object, as "
                            + "{ subtree: \"ou=People,dc=example,dc=edu\", attributes: [\"mail\"] }"))
            }
            return
        }
        let values = try decoder.knownKeys(Keys.self)
        var regions: [AccessRule.Region] = []
        if let name = try values.decodeIfPresent(String.self, forKey: .dn) { regions.append(.entry(name)) }
        if let name = try values.decodeIfPresent(String.self, forKey: .subtree) { regions.append(.subtree(name)) }
        if let name = try values.decodeIfPresent(String.self, forKey: .children) { regions.append(.children(name)) }
        guard regions.count <= 1 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "one of dn, subtree and children at most"))
        }
        region = regions.first ?? .everything
        filter = try values.decodeIfPresent(String.self, forKey: .filter)
        attributes = try values.decodeIfPresent([String].self, forKey: .attributes)
    }
}

/// One subject or a list of them; `"nobody"` is an empty list.
private struct AccessSubjectList: Decodable {
    let subjects: [AccessSubjectSettings]

    init(from decoder: any Decoder) throws {
        if var values = try? decoder.unkeyedContainer() {
            var subjects: [AccessSubjectSettings] = []
            while !values.isAtEnd { subjects.append(try values.decode(AccessSubjectSettings.self)) }
            self.subjects = subjects
        } else if let word = try? decoder.singleValueContainer().decode(String.self), word == "nobody" {
            subjects = []
        } else {
            subjects = [try AccessSubjectSettings(from: decoder)]
        }
    }
}

/// Who: `"everybody"`, `"anonymous"`, `"authenticated"`, `"self"`, or an object whose conditions must all hold.
struct AccessSubjectSettings: Decodable, Sendable {
    private var who = AccessSubject.Who.everybody
    private var addresses: [String] = []
    private var listeners: [String]?
    private var strength = 0

    private enum Keys: String, CodingKey, CaseIterable {
        case dn, subtree, children, group, identity, addresses, listeners, strength
    }

    init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            who = try Self.who(word, decoder)
            return
        }
        let values = try decoder.knownKeys(Keys.self)
        var found: [AccessSubject.Who] = []
        if let name = try values.decodeIfPresent(String.self, forKey: .dn) { found.append(.entry(name)) }
        if let name = try values.decodeIfPresent(String.self, forKey: .subtree) { found.append(.subtree(name)) }
        if let name = try values.decodeIfPresent(String.self, forKey: .children) { found.append(.children(name)) }
        if let name = try values.decodeIfPresent(String.self, forKey: .group) { found.append(.group(name)) }
        if let word = try values.decodeIfPresent(String.self, forKey: .identity) {
            found.append(try Self.who(word, decoder))
        }
        guard found.count <= 1, !values.allKeys.isEmpty else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: values.allKeys.isEmpty
                        ? "names nobody; write \"everybody\", or at least one condition"
                        : "one of dn, subtree, children, group and identity at most"))
        }
        who = found.first ?? .everybody
        try values.decode(.addresses, into: &addresses)
        listeners = try values.decodeIfPresent([String].self, forKey: .listeners)
        try values.decode(.strength, into: &strength, within: 0...1024)
    }

    private static func who(_ word: String, _ decoder: any Decoder) throws -> AccessSubject.Who {
        switch word {
        case "everybody": return .everybody
        case "anonymous": return .anonymous
        case "authenticated": return .authenticated
        case "self": return .itself
        default:
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription:
                        "\"\(word)\": expected everybody, anonymous, authenticated, self, or an object, as "
                        + "{ group: \"cn=admins,ou=Groups,dc=example,dc=edu\" }"))
        }
    }

    func subject(key: String, listeners known: [String]) throws(CommandFailure) -> AccessSubject {
        var subject = AccessSubject(who, strength: strength)
        for text in addresses {
            guard let prefix = IPPrefix(text) else {
                throw CommandFailure(
                    .refusedInput, "\(key).addresses: \(text) is no address or network, as 192.0.2.0/24 is")
            }
            subject.addresses.append(prefix)
        }
        for url in listeners ?? [] {
            let numbers = known.indices.filter { known[$0] == url }
            guard !numbers.isEmpty else {
                throw CommandFailure(
                    .refusedInput,
                    "\(key).listeners: there is no listener \(url); there are \(known.joined(separator: ", "))")
            }
            subject.listeners = (subject.listeners ?? []) + numbers
        }
        if listeners != nil, subject.listeners == nil {
            throw CommandFailure(.refusedInput, "\(key).listeners: none named; leave the key out for all of them")
        }
        return subject
    }
}
