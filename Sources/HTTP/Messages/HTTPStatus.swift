/// How a request went (RFC 9110 section 15).
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    /// Three digits: 100 to 599.
    public let code: Int

    /// A status of this code.
    public init(_ code: Int) { self.code = code }

    /// 100: the content is wanted.
    public static let `continue` = HTTPStatus(100)
    /// 101.
    public static let switchingProtocols = HTTPStatus(101)
    /// 200.
    public static let ok = HTTPStatus(200)
    /// 204: done, and there is no content.
    public static let noContent = HTTPStatus(204)
    /// 206: the part that was asked for.
    public static let partialContent = HTTPStatus(206)
    /// 304.
    public static let notModified = HTTPStatus(304)
    /// 400.
    public static let badRequest = HTTPStatus(400)
    /// 403.
    public static let forbidden = HTTPStatus(403)
    /// 404.
    public static let notFound = HTTPStatus(404)
    /// 405: the answer names what is allowed.
    public static let methodNotAllowed = HTTPStatus(405)
    /// 408: the request did not come in time.
    public static let requestTimeout = HTTPStatus(408)
    /// 410.
    public static let gone = HTTPStatus(410)
    /// 412.
    public static let preconditionFailed = HTTPStatus(412)
    /// 413.
    public static let contentTooLarge = HTTPStatus(413)
    /// 414.
    public static let targetTooLong = HTTPStatus(414)
    /// 416: there are no such octets.
    public static let rangeNotSatisfiable = HTTPStatus(416)
    /// 417.
    public static let expectationFailed = HTTPStatus(417)
    /// 423 (RFC 4918).
    public static let locked = HTTPStatus(423)
    /// 429 (RFC 6585).
    public static let tooManyRequests = HTTPStatus(429)
    /// 431 (RFC 6585).
    public static let fieldsTooLarge = HTTPStatus(431)
    /// 500.
    public static let internalServerError = HTTPStatus(500)
    /// 501.
    public static let notImplemented = HTTPStatus(501)
    /// 502.
    public static let badGateway = HTTPStatus(502)
    /// 503.
    public static let serviceUnavailable = HTTPStatus(503)
    /// 504.
    public static let gatewayTimeout = HTTPStatus(504)
    /// 505.
    public static let versionNotSupported = HTTPStatus(505)

    /// 1xx: not the answer yet.
    public var isInformational: Bool { code / 100 == 1 }
    /// 2xx.
    public var isSuccess: Bool { code / 100 == 2 }

    /// Whether there is never content with it (RFC 9110 section 6.4.1).
    var hasNoContent: Bool { isInformational || self == .noContent || self == .notModified }

    /// The registry's words; empty for codes that are not named here.
    public var reason: String { Self.reasons[code] ?? "" }

    private static let reasons: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
        206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict",
        410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
        422: "Unprocessable Content", 423: "Locked", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]

    /// For example "404 Not Found".
    public var description: String { reason.isEmpty ? "\(code)" : "\(code) \(reason)" }
}
