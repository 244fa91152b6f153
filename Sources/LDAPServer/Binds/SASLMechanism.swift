/// The SASL mechanisms (RFC 4422) that a bind may use, by the names that IANA registers, the strongest first.
public enum SASLMechanism: String, Sendable, CaseIterable {
    /// RFC 7677's way with SHA-512, bound to the TLS channel.
    case scramSHA512Plus = "SCRAM-SHA-512-PLUS"
    /// RFC 7677, bound to the TLS channel.
    case scramSHA256Plus = "SCRAM-SHA-256-PLUS"
    /// RFC 7677's way with SHA-512.
    case scramSHA512 = "SCRAM-SHA-512"
    /// RFC 7677.
    case scramSHA256 = "SCRAM-SHA-256"
    /// RFC 4422 appendix A: what the connection itself proves, a client certificate or the process at a Unix socket.
    case external = "EXTERNAL"
    /// RFC 4616: a name and a password.
    case plain = "PLAIN"

    /// Octets in the longest name that RFC 4422 section 3.1 allows.
    private static let longestName = 20

    /// The mechanism with a name as a client sends it, in any case.
    init?(_ name: Span<UInt8>) {
        guard name.count <= Self.longestName else { return nil }
        self.init(rawValue: String(decoding: name.array(), as: UTF8.self).uppercased())
    }

    /// Whether it is bound to the TLS channel.
    var bindsChannel: Bool { self == .scramSHA512Plus || self == .scramSHA256Plus }
}
