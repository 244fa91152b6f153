public import Credentials
public import LDAP
public import LDAPClient
public import Schema

/// Whose passwords another LDAP server verifies, and as whom it knows them.
public struct PassThrough: Sendable {
    /// Which entries it is for.
    public enum Entries: Sendable {
        /// Those with a value `{SASL}user@realm` in userPassword, as slapd has it, of this realm; nil: of any realm, or none.
        case sasl(realm: String?)
        /// Those without any value of userPassword.
        case withoutPassword
    }

    /// How the upstream's name of somebody is found. `$user` stands for the user in `{SASL}user@realm`, or else the entry's uid.
    public enum Name: Sendable {
        /// This DN, with `$user` in its values.
        case template(DistinguishedName)
        /// The entry's value of this attribute, a DN.
        case attribute(String)
        /// The one entry upstream that this filter finds, with `$user` in its values. `account` binds for the search.
        case search(base: String, filter: Filter, account: Account?)
    }

    /// Who searches upstream.
    public struct Account: Sendable {
        let dn: String
        let password: SecretOctets

        /// An account of the upstream server.
        public init(dn: String, password: SecretOctets) {
            self.dn = dn
            self.password = password
        }
    }

    /// What stands for the user's name in templates and filters.
    public static let placeholder = "$user"

    let entries: Entries
    let name: Name
    let pool: LDAPClientPool

    /// A rule of its parts.
    public init(_ entries: Entries, name: Name, upstream: Upstream) {
        self.entries = entries
        self.name = name
        pool = LDAPClientPool(upstream)
    }

    /// The user that the rule is for, of an entry with these values of userPassword and this uid; nil where it is for none.
    func user(passwords: [[UInt8]], uid: String?) -> String? {
        switch entries {
        case .withoutPassword: return passwords.isEmpty ? uid : nil
        case .sasl(let realm):
            for value in passwords {
                guard let text = String(validating: value, as: UTF8.self), text.uppercased().hasPrefix("{SASL}") else {
                    continue
                }
                let name = text.dropFirst("{SASL}".count)
                let at = name.lastIndex(of: "@") ?? name.endIndex
                let ownRealm = at < name.endIndex ? String(name[name.index(after: at)...]) : nil
                if realm == nil || realm?.lowercased() == ownRealm?.lowercased(), at > name.startIndex {
                    return String(name[..<at])
                }
            }
            return nil
        }
    }
}

extension DistinguishedName {
    /// The text of the same name with `user` where its values hold `placeholder`, escaped as RFC 4514 asks for.
    func replacing(_ placeholder: String, by user: String) -> String {
        rdns.map { rdn in
            RelativeDistinguishedName(
                rdn.assertions.map { assertion in
                    let value = assertion.value.replacing(Array(placeholder.utf8), with: Array(user.utf8))
                    return RelativeDistinguishedName.Assertion(type: assertion.type, value: value)
                }
            ).description
        }.joined(separator: ",")
    }
}
