public import Credentials

/// How clients prove who they are, and whom their names stand for.
public struct BindPolicy: Sendable {
    /// The SASL mechanisms that are taken, each where the connection allows it.
    public var mechanisms = Set(SASLMechanism.allCases)
    /// Whom the name in PLAIN and SCRAM stands for.
    public var nameSearch = NameSearch()
    /// Accounts of services, beside the entries of the directory.
    public var accounts: [ServiceAccount] = []
    /// Whom the process at the other end of a Unix socket is, by EXTERNAL: the first rule that fits.
    public var peerRules: [PeerRule] = []
    /// Whom the holder of a client certificate is, by EXTERNAL: the first rule that finds somebody.
    public var certificateRules: [CertificateRule] = []
    /// People's passwords for their applications; nil where there are none.
    public var applicationPasswords: ApplicationPasswords?
    /// What unknown names are answered with in SCRAM; nil: a secret that this process makes.
    public var decoys: SCRAMDecoys?
    /// How long a password once verified need not be verified again, as long as what is stored stays the same; zero: never.
    public var cacheLifetime = Duration.seconds(10)
    /// Whose passwords other servers verify: the first that an entry is for.
    public var passThrough: [PassThrough] = []
    /// How failed binds slow down the next ones.
    public var delays = BindDelays()

    /// The defaults.
    public init() {}
}
