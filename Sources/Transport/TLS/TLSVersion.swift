/// The versions of TLS that are spoken here.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable {
    /// RFC 5246.
    case tls12 = "1.2"
    /// RFC 8446.
    case tls13 = "1.3"
}

/// What is wrong with a certificate, a key, an authority or a cipher's name; for the administrator.
public struct TLSConfigurationError: Error, Equatable, CustomStringConvertible {
    /// What it is, with the file's or the cipher's name, and what to do about it.
    public let description: String

    /// An error in words.
    public init(_ description: String) { self.description = description }
}
