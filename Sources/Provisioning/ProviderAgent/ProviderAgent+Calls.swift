import CommonInterface
import Credentials
import EventLog
import HTTP
import Transport

/// One call, its answer, and what a failure means.
extension ProviderAgent {
    func call<Answer: Decodable>(
        _ call: Call, _ request: some Encodable, _: Answer.Type, timeout: UInt64? = nil
    ) throws(SourceFailure) -> Answer {
        let base = settings.endpoint.hasSuffix("/") ? String(settings.endpoint.dropLast()) : settings.endpoint
        guard let url = HTTPURL(base + call.path), url.isSecure, let body = try? CallCoding.body(of: request) else {
            throw SourceFailure(.permanent, "the endpoint \(settings.endpoint) of \(entityID) is no https URL")
        }
        var message = HTTPCall(
            .post, url, ["Content-Type": MediaType.json, "Accept": MediaType.json], content: .octets(body))
        message.timeout = timeout ?? limits.call
        message.silenceTimeout = timeout ?? limits.silence
        let id = Self.newID()
        message.fields.set(RequestID.header, id)
        return try logged(call.rawValue, id) { () throws(SourceFailure) in
            let answer: HTTPAnswer
            do throws(HTTPClientError) {
                answer = try client.send(message, limit: CallCoding.maximumLength)
            } catch {
                throw Self.failure(error, id)
            }
            return try read(Answer.self, answer, call, id)
        }
    }

    /// Runs a call, and says in the log how it went.
    func logged<Result>(
        _ name: String, _ id: String, _ body: () throws(SourceFailure) -> Result
    ) throws(SourceFailure) -> Result {
        let begin = monotonicMilliseconds()
        do throws(SourceFailure) {
            let result = try body()
            log.log(
                .info, "source-called",
                ["source": entityID.text, "call": name, "request": id, "ms": monotonicMilliseconds() &- begin])
            return result
        } catch {
            log.log(
                .warning, "source-call-failed",
                [
                    "source": entityID.text, "call": name, "request": id, "ms": monotonicMilliseconds() &- begin,
                    "reason": error.description,
                ])
            throw error
        }
    }

    private func read<Answer: Decodable>(
        _: Answer.Type, _ answer: HTTPAnswer, _ call: Call, _ id: String
    ) throws(SourceFailure) -> Answer {
        do throws(Refusal) {
            let read = try CallCoding.answer(Answer.self, from: answer.content)
            guard answer.head.status.isSuccess else {
                throw Refusal(.internalServerError, "a success with status \(answer.head.status)")
            }
            return read
        } catch {
            guard answer.head.status.isSuccess else { throw failure(of: answer.head, call, error.message, id) }
            // Its own code says what it is; what is no answer at all will be none in a moment either.
            let kind = error.code == .internalServerError ? .permanent : Self.kind(of: error.code.httpStatus, call)
            throw SourceFailure(kind, Self.text(call.rawValue, error.description, id))
        }
    }

    /// What an answer without success means. Its status counts, since it may be a proxy's.
    func failure(of head: ResponseHead, _ call: Call?, _ message: String, _ id: String) -> SourceFailure {
        let wait = RetryAfter.seconds(in: head.fields, now: secondsSince1970())
        let reason = message.isEmpty ? "\(head.status)" : "\(head.status): \(message)"
        return SourceFailure(
            Self.kind(of: head.status.code, call), Self.text(call?.rawValue ?? "download", reason, id), retryAfter: wait
        )
    }

    private static func kind(of status: Int, _ call: Call?) -> SourceFailure.Kind {
        switch status {
        case _ where RetrySchedule.isWorthAnotherTry(httpStatus: status): .transient
        case 410 where call != nil: .expired
        // It says so to who has not initialized, or has not named the mechanism there.
        case 405 where call != nil && call != .initialize: .uninitialized
        // A file is gone after its deadline, and with the next one: another is prepared for who asks again.
        case 404 where call == nil, 410 where call == nil: .transient
        default: .permanent
        }
    }

    static func failure(_ error: HTTPClientError, _ id: String) -> SourceFailure {
        let kind: SourceFailure.Kind =
            switch error.kind {
            case .notConnected, .interrupted, .timeout: .transient
            case .malformed, .tooLarge: .permanent
            case .local: .local
            }
        return SourceFailure(kind, "\(error.description) (request \(id))")
    }

    static func text(_ what: String, _ reason: String, _ id: String) -> String { "\(what): \(reason) (request \(id))" }

    static func newID() -> String {
        LibCrypto.randomOctets(count: 16).flatMap { RequestID(random: $0) }?.text ?? "-"
    }
}
