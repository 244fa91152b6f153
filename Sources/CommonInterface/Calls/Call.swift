/// The calls that a service provider makes, each a POST to a path of its own.
public enum Call: String, Sendable, CaseIterable {
    case initialize, snapshot, subscription, changelog, reset

    /// The path of its URL.
    public var path: String { "/v1/" + rawValue }

    /// The call that a path names.
    public init?(path: String) {
        guard let call = Self.allCases.first(where: { $0.path == path }) else { return nil }
        self = call
    }
}

/// The ways to be kept up to date.
public enum Mechanism: String, Codable, Sendable, CaseIterable {
    /// Everybody, in one file.
    case snapshot
    /// Changes pushed to a listener as they happen.
    case subscription
    /// Changes since a transaction ID, in a file.
    case changelog
}

/// Media types and header fields of the interface.
public enum MediaType {
    /// Calls and answers.
    public static let json = "application/json"
    /// Snapshots, changelogs and pushes (RFC 2849).
    public static let ldif = "text/ldif"
    /// Names the identity provider in a push.
    public static let entityHeader = "X-Entity-ID"
}
