import Foundation
import Glibc
import HTTP

/// Asks the server of this machine that listens at a socket. For threads that may wait; connections are kept between calls.
public final class AdminClient: Sendable {
    /// Octets of an answer at most.
    private static let maximumAnswer = 64 << 20

    private let path: String
    private let client: HTTPClient

    /// A client of the server at `path`, which is not asked yet.
    public init(path: String) {
        self.path = path
        var settings = HTTPClient.Settings()
        settings.unixSocket = path
        client = HTTPClient(settings)
    }

    /// Asks, and returns the answer whatever its status.
    ///
    /// - Parameters:
    ///   - target: path and query, encoded, as in "/v1/changes?after=12".
    ///   - seconds: for the whole call, the server's time to answer included.
    /// - Throws: where no server answers, or it does not let us ask.
    public func call(
        _ method: AdminRoute.Method, _ target: String, body: [UInt8]? = nil, seconds: UInt64 = 60
    ) throws(AdminClientError) -> AdminAnswer {
        guard let url = HTTPURL("http://localhost" + target) else {
            throw AdminClientError(.refused, "\(target) is nothing to ask for")
        }
        var call = HTTPCall(method == .get ? .get : .post, url)
        if let body { call.content = .octets(body) }
        call.timeout = seconds &* 1000
        call.silenceTimeout = call.timeout
        let answer: HTTPAnswer
        do throws(HTTPClientError) {
            answer = try client.send(call, limit: Self.maximumAnswer)
        } catch {
            throw failure(error)
        }
        let status = Int(answer.head.status.code)
        guard status != 403 else {
            throw AdminClientError(.notAllowed, Self.message(of: answer.content) ?? "the server refuses")
        }
        return AdminAnswer(status: status, body: answer.content)
    }

    /// Asks, and reads what came of it.
    ///
    /// - Throws: as `call`, and with the server's own words where it was not done.
    public func value<Value: Decodable>(
        _: Value.Type, _ method: AdminRoute.Method, _ target: String, body: [UInt8]? = nil, seconds: UInt64 = 60
    ) throws(AdminClientError) -> Value {
        let answer = try call(method, target, body: body, seconds: seconds)
        guard answer.status == 200 else {
            throw AdminClientError(
                answer.status == 503 ? .busy : .refused,
                Self.message(of: answer.body) ?? "the server answers with status \(answer.status)")
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(answer.body)) } catch {
            throw AdminClientError(.refused, "the server at \(path) is of another version: its answer cannot be read")
        }
    }

    private func failure(_ error: HTTPClientError) -> AdminClientError {
        switch (error.kind, error.systemError) {
        case (.notConnected, ENOENT), (.notConnected, ECONNREFUSED), (.notConnected, ENOTDIR):
            AdminClientError(.notRunning, "no server answers at \(path)")
        case (.notConnected, EACCES), (.notConnected, EPERM):
            AdminClientError(
                .notAllowed, "\(path) is for root, the server's own user and the members of its admin group")
        case (.timeout, _): AdminClientError(.busy, "the server at \(path) does not answer in time")
        default: AdminClientError(.broken, "the server at \(path) broke off: \(error.description)")
        }
    }

    private static func message(of body: [UInt8]) -> String? {
        (try? JSONDecoder().decode(AdminMessage.self, from: Data(body)))?.message
    }
}

/// Why nothing came of a call.
public struct AdminClientError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: Sendable {
        /// No server listens there.
        case notRunning
        /// We may not ask it.
        case notAllowed
        /// It has no time for us now.
        case busy
        /// It says no.
        case refused
        /// The connection ended too early: what was asked for may have been done, or not.
        case broken
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// A sentence for people.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
