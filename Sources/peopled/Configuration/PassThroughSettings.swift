import Addresses
import CommandLineTools
import LDAP
import LDAPClient
import LDAPServer
import Schema
import Transport

extension Configuration {
    /// One of `binds.passThrough`: whose passwords another server verifies.
    struct PassThroughSettings: Decodable, Sendable {
        /// "sasl" (`{SASL}user@realm`) or "withoutPassword".
        var entries = "sasl"
        var realm: String?
        /// `ldaps://HOST[:PORT]`, or `ldap://HOST[:PORT]`, where TLS begins by StartTLS unless it is the machine itself.
        var upstream = ""
        var startTLS: Bool?
        /// A PEM file of the authorities to trust; nil: the system's.
        var authorities: String?
        /// How the upstream's name is found: one of these.
        var name: String?
        var attribute: String?
        var search: UpstreamSearchSettings?
        /// Seconds.
        var timeout = 5
        var connections = 8
    }

    struct UpstreamSearchSettings: Decodable, Sendable {
        var base = ""
        var filter = "(uid=$user)"
        var dn: String?
        var password: Secret?
    }
}

extension Configuration.PassThroughSettings {
    private enum Keys: String, CodingKey, CaseIterable {
        case entries, realm, upstream, startTLS, authorities, name, attribute, search, timeout, connections
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        try values.decode(.entries, into: &entries)
        realm = try values.decodeIfPresent(String.self, forKey: .realm)
        upstream = try values.decode(String.self, forKey: .upstream)
        startTLS = try values.decodeIfPresent(Bool.self, forKey: .startTLS)
        authorities = try values.decodeIfPresent(String.self, forKey: .authorities).map { decoder.path($0) }
        name = try values.decodeIfPresent(String.self, forKey: .name)
        attribute = try values.decodeIfPresent(String.self, forKey: .attribute)
        search = try values.decodeIfPresent(Configuration.UpstreamSearchSettings.self, forKey: .search)
        try values.decode(.timeout, into: &timeout, within: 1...60)
        try values.decode(.connections, into: &connections, within: 1...64)
    }
}

extension Configuration.UpstreamSearchSettings {
    private enum Keys: String, CodingKey, CaseIterable { case base, filter, dn, password }

    init(from decoder: any Decoder) throws {
        let values = try decoder.knownKeys(Keys.self)
        base = try values.decode(String.self, forKey: .base)
        try values.decode(.filter, into: &filter)
        dn = try values.decodeIfPresent(String.self, forKey: .dn)
        password = try values.decodeIfPresent(Secret.self, forKey: .password)
    }
}

extension PassThrough {
    /// - Throws: a `CommandFailure` that names the key and what was expected there.
    init(_ settings: Configuration.PassThroughSettings, key: String, schema: Schema) throws(CommandFailure) {
        let entries: Entries
        switch settings.entries {
        case "sasl": entries = .sasl(realm: settings.realm)
        case "withoutPassword" where settings.realm == nil: entries = .withoutPassword
        default: throw Self.refused("\(key).entries: expected sasl (with or without a realm) or withoutPassword")
        }
        self.init(
            entries, name: try Self.name(settings, key: key, schema: schema),
            upstream: try Self.upstream(settings, key: key))
    }

    private static func name(
        _ settings: Configuration.PassThroughSettings, key: String, schema: Schema
    ) throws(CommandFailure) -> Name {
        switch (settings.name, settings.attribute, settings.search) {
        case (let template?, nil, nil):
            guard let dn = try? DistinguishedName(parsing: template, schema: schema), template.contains(placeholder)
            else {
                throw refused(
                    "\(key).name: expected a DN with \(placeholder), as in uid=\(placeholder),dc=example,dc=edu")
            }
            return .template(dn)
        case (nil, let attribute?, nil):
            guard schema.attributeType(attribute) != nil else {
                throw refused("\(key).attribute: the schema has no attribute \(attribute)")
            }
            return .attribute(attribute)
        case (nil, nil, let search?):
            guard let filter = try? Filter(parsing: search.filter), filter.mentions(placeholder) else {
                throw refused("\(key).search.filter: expected a filter with \(placeholder), as in (uid=\(placeholder))")
            }
            guard (search.dn == nil) == (search.password == nil) else {
                throw refused("\(key).search: \"dn\" and \"password\" go together")
            }
            var account: Account?
            if let dn = search.dn, let password = search.password {
                account = Account(dn: dn, password: try password.read("\(key).search.password"))
            }
            return .search(base: search.base, filter: filter, account: account)
        default: throw refused("\(key): expected one of \"name\", \"attribute\" and \"search\"")
        }
    }

    private static func upstream(
        _ settings: Configuration.PassThroughSettings, key: String
    ) throws(CommandFailure) -> Upstream {
        guard let url = try? LDAPURL(parsing: settings.upstream), !url.host.isEmpty, url.scheme != .ldapi else {
            throw refused("\(key).upstream: expected ldaps://HOST or ldap://HOST, with or without :PORT")
        }
        let security: Upstream.Security
        if url.scheme == .ldaps || settings.startTLS ?? !isThisMachine(url.host) {
            var tls = TLSClientContext.Settings()
            tls.authorities = settings.authorities
            do throws(TLSConfigurationError) {
                let context = try TLSClientContext(tls)
                security = url.scheme == .ldaps ? .ldaps(context) : .startTLS(context)
            } catch {
                throw refused("\(key).authorities: \(error)")
            }
        } else {
            guard isThisMachine(url.host) else {
                throw refused(
                    "\(key).startTLS: passwords would go to \(url.host) in the clear; only this machine itself may do without TLS"
                )
            }
            security = .none
        }
        return Upstream(
            host: url.host, port: url.port ?? (url.scheme == .ldaps ? 636 : 389), security: security,
            timeout: UInt64(settings.timeout) * 1000, connections: settings.connections)
    }

    private static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }

    private static func refused(_ reason: String) -> CommandFailure { CommandFailure(.refusedInput, reason) }
}
