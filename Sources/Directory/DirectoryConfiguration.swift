/// What the root DSE says of the server, beside what the directory itself knows (RFC 4512 section 5.1).
public struct DirectoryConfiguration: Sendable {
    /// OIDs of the controls that the server understands.
    public var supportedControls: [String] = []
    /// OIDs of the extended operations that the server performs.
    public var supportedExtensions: [String] = []
    /// Names of the SASL mechanisms that the server accepts, for each kind of connection; none of them, no attribute. A
    /// requester's kind is said by `GrantedView.rootDSE`. There is always one.
    public var supportedSASLMechanisms: [[String]] = [[]]
    /// Where the server says what it does; not published when empty.
    public var monitorContext = ""
    /// Access rules and secret attributes; `Directory.replaceAccess` changes them later.
    public var access = AccessSettings()
    /// Who made the server (RFC 3045).
    public var vendorName = "peopled"
    /// Which version of it this is (RFC 3045); not published when empty.
    public var vendorVersion = ""

    /// The least there is to say.
    public init() {}
}
