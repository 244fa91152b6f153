/// How the end of a message's content is found (RFC 9112 section 6.3).
enum BodyFraming: Equatable {
    /// There is none.
    case none
    /// It has so many octets.
    case length(UInt64)
    /// It comes in chunks.
    case chunked
    /// It ends with the connection.
    case untilClose

    /// A request's.
    init(of request: RequestHead) throws(HTTPMessageError) {
        self = try Self(in: request.fields, request.version) ?? .none
    }

    /// An answer's, to a request with that method.
    init(of response: ResponseHead, to method: HTTPMethod) throws(HTTPMessageError) {
        let stated = try Self(in: response.fields, response.version)
        self = method == .head || response.status.hasNoContent ? .none : stated ?? .untilClose
    }

    /// What the fields say; nil where they say nothing. Whatever can be read in two ways is refused: the proxy in front may have
    /// read the other (request smuggling, RFC 9112 section 11.2).
    private init?(in fields: HTTPFields, _ version: HTTPVersion) throws(HTTPMessageError) {
        let codings = fields.values("Transfer-Encoding")
        let lengths = fields.values("Content-Length")
        guard codings.isEmpty else {
            guard lengths.isEmpty else { throw .malformed("there are Transfer-Encoding and Content-Length") }
            guard version == .http11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
            guard codings.count == 1, let coding = codings.first, coding.isEqualIgnoringCase("chunked") else {
                throw HTTPMessageError(.notImplemented, "the only Transfer-Encoding here is \"chunked\"")
            }
            self = .chunked
            return
        }
        guard !lengths.isEmpty else { return nil }
        guard lengths.count == 1, let text = lengths.first, let length = ByteRange.number(text[...]) else {
            throw .malformed("Content-Length is not one number")
        }
        self = .length(length)
    }
}
