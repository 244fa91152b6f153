/// An answer but for its content.
public struct ResponseHead: Sendable, Hashable {
    /// How it went.
    public let status: HTTPStatus
    /// In which version it is spoken.
    public let version: HTTPVersion
    /// The header fields.
    public let fields: HTTPFields

    init(_ line: StatusLine, _ fields: HTTPFields) {
        status = line.status
        version = line.version
        self.fields = fields
    }

    /// Whether the server lets the connection be used again (RFC 9112 section 9.3).
    var keepsConnection: Bool { version == .http11 && !fields.tokens("Connection").contains("close") }
}

/// `HTTP-version SP status-code SP [reason-phrase]` (RFC 9112 section 4).
struct StatusLine: StartLine {
    static let tooLong = HTTPMessageError(.badGateway, "the status line is too long")

    let version: HTTPVersion
    let status: HTTPStatus

    init(parsing line: [UInt8]) throws(HTTPMessageError) {
        let parts = line.split(separator: .space, maxSplits: 2, omittingEmptySubsequences: false)
        // Some servers leave the second space out where there are no words; nothing can be read into that.
        guard parts.count >= 2, parts[1].count == 3, parts[1].allSatisfy(\.isDigit),
            let code = Int(String(octetByOctet: parts[1])), (100...599).contains(code),
            parts.count < 3 || parts[2].allSatisfy(\.isFieldOctet)
        else { throw .malformed("the status line is not a version and a status") }
        version = try HTTPVersion(parsing: parts[0])
        status = HTTPStatus(code)
    }
}
