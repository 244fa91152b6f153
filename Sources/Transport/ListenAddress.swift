/// Where a listener listens: a host (name or number; empty for every address of the machine) and a port (0: any free one).
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name, an IPv4 or IPv6 address without brackets, or nothing.
    public let host: String
    /// The TCP port.
    public let port: UInt16

    /// An address from its parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[v6]:port` or `:port`; nil where that is not what it is.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") || host.contains("[") || host.contains("]") {
            return nil
        }
        self.init(host: String(host), port: port)
    }

    /// `host:port`, with brackets round an IPv6 address.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
