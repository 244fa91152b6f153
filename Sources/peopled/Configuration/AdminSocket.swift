import Administration
import CommandLineTools

extension Configuration {
    /// Where commands ask the server: what is configured, or a name in the data directory.
    var adminSocket: String { admin.socket ?? data + "/admin.socket" }

    /// Whether a server with this configuration answers commands.
    var hasAdminSocket: Bool { !identityProviders.isEmpty || admin.socket != nil }

    /// - Throws: a `CommandFailure` where the socket or the group cannot be had.
    func checkAdmin() throws(CommandFailure) {
        _ = try adminGroup
        guard let socket = admin.socket, socket.utf8.count > 107 else { return }
        throw CommandFailure(
            .refusedInput,
            "admin.socket: a socket's path has 107 octets at most; expected one as in /run/peopled/admin.socket")
    }

    /// The number of the group whose members may ask, too.
    ///
    /// - Throws: a `CommandFailure` where there is no such group.
    var adminGroup: UInt32? {
        get throws(CommandFailure) {
            guard let name = admin.group else { return nil }
            guard let number = SystemGroup.number(of: name) else {
                throw CommandFailure(.refusedInput, "admin.group: there is no group \"\(name)\" on this machine")
            }
            return number
        }
    }
}
