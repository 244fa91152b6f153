/// Finds what answers a request by method and path.
public struct HTTPRouter: HTTPHandler {
    /// What answers.
    public typealias Route = @Sendable (HTTPRequest, HTTPExchange) -> HTTPReaction

    private struct Entry: Sendable {
        let method: HTTPMethod
        let segments: [String]
        let route: Route

        func matches(_ path: [String]) -> Bool {
            segments.count == path.count && zip(segments, path).allSatisfy { $0 == "*" && !$1.isEmpty || $0 == $1 }
        }
    }

    private var entries: [Entry] = []

    /// A router that finds nothing yet.
    public init() {}

    /// Has `route` answer requests with that method for that path, in which "*" stands for any one segment. HEAD goes where GET
    /// goes, and is answered without the content.
    public mutating func on(_ method: HTTPMethod, _ path: String, _ route: @escaping Route) {
        entries.append(Entry(method: method, segments: path.split(separator: "/").map(String.init), route: route))
    }

    /// Goes the way of the first route that fits. Otherwise 404; 405 where other methods have one; 501 where nobody knows the method.
    public func react(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction {
        if request.target.isAsterisk { return .answer(HTTPResponse(.noContent)) }
        guard request.method.isKnown else { return .answer(HTTPResponse(.notImplemented, text: "Unknown method")) }
        let candidates = entries.filter { $0.matches(request.target.segments) }
        let wanted = request.method == .head ? .get : request.method
        if let entry = candidates.first(where: { $0.method == request.method || $0.method == wanted }) {
            return entry.route(request, exchange)
        }
        guard !candidates.isEmpty else { return .answer(HTTPResponse(.notFound, text: "There is nothing here")) }
        var allowed = candidates.map(\.method)
        if allowed.contains(.get), !allowed.contains(.head) { allowed.append(.head) }
        return .answer(.methodNotAllowed(allowed))
    }
}
