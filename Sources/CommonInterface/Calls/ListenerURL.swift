/// The URL that changes are pushed to: https, a host, perhaps a port, a path.
public struct ListenerURL: Hashable, Sendable, CustomStringConvertible {
    /// The URL as given.
    public let text: String
    /// The host: a name, an IPv4 address, or an IPv6 address without its brackets.
    public let host: String
    /// The port; 443 where none is given.
    public let port: UInt16
    /// The path and query, at least "/".
    public let target: String

    /// Reads a URL of at most 2048 octets (RFC 9110 section 4.2.2); nil where it has user information or a fragment, or
    /// is no https URL.
    public init?(_ text: String) {
        let prefix = "https://"
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            text.lowercased().hasPrefix(prefix), !text.utf8.contains(where: { "@#\\\"<>^`{|}".utf8.contains($0) })
        else { return nil }
        let rest = text.dropFirst(prefix.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        guard let authority = Self.authority(rest[..<end]) else { return nil }
        self.text = text
        host = authority.host
        port = authority.port
        target = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
    }

    private static func authority(_ text: Substring) -> (host: String, port: UInt16)? {
        var host = text
        var port: UInt16 = 443
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else { return nil }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"),
                host.utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil || ":.".utf8.contains($0) })
            else { return nil }
        } else {
            guard host.utf8.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || "-._~".utf8.contains($0) })
            else { return nil }
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    /// The URL.
    public var description: String { text }
}
