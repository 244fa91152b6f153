import Provisioning

/// What `peopled status` is answered with.
struct ServerStatus: Codable {
    /// The server's version.
    var version: String
    /// When it began to serve, in seconds since 1970.
    var started: Int64
    /// The name under which everybody is served.
    var suffix: String
    /// Entries that are served, structure included.
    var entries: Int
    /// Where people come from, beside LDIF.
    var sources: [SourceStatus]
}

/// What `peopled resync` asks for, and is answered with.
struct ResyncCall: Codable {
    /// Whose people, by entityID.
    var source: String
    var request: ResyncRequest
}
