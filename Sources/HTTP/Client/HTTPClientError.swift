import Transport

/// Why a call came to nothing.
public struct HTTPClientError: Error, CustomStringConvertible {
    /// What kind of failure it is; what to do about it depends on that.
    public enum Kind: Sendable, Equatable {
        /// The server was not reached, or TLS failed: it has not seen the request.
        case notConnected
        /// The connection ended too early: the server may have acted on the request.
        case interrupted
        /// A deadline passed.
        case timeout
        /// The server breaks the protocol.
        case malformed
        /// The answer is larger than was allowed.
        case tooLarge
        /// The file to be sent cannot be read, or whoever takes the answer could not.
        case local
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// What was called and what was wrong, for people; without the query of the URL.
    public let description: String
    /// The `errno` of the system call that failed; nil where it was not one.
    public let systemError: Int32?

    init(_ kind: Kind, _ url: HTTPURL, _ reason: String, systemError: Int32? = nil) {
        self.kind = kind
        self.systemError = systemError
        let path = url.target.prefix { $0 != "?" }
        description = "\(url.isSecure ? "https" : "http")://\(url.authority)\(path): \(reason)"
    }

    init(_ error: TransportError, _ url: HTTPURL, otherwise kind: Kind) {
        self.init(error.isTimeout ? .timeout : kind, url, error.description, systemError: error.code)
    }

    init(_ error: HTTPMessageError, _ url: HTTPURL) {
        self.init(
            error.status == .contentTooLarge ? .tooLarge : .malformed, url,
            "the server's answer is not taken: \(error.reason)")
    }

    /// Whether the same call may well succeed later.
    public var isTransient: Bool { kind == .notConnected || kind == .interrupted || kind == .timeout }
}
