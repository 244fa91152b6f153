import EventLog
import Foundation
import Glibc
import HTTP
import Transport

/// Finds the route, once it is clear that the process at the other end may ask.
struct AdminHandler: HTTPHandler {
    let routes: [AdminRoute]
    let allowedGroup: UInt32?
    let workers: AdminWorkers
    let log: EventLog

    func react(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction {
        guard let peer = request.peer.address.credentials, isAllowed(peer) else {
            log.log(.warning, "admin-refused", ["peer": request.peer.address.description])
            var response = Self.response(
                .refused(403, "only root, the server's own user and the members of its admin group may ask this"))
            response.closesConnection = true
            return .answer(response)
        }
        let candidates = routes.filter { $0.path == request.target.path }
        guard let route = candidates.first(where: { $0.method.rawValue == request.method.name }) else {
            return .answer(
                Self.response(
                    candidates.isEmpty
                        ? .refused(404, "this server knows nothing of \(request.target.path)")
                        : .refused(405, "this is asked by another method")))
        }
        let query = Self.parts(of: request.target.query ?? "")
        return .collect(upTo: route.maximumBody) { [self] body, exchange in
            work(route, AdminRequest(query: query, body: body, peer: peer), exchange)
        }
    }

    private func isAllowed(_ peer: PeerCredentials) -> Bool {
        peer.user == 0 || peer.user == geteuid() || allowedGroup.map { peer.isMember(of: $0) } == true
    }

    private func work(_ route: AdminRoute, _ request: AdminRequest, _ exchange: HTTPExchange) {
        if route.method == .post {
            let peer = request.peer
            log.log(.info, "admin-call", ["path": route.path, "uid": peer.user, "pid": peer.process])
        }
        let isTaken = workers.submit(waits: route.waits) {
            exchange.answer(Self.response(route.answer(request)))
        }
        if !isTaken { exchange.answer(Self.response(.refused(503, "too many ask at once; try again later"))) }
    }

    private static func response(_ answer: AdminAnswer) -> HTTPResponse {
        HTTPResponse(
            HTTPStatus(answer.status), ["Content-Type": "application/json", "Cache-Control": "no-store"],
            content: answer.body)
    }

    private static func parts(of query: String) -> [String: String] {
        var parts: [String: String] = [:]
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first.flatMap({ String($0).removingPercentEncoding }) else { continue }
            parts[name] = pair.count == 2 ? String(pair[1]).removingPercentEncoding ?? "" : ""
        }
        return parts
    }
}
