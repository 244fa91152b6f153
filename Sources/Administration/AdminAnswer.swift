import Foundation

/// What is answered over the administration's socket: an HTTP status and JSON.
public struct AdminAnswer: Sendable, Equatable {
    /// 200 where it was done.
    public let status: Int
    /// JSON.
    public let body: [UInt8]

    /// An answer as it is.
    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    /// It was done; this is what came of it. Moments are seconds since 1970, as they are in the value.
    public static func json(_ value: some Encodable) -> AdminAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            return .refused(500, "the answer cannot be written")
        }
        return AdminAnswer(status: 200, body: Array(data))
    }

    /// It was not done, for that reason.
    public static func refused(_ status: Int, _ message: String) -> AdminAnswer {
        let answer = json(AdminMessage(message: message))
        return AdminAnswer(status: status, body: answer.body)
    }
}

/// Why something was not done.
struct AdminMessage: Codable {
    let message: String
}
