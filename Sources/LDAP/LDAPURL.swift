/// An LDAP URL (RFC 4516): where a directory is and, often, what to ask it.
///
/// `ldap://host:port/dn?attributes?scope?filter?extensions`. Beyond the RFC's `ldap`, the schemes `ldaps` and `ldapi` are
/// taken, as every implementation does; the host of an `ldapi` URL is the socket's path.
public struct LDAPURL: Sendable, Equatable {
    /// How the server is reached.
    public var scheme: Scheme
    /// The server's name or address, an IPv6 one without brackets; empty where the URL names none.
    public var host: String
    /// The port; nil for the scheme's own.
    public var port: UInt16?
    /// The entry, an LDAPDN; empty for the root.
    public var dn: String
    /// The attributes to ask for; empty for all user attributes.
    public var attributes: [String]
    /// How far to look; nil where the URL does not say, which means base.
    public var scope: SearchScope?
    /// Which entries are meant; nil where the URL does not say, which means `(objectClass=*)`.
    public var filter: Filter?
    /// What else the URL says.
    public var extensions: [Extension]

    /// How the server is reached.
    public enum Scheme: String, Sendable, CaseIterable {
        /// LDAP over TCP.
        case ldap
        /// LDAP over TLS over TCP.
        case ldaps
        /// LDAP over a local socket.
        case ldapi
    }

    /// An extension (RFC 4516 §2).
    public struct Extension: Sendable, Equatable {
        /// Whether the URL must not be used by those who do not know the extension.
        public var isCritical: Bool
        /// The extension's name or OID.
        public var type: String
        /// Its value; nil where there is none.
        public var value: String?

        /// An extension of its parts.
        public init(_ type: String, value: String? = nil, isCritical: Bool = false) {
            self.type = type
            self.value = value
            self.isCritical = isCritical
        }
    }

    /// A URL of its parts.
    public init(
        scheme: Scheme = .ldap, host: String = "", port: UInt16? = nil, dn: String = "", attributes: [String] = [],
        scope: SearchScope? = nil, filter: Filter? = nil, extensions: [Extension] = []
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.dn = dn
        self.attributes = attributes
        self.scope = scope
        self.filter = filter
        self.extensions = extensions
    }
}

/// Why a text is not an LDAP URL. Two errors are equal when their reasons are.
public struct LDAPURLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was expected, for people.
    public let reason: String

    /// The reason.
    public var description: String { reason }
}

extension SearchScope {
    /// The scope's name in a URL (RFC 4516 §2; `subordinate` as OpenLDAP writes it).
    var urlName: String {
        switch self {
        case .base: "base"
        case .one: "one"
        case .sub: "sub"
        case .subordinate: "subordinate"
        }
    }
}
