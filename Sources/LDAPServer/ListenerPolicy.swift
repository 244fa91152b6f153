public import Transport

/// What holds for the clients of one listener.
public struct ListenerPolicy: Sendable {
    /// The listener's URL, for people: "ldaps://0.0.0.0:636".
    public var url: String
    /// What it secures connections with; nil: no TLS here.
    public var tls: TLSContext?
    /// Whether TLS begins with the connection (ldaps). Otherwise, where there is `tls`, StartTLS is offered.
    public var isImplicitTLS = false
    /// Whether a password is refused (`confidentialityRequired`) before it is looked at, unless the connection is confidential.
    public var requiresConfidentiality = false

    var implicitTLS: TLSContext? { isImplicitTLS ? tls : nil }

    /// The policy of a listener for which nothing else is said.
    public init(url: String = "") {
        self.url = url
    }
}
