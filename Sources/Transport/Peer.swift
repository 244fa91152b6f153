public import Addresses

/// Who is at the other end of a connection, as far as the network tells.
public struct Peer: Sendable, Hashable, CustomStringConvertible {
    /// The client's address; nil over a Unix socket.
    public var address: IPAddress?
    /// The client's port; 0 over a Unix socket.
    public var port: UInt16
    /// Over a Unix socket, the process that connected.
    public var credentials: PeerCredentials?

    /// A peer on the network.
    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// A process on this machine.
    public init(credentials: PeerCredentials?) {
        self.port = 0
        self.credentials = credentials
    }

    /// For the log: "192.0.2.1:54321", "[::1]:389", "uid 33".
    public var description: String {
        if let address { return address.isV4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
        return credentials.map { "uid \($0.user)" } ?? "a local process"
    }
}

/// The effective identity of a process at the other end of a Unix socket, when it connected (`SO_PEERCRED`).
public struct PeerCredentials: Sendable, Hashable {
    /// The user's number.
    public var user: UInt32
    /// The group's number.
    public var group: UInt32
    /// The process's number.
    public var process: Int32
    /// The numbers of the further groups it is in; none where there are more than 64.
    public var furtherGroups: [UInt32] = []

    /// Credentials from their parts, without further groups.
    public init(user: UInt32, group: UInt32, process: Int32) {
        self.user = user
        self.group = group
        self.process = process
    }

    /// Whether the process is in a group.
    public func isMember(of group: UInt32) -> Bool { self.group == group || furtherGroups.contains(group) }
}

/// How a connection came.
public struct Arrival: Sendable {
    /// From whom.
    public var peer: Peer
    /// At which listener: the number given to `ReactorGroup.listen`.
    public var listener: Int
}
