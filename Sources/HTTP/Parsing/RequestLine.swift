/// `method SP request-target SP HTTP-version` (RFC 9112 section 3).
struct RequestLine: StartLine {
    static let tooLong = HTTPMessageError(.targetTooLong, "the request line is too long")

    private static let longestMethod = 32

    let method: HTTPMethod
    let target: RequestTarget
    let version: HTTPVersion

    init(parsing line: [UInt8]) throws(HTTPMessageError) {
        let parts = line.split(separator: .space, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isToken else {
            throw .malformed("the request line is not a method, a target and a version with a space between them")
        }
        version = try HTTPVersion(parsing: parts[2])
        guard parts[0].count <= Self.longestMethod else {
            throw HTTPMessageError(.notImplemented, "the method is not known")
        }
        method = HTTPMethod(String(octetByOctet: parts[0]))
        guard method != .connect else { throw HTTPMessageError(.notImplemented, "there are no tunnels here") }
        target = try RequestTarget(parsing: parts[1])
        guard !target.isAsterisk || method == .options else { throw .malformed("only OPTIONS can be about \"*\"") }
    }
}

/// HTTP/1.0 or HTTP/1.1; a later 1.x counts as 1.1 (RFC 9110 section 2.5).
public enum HTTPVersion: String, Sendable, Hashable {
    /// Without chunks, and with a connection for each request.
    case http10 = "HTTP/1.0"
    /// RFC 9112.
    case http11 = "HTTP/1.1"

    init(parsing octets: ArraySlice<UInt8>) throws(HTTPMessageError) {
        guard octets.count == 8, octets.starts(with: "HTTP/".utf8), octets[octets.startIndex + 5].isDigit,
            octets[octets.startIndex + 6] == UInt8(ascii: "."), octets[octets.startIndex + 7].isDigit
        else { throw .malformed("the version of HTTP is malformed") }
        guard octets[octets.startIndex + 5] == UInt8(ascii: "1") else {
            throw HTTPMessageError(.versionNotSupported, "only HTTP/1.0 and HTTP/1.1 are spoken")
        }
        self = octets[octets.startIndex + 7] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
