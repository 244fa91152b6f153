import Administration
import CommandLineTools
import CommonInterface
import Foundation
import Provisioning

/// What commands of this machine may ask a server: `/v1/status`, `/v1/changes` and `/v1/resync`.
struct AdminRoutes {
    /// Seconds that a request for changes may wait for one.
    private static let longestWait: UInt64 = 30
    /// Events of one answer.
    private static let maximumEvents: UInt64 = 10_000

    /// How the server is doing.
    let status: @Sendable () -> ServerStatus
    /// Nil where no identity provider is configured.
    let control: (any FeedControl)?
    /// What happened; nil likewise.
    let events: ChangeEventLog?

    var all: [AdminRoute] {
        [
            AdminRoute(.get, "/v1/status") { [status] _ in .json(status()) },
            AdminRoute(.get, "/v1/changes", waits: true) { [events] in Self.changes($0, events) },
            AdminRoute(.post, "/v1/resync") { [control] in Self.resync($0, control) },
        ]
    }

    private static let noProviders = AdminAnswer.refused(404, "this server's configuration names no identity providers")

    /// `after`, or without it the newest; `errors=true`; `limit`; `wait` in seconds.
    private static func changes(_ request: AdminRequest, _ events: ChangeEventLog?) -> AdminAnswer {
        guard let events else { return noProviders }
        var query = ChangeEventQuery()
        query.after = request.number("after")
        query.errorsOnly = request.query["errors"] == "true"
        if let limit = request.number("limit") { query.limit = Int(max(1, min(limit, maximumEvents))) }
        let seconds = min(request.number("wait") ?? 0, longestWait)
        return AdminAnswer(status: 200, body: events.events(query, waitingUpTo: Double(seconds)).json)
    }

    private static func resync(_ request: AdminRequest, _ control: (any FeedControl)?) -> AdminAnswer {
        guard let control else { return noProviders }
        guard let call = try? JSONDecoder().decode(ResyncCall.self, from: Data(request.body)) else {
            return .refused(400, "expected a source and a request: snapshot, accept or discard")
        }
        let known = control.statuses.map(\.entityID)
        guard let source = EntityID(call.source), known.contains(call.source) else {
            let hint = nearestName(to: call.source, among: known).map { "did you mean \($0)?" }
            return .refused(
                404,
                "\(call.source) is no identity provider here; \(hint ?? "there is \(known.joined(separator: ", "))")")
        }
        do throws(ResyncRefusal) { try control.resync(source, call.request) } catch {
            return .refused(409, error.description)
        }
        return .json(call)
    }
}
