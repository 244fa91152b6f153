/// What a call is answered with: the codes of the high-level design, and those for what is no call at all.
public enum ResponseCode: String, Codable, Sendable, CaseIterable {
    /// Done.
    case success
    /// The provider failed; its log says more.
    case internalServerError
    /// The mechanism is not offered, was not initialised, or the call does not exist.
    case methodNotAllowed
    /// Another call of this service provider is in progress.
    case resourceLocked
    /// There is no such file, for instance after its deletion deadline.
    case notFound
    /// The transaction ID was retrieved already, pruned, or never given: ask for a snapshot.
    case expiredTransactionID
    /// The request could not be understood.
    case badRequest
    /// The peer's key is not that of the entityID it names.
    case forbidden
    /// The peer calls more often than it may.
    case tooManyRequests
    /// The provider is stopping, or cannot work now.
    case unavailable

    /// The status of the HTTP answer (RFC 9110 section 15, RFC 4918 section 11.3).
    public var httpStatus: Int {
        switch self {
        case .success: 200
        case .internalServerError: 500
        case .methodNotAllowed: 405
        case .resourceLocked: 423
        case .notFound: 404
        case .expiredTransactionID: 410
        case .badRequest: 400
        case .forbidden: 403
        case .tooManyRequests: 429
        case .unavailable: 503
        }
    }

    /// The code that an answer of this status has, where its body does not say; nil for a status that no code has.
    public init?(httpStatus: Int) {
        guard let code = Self.allCases.first(where: { $0.httpStatus == httpStatus }) else { return nil }
        self = code
    }
}

/// A call that was not done: the code, a sentence for the administrator of the other side, and when to try again.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why, for programs.
    public let code: ResponseCode
    /// Why, for people: one sentence without a final stop that holds nobody's data.
    public let message: String
    /// Seconds to wait (`Retry-After`), where known.
    public let retryAfter: Int?

    /// A refusal.
    public init(_ code: ResponseCode, _ message: String, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// `code: message`.
    public var description: String { "\(code.rawValue): \(message)" }

    /// Equality is on the code, so that tests do not hang on wording.
    public static func == (left: Refusal, right: Refusal) -> Bool { left.code == right.code }
}
