public import LDAP
public import Transport

/// Why a request to another server has no answer, or none that is of use.
public enum LDAPClientError: Error, Equatable, CustomStringConvertible {
    /// The connection could not be made, or broke, or a deadline passed.
    case transport(TransportError)
    /// The server ended the connection, with or without a Notice of Disconnection.
    case closed
    /// The server said something that is no answer to what was asked.
    case protocolViolation
    /// The server does not begin TLS, with this result.
    case startTLSRefused(ResultCode)
    /// The server refused what has to come before, with this result.
    case refused(ResultCode)
    /// The server failed often and is not asked for a while.
    case suspended

    /// For the log.
    public var description: String {
        switch self {
        case .transport(let error): error.description
        case .closed: "the server closed the connection"
        case .protocolViolation: "the server's answer is not LDAP, or not to what was asked"
        case .startTLSRefused(let code): "the server refused StartTLS: \(code)"
        case .refused(let code): "the server answers \(code)"
        case .suspended: "the server failed before and is not asked for a while"
        }
    }
}
