import CommandLineTools
import LDAPServer
import Transport

/// The sockets of all listeners: bound as long as there are root's privileges, listened on once there is a server.
struct BoundListeners {
    private struct Bound {
        let socket: ListeningSocket
        let listener: Configuration.Listener
        let number: Int
    }

    private var sockets: [Bound] = []
    /// Where clients reach them, with the ports that were chosen for 0.
    private(set) var urls: [String] = []
    /// Where identity providers push to; none where they do not.
    let pushes: [ListeningSocket]

    /// Unix sockets' files are given to `owner`, so that a mode that is narrower than everybody's makes sense.
    ///
    /// - Throws: a `CommandFailure` or a `TransportError`, where one of them cannot be had or must not be.
    init(
        _ listeners: [Configuration.Listener], pushes: ListenAddress? = nil, passed: PassedSockets, owner: Account?
    ) throws {
        self.pushes = try pushes.map { (address) throws(TransportError) in try ListeningSocket.bind(to: address) } ?? []
        var passed = passed
        let isActivated = !passed.isEmpty
        for (number, listener) in listeners.enumerated() {
            let url = try ListenerURL(listener.url)
            let found: [ListeningSocket]
            if isActivated, let name = listener.socket {
                found = try Self.inherit(name, from: &passed, for: listener)
            } else {
                found = try ListeningSocket.bind(to: url.address, mode: listener.mode)
                if let owner { for socket in found { socket.giveFile(to: owner.user, group: owner.group) } }
            }
            for socket in found {
                // What a name, or systemd, has made of it counts, too.
                try listener.refuseReadablePasswords(at: socket.address)
                sockets.append(Bound(socket: socket, listener: listener, number: number))
                urls.append(url.text(at: socket.address))
            }
        }
        guard let unused = passed.names.first else { return }
        throw CommandFailure(
            .refusedInput, "systemd passes a socket named \"\(unused)\", and no listener has socket: \"\(unused)\"")
    }

    private static func inherit(
        _ name: String, from passed: inout PassedSockets, for listener: Configuration.Listener
    ) throws -> [ListeningSocket] {
        let names = passed.names
        let descriptors = passed.take(name)
        guard !descriptors.isEmpty else {
            throw CommandFailure(
                .refusedInput,
                """
                listener \(listener.url): systemd passes no socket named "\(name)" (FileDescriptorName=); \
                there is \(names.map { "\"\($0)\"" }.joined(separator: ", "))
                """)
        }
        return try descriptors.map { (descriptor) throws(TransportError) in try ListeningSocket.inherit(descriptor) }
    }

    /// Takes clients in from here on.
    func listen(on server: LDAPServer) throws(TransportError) {
        for bound in sockets {
            try server.listen(on: bound.socket, listener: bound.number, proxies: bound.listener.proxies)
        }
    }
}
