import CommandLineTools
import Foundation

/// `peopled.json5`: what `Config/peopled.json5` shows, commented, in full.
///
/// Every value has a default, so that no file at all is a valid configuration. Paths are relative to the file's folder.
struct Configuration: Decodable, Sendable {
    /// The DN under which everybody is served; nil takes it from the LDIF.
    var suffix: String?
    /// The data directory.
    var data = "peopled-data"
    /// The user, by name, that a server which root has started becomes once it has bound its listeners.
    var user: String?
    /// Its group; nil for the user's own.
    var group: String?
    var listeners: [Listener] = [Listener(url: "ldap://127.0.0.1:3389")]
    /// The LDAP URL of the writable server; refused writes name it, or refer to it.
    var upstream: String?
    /// What a write is answered with.
    var writes: WriteAnswer = .refuse
    /// Schema files in OpenLDAP's syntax, read in this order.
    var schema: [String] = []
    var limits = LimitSettings()
    var monitor = MonitorSettings()
    var log = LogSettings()
    /// Who may do what with which entries and attributes, the first that applies first; nil: everybody reads all but secrets.
    var access: [AccessRuleSettings]?
    /// Attributes that nobody sees but those whom a rule names them for, beside those that are known to be secret.
    var secret: [String] = []
    var binds = BindSettings()
    /// Accounts of services.
    var accounts: [AccountSettings] = []
    /// Who we are to identity providers.
    var serviceProvider: ServiceProvider?
    /// Where people come from, beside LDIF. The directory of a server that has any is that server's to write.
    var identityProviders: [IdentityProvider] = []
    var admin = AdminSettings()

    enum WriteAnswer: String, Decodable, Sendable, CaseIterable {
        /// unwillingToPerform (53) with a message that names the upstream.
        case refuse
        /// referral (10) to the upstream.
        case referral
    }

    init() {}

    private enum Keys: String, CodingKey, CaseIterable {
        case suffix, data, user, group, listeners, upstream, writes, schema, limits, monitor, log, access, secret,
            binds, accounts, serviceProvider, identityProviders, admin
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        suffix = try values.decodeIfPresent(String.self, forKey: .suffix)
        upstream = try values.decodeIfPresent(String.self, forKey: .upstream)
        user = try values.decodeIfPresent(String.self, forKey: .user)
        group = try values.decodeIfPresent(String.self, forKey: .group)
        try values.decode(.data, into: &data)
        try values.decode(.listeners, into: &listeners)
        try values.decode(.writes, into: &writes)
        try values.decode(.schema, into: &schema)
        try values.decode(.limits, into: &limits)
        try values.decode(.monitor, into: &monitor)
        try values.decode(.log, into: &log)
        access = try values.decodeIfPresent([AccessRuleSettings].self, forKey: .access)
        try values.decode(.secret, into: &secret)
        try values.decode(.binds, into: &binds)
        try values.decode(.accounts, into: &accounts)
        serviceProvider = try values.decodeIfPresent(ServiceProvider.self, forKey: .serviceProvider)
        try values.decode(.identityProviders, into: &identityProviders)
        try values.decode(.admin, into: &admin)
    }
}
