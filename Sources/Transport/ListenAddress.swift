/// Where a listener listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A host (a name, an IPv4 or IPv6 address without brackets, or nothing for every address of the machine) and a TCP port
    /// (0: any free one).
    case network(host: String, port: UInt16)
    /// The path of a Unix socket.
    case file(path: String)

    /// An address on the network from its parts.
    public init(host: String, port: UInt16) {
        self = .network(host: host, port: port)
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

    /// The TCP port; 0 of a Unix socket.
    public var port: UInt16 {
        switch self {
        case .network(_, let port): port
        case .file: 0
        }
    }

    /// `host:port`, with brackets round an IPv6 address, or the path.
    public var description: String {
        switch self {
        case .network(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .file(let path): path
        }
    }
}
