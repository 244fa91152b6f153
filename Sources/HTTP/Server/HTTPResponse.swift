/// What is answered. Date, Content-Length and Connection are added where it is sent.
public struct HTTPResponse: Sendable {
    /// The content.
    public enum Content: Sendable {
        /// These octets; none is content of no octets.
        case octets([UInt8])
        /// A part of a file, read in steps as the client takes them.
        case file(ServedFile, Range<UInt64>)

        /// How many octets it has.
        var count: UInt64 {
            switch self {
            case .octets(let octets): UInt64(octets.count)
            case .file(_, let range): range.upperBound - range.lowerBound
            }
        }
    }

    /// How it went.
    public var status: HTTPStatus
    /// The header fields.
    public var fields: HTTPFields
    /// The content.
    public var content: Content
    /// Whether the connection ends with it.
    public var closesConnection = false
    /// Called once where a file's octets are sent, when they have gone or will go no further, with how many of them the network
    /// took: all, or fewer where the connection ended before. It is called on a reactor, and must not wait.
    public var fileSent: (@Sendable (UInt64) -> Void)?

    /// An answer with these octets.
    public init(_ status: HTTPStatus, _ fields: HTTPFields = [:], content: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.content = .octets(content)
    }

    /// A sentence for people who see it in a terminal or a browser.
    public init(_ status: HTTPStatus, text: String, _ fields: HTTPFields = [:]) {
        self.init(status, fields, content: Array((text + "\n").utf8))
        self.fields.append("Content-Type", "text/plain; charset=utf-8")
    }

    /// The resource does other things (RFC 9110 section 15.5.6).
    public static func methodNotAllowed(_ allowed: [HTTPMethod]) -> HTTPResponse {
        let names = allowed.map(\.name).joined(separator: ", ")
        return HTTPResponse(.methodNotAllowed, text: "Allowed here: \(names)", ["Allow": names])
    }

    /// There is too much to do; `retryAfter` is in seconds.
    public static func unavailable(retryAfter: Int) -> HTTPResponse {
        HTTPResponse(.serviceUnavailable, text: "Too busy, try again later", ["Retry-After": "\(retryAfter)"])
    }
}
