/// A message that is not taken: what a server answers, and why.
public struct HTTPMessageError: Error, Equatable, CustomStringConvertible {
    /// The status that says so to a client.
    public let status: HTTPStatus
    /// What was wrong, for people; nothing of the message itself, which may hold secrets.
    public let reason: String

    init(_ status: HTTPStatus, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    static func malformed(_ reason: String) -> HTTPMessageError { HTTPMessageError(.badRequest, reason) }

    static let tooManyFields = HTTPMessageError(.fieldsTooLarge, "the header fields are too many or too long")

    static let contentTooLarge = HTTPMessageError(.contentTooLarge, "the content is larger than is allowed")

    /// Equal where the statuses are: words are for people.
    public static func == (one: HTTPMessageError, other: HTTPMessageError) -> Bool { one.status == other.status }

    /// For example "400: a line ends without a carriage return".
    public var description: String { "\(status.code): \(reason)" }
}
