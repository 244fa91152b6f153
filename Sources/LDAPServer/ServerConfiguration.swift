public import Transport

/// How a server behaves; what is not said has the value that suits a site of any size.
public struct ServerConfiguration: Sendable {
    /// Reactors, each a thread; one per core is right.
    public var reactorCount = 1
    /// Threads that verify passwords.
    public var workerCount = 2
    /// Binds that may wait for such a thread; beyond it a bind is answered `busy`.
    public var maximumWaitingBinds = 1024
    /// Connections at the same time; the next is told `busy` and closed.
    public var maximumConnections = 10_000
    /// Connections of an address at the same time, IPv6 by its first 64 bits; the next is told `busy` and closed. Unix sockets
    /// have no address. 0 for no limit.
    public var maximumConnectionsOfAddress = 0
    /// The time limits of connections.
    public var timeouts = Timeouts()
    /// How often time limits are looked at, in milliseconds.
    public var tickInterval: UInt64 = 250
    /// What clients may ask for.
    public var limits = LimitPolicy()
    /// Where changes are made, in words or as a URL: named when one is refused here.
    public var upstream: String?
    /// LDAP URLs (RFC 4516) that a refused change is referred to; none: it is refused with `unwillingToPerform`.
    public var referrals: [String] = []
    /// Who may read cn=Monitor.
    public var monitorReaders = MonitorReaders()
    /// The server's name and version, as cn=Monitor says it.
    public var vendor = "peopled"
    /// What holds for the clients of each listener, by its number; the default for one that has none here.
    public var listeners: [ListenerPolicy] = []
    /// How clients prove who they are.
    public var binds = BindPolicy()
    /// How long the state that a paged search goes on from is kept after a page, in milliseconds.
    public var pageStateLifetime: UInt64 = 10 * 60 * 1000
    /// Of how many states of the directory a connection may keep pages.
    public var pageStatesPerConnection = 16

    /// How the sources that fill the directory are doing, asked when somebody reads cn=Monitor; nil where there are none but LDIF.
    /// It is called on reactors, and must not wait.
    public var sourceReports: (@Sendable () -> [SourceReport])?

    /// Told once the index is found damaged while it is served, by the thread that found it. A directory known to be wrong
    /// is not to be served on: the daemon ends here. Until it does, the request at hand is answered `other`.
    public var indexDamaged: @Sendable (_ reason: String) -> Void = { _ in }

    /// The defaults.
    public init() {}
}
