import CommandLineTools
import LDAPServer
import Transport

extension Configuration.Listener {
    /// What holds for its clients.
    ///
    /// - Throws: a `CommandFailure` that names the listener, and says what to write, where it would be of harm or use to nobody.
    func policy() throws(CommandFailure) -> ListenerPolicy {
        let read = try ListenerURL(url)
        if case .file = read.address, !proxies.isEmpty {
            throw refused("\"proxies\" is for ldap:// and ldaps://: a Unix socket has no addresses to trust")
        }
        try refuseReadablePasswords(at: read.address)
        var policy = ListenerPolicy(url: url)
        policy.isImplicitTLS = read.scheme == .ldaps
        policy.tls = try security.context(url: url, isImplicit: policy.isImplicitTLS)
        policy.requiresConfidentiality = (passwords ?? (policy.tls == nil ? .plain : .encrypted)) == .encrypted
        return policy
    }

    /// Whoever is on the way reads a password that crosses the network in the clear: that needs a decision, in writing.
    func refuseReadablePasswords(at address: ListenAddress) throws(CommandFailure) {
        guard try ListenerURL(url).scheme == .ldap, passwords == nil, security.certificate == nil, !address.isLocal
        else { return }
        throw refused(
            """
            passwords would cross the network in the clear, for everybody on the way to read. Write ldaps://, or ldap:// \
            with a certificate; or passwords: "encrypted" to take none without TLS (--passwords encrypted on the command line); \
            or, where the network is yours alone, passwords: "plain"
            """)
    }

    private func refused(_ why: String) -> CommandFailure { CommandFailure(.refusedInput, "listener \(url): \(why)") }
}
