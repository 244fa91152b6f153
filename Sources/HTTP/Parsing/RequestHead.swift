/// A request but for its content.
public struct RequestHead: Sendable, Hashable {
    /// What is wanted.
    public let method: HTTPMethod
    /// Of what.
    public let target: RequestTarget
    /// In which version it is spoken.
    public let version: HTTPVersion
    /// The header fields.
    public let fields: HTTPFields
    /// For which server: the target's authority, or the Host field.
    public let authority: HTTPAuthority?

    /// Checks what the parts say together.
    init(_ line: RequestLine, _ fields: HTTPFields) throws(HTTPMessageError) {
        method = line.method
        target = line.target
        version = line.version
        self.fields = fields
        let host = try Self.host(in: fields, version)
        // RFC 9112 section 3.2.2 has the target's authority win; a client that says two things at once has not made it itself.
        if let named = line.target.authority, let host, named != host {
            throw .malformed("the Host field is for another server than the target")
        }
        authority = line.target.authority ?? host
    }

    /// RFC 9112 section 3.2: one Host field, and no more.
    private static func host(
        in fields: HTTPFields, _ version: HTTPVersion
    ) throws(HTTPMessageError) -> HTTPAuthority? {
        let values = fields.values("Host")
        if values.isEmpty, version == .http10 { return nil }
        guard values.count == 1, let value = values.first else {
            throw .malformed(values.isEmpty ? "there is no Host field" : "there are several Host fields")
        }
        guard let authority = HTTPAuthority(parsing: value) else { throw .malformed("the Host field names no host") }
        return authority
    }

    /// Whether the client lets the connection be used again (RFC 9112 section 9.3).
    var keepsConnection: Bool { version == .http11 && !fields.tokens("Connection").contains("close") }

    /// Whether the client waits until its content is asked for (RFC 9110 section 10.1.1).
    ///
    /// - Throws: 417 where it expects anything else.
    func expectsContinue() throws(HTTPMessageError) -> Bool {
        let expected = fields.tokens("Expect")
        guard expected.allSatisfy({ $0 == "100-continue" }) else {
            throw HTTPMessageError(.expectationFailed, "what is expected is not known")
        }
        return !expected.isEmpty && version == .http11
    }
}
