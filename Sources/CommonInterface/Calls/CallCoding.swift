import Foundation

/// Calls and answers as JSON (RFC 8259). Unknown keys are ignored, so that either side may learn new ones first.
public enum CallCoding {
    /// Octets of the largest request and answer.
    public static let maximumLength = 1 << 20
    /// Attributes of the largest list.
    public static let maximumAttributes = 1000

    /// Reads a request.
    ///
    /// - Throws: `badRequest` that names the key and says what was expected.
    public static func request<Request: Decodable>(_: Request.Type, from body: [UInt8]) throws(Refusal) -> Request {
        guard body.count <= maximumLength else {
            throw Refusal(.badRequest, "expected a request of at most \(maximumLength) octets")
        }
        do {
            return try JSONDecoder().decode(Request.self, from: Data(body))
        } catch {
            throw Refusal(.badRequest, explain(error))
        }
    }

    /// Writes a request.
    public static func body(of request: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(request))
    }

    /// Writes the answer to a call that was done.
    public static func body(ofSuccess answer: some Encodable, message: String = "") throws -> [UInt8] {
        try body(of: Envelope(code: .success, message: message, answer: answer))
    }

    /// Writes the answer to a call that was refused.
    public static func body(of refusal: Refusal) throws -> [UInt8] {
        try body(of: Envelope(code: refusal.code, message: refusal.message, answer: EmptyAnswer()))
    }

    /// Reads an answer.
    ///
    /// - Throws: the `Refusal` that it holds, or `internalServerError` where it is no answer.
    public static func answer<Answer: Decodable>(
        _: Answer.Type, from body: [UInt8], retryAfter: Int? = nil
    ) throws(Refusal) -> Answer {
        guard body.count <= maximumLength else {
            throw Refusal(.internalServerError, "expected an answer of at most \(maximumLength) octets")
        }
        let head: Head
        let decoder = JSONDecoder()
        do {
            head = try decoder.decode(Head.self, from: Data(body))
            if head.code == .success { return try decoder.decode(Answer.self, from: Data(body)) }
        } catch {
            throw Refusal(.internalServerError, "the answer is none of the interface's: " + explain(error))
        }
        throw Refusal(head.code, head.message ?? "", retryAfter: retryAfter)
    }

    private struct Head: Decodable {
        let code: ResponseCode
        let message: String?
    }

    private struct Envelope<Answer: Encodable>: Encodable {
        let code: ResponseCode
        let message: String
        let answer: Answer

        private enum Keys: String, CodingKey { case code, message }

        func encode(to encoder: any Encoder) throws {
            try answer.encode(to: encoder)
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(code, forKey: .code)
            try container.encode(message, forKey: .message)
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\"\(context.codingPath.last?.stringValue ?? "the body")\" is of the wrong type"
        case .dataCorrupted(let context):
            context.codingPath.last.map { "\"\($0.stringValue)\": \(context.debugDescription)" }
                ?? "expected one JSON object"
        default: "expected one JSON object"
        }
    }
}
