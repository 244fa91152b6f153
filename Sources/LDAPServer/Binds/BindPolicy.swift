/// How clients prove who they are, and whom their names stand for.
public struct BindPolicy: Sendable {
    /// The SASL mechanisms that are taken, each where the connection allows it.
    public var mechanisms: Set<SASLMechanism> = [.external, .plain]
    /// Whom the name in PLAIN and SCRAM stands for.
    public var nameSearch = NameSearch()
    /// Accounts of services, beside the entries of the directory.
    public var accounts: [ServiceAccount] = []
    /// Whom the process at the other end of a Unix socket is, by EXTERNAL: the first rule that fits.
    public var peerRules: [PeerRule] = []
    /// Whom the holder of a client certificate is, by EXTERNAL: the first rule that finds somebody.
    public var certificateRules: [CertificateRule] = []
    /// How failed binds slow down the next ones.
    public var delays = BindDelays()

    /// The defaults.
    public init() {}
}
