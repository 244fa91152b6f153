import CommandLineTools
import Directory
import LDAPServer
import Schema

/// `{ who: …, size: …, … }`: limits of some clients.
struct LimitRuleSettings: Decodable, Sendable {
    var who: AccessSubjectSettings
    var changes = LimitChanges()

    private enum Keys: String, CodingKey, CaseIterable {
        case who, size, time, examined, outstanding, requestOctets, controls, requestsPerSecond
    }

    init(from decoder: any Decoder) throws {
        who = try decoder.knownKeys(Keys.self).decode(AccessSubjectSettings.self, forKey: .who)
        try changes.decode(from: decoder)
    }
}

extension Configuration {
    /// The rules of `limits`.
    ///
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    func limitRules(schema: Schema) throws(CommandFailure) -> [LimitRule] {
        var rules: [LimitRule] = []
        for (index, rule) in limits.rules.enumerated() {
            let who = try clients(rule.who, key: "limits.rules[\(index)].who", schema: schema)
            rules.append(LimitRule(who: who, changes: rule.changes))
        }
        return rules
    }

    /// Clients that a key names, their name being one.
    func clients(
        _ settings: AccessSubjectSettings, key: String, schema: Schema
    ) throws(CommandFailure) -> AccessSubject {
        let subject = try settings.subject(key: key, listeners: listeners.map(\.url))
        switch subject.who {
        case .itself: throw CommandFailure(.refusedInput, "\(key): there is nothing here that \"self\" could be about")
        case .entry(let name), .subtree(let name), .children(let name), .group(let name):
            var octets: [UInt8] = []
            guard (try? schema.appendDNKey(of: name.utf8.span, to: &octets)) != nil, !octets.isEmpty else {
                throw CommandFailure(.refusedInput, "\(key): \(name) is no DN")
            }
        case .everybody, .anonymous, .authenticated: break
        }
        return subject
    }
}
