/// An address of a resource: `http` or `https` (RFC 9110 section 4.2).
public struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    /// Whether TLS is spoken.
    public let isSecure: Bool
    /// A name or an address, in lower case and without brackets.
    public let host: String
    /// 80 and 443 where none is named.
    public let port: UInt16
    /// Path and query, encoded: what the request line has.
    public let target: String

    /// Reads a URL; nil where it is none, or has user information or a fragment, which have no business here.
    public init?(_ text: String) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let octets = Array(text.utf8)[...]
        let rest = octets.dropFirst(scheme.utf8.count)
        guard rest.starts(with: "://".utf8), let parsed = try? RequestTarget(parsing: octets),
            let authority = parsed.authority
        else { return nil }
        isSecure = scheme == "https"
        host = authority.host
        port = authority.port ?? (isSecure ? 443 : 80)
        let path = rest.dropFirst(3).drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        let origin = String(octetByOctet: path)
        target = path.first == UInt8(ascii: "/") ? origin : "/" + origin
    }

    /// What the Host field says: the port only where it is not the scheme's own.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// The URL.
    public var description: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    /// `text` as one segment of a path or one part of a query.
    public static func encoded(_ text: String) -> String { PercentEncoding.encode(text) }
}
