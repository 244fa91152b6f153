/// A host and a port, as in a URI and in the Host field (RFC 3986 section 3.2, RFC 9110 section 7.2).
public struct HTTPAuthority: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address, in lower case and without brackets.
    public let host: String
    /// The port, where one is named.
    public let port: UInt16?

    /// Reads `host`, `host:port`, `[v6]` or `[v6]:port`; nil where that is not what it is. User information is no part of it,
    /// and names have letters, digits, "-", "." and "_" only: no name in use has more.
    public init?(parsing text: String) {
        let octets = Array(text.utf8)
        let end: Int
        if octets.first == UInt8(ascii: "[") {
            guard let bracket = octets.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let address = octets[1..<bracket]
            guard address.contains(UInt8(ascii: ":")), address.count <= 45,
                address.allSatisfy({ $0.hexadecimalValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return nil }
            host = Self.lowercased(address)
            end = bracket + 1
        } else {
            end = octets.firstIndex(of: UInt8(ascii: ":")) ?? octets.count
            guard end > 0, end <= 255,
                octets[..<end].allSatisfy({ $0.isUnreserved && $0 != UInt8(ascii: "~") })
            else { return nil }
            host = Self.lowercased(octets[..<end])
        }
        guard end < octets.count else {
            port = nil
            return
        }
        let digits = octets[(end + 1)...]
        guard octets[end] == UInt8(ascii: ":"), !digits.isEmpty, digits.count <= 5, digits.allSatisfy(\.isDigit),
            let number = UInt16(String(decoding: digits, as: UTF8.self))
        else { return nil }
        port = number
    }

    private static func lowercased(_ octets: ArraySlice<UInt8>) -> String {
        String(decoding: octets.map(\.lowercasedASCII), as: UTF8.self)
    }

    /// As it is written in a URI.
    public var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }
}
