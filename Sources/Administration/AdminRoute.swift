public import Transport

/// What is asked over the administration's socket.
public struct AdminRequest: Sendable {
    /// The query's parts, decoded; the last of a name counts.
    public let query: [String: String]
    /// The content.
    public let body: [UInt8]
    /// The process that asks, which may.
    public let peer: PeerCredentials

    /// A number of the query; nil where there is none of the name, or it is no number.
    public func number(_ name: String) -> UInt64? { query[name].flatMap { UInt64($0) } }
}

/// One thing that can be asked.
public struct AdminRoute: Sendable {
    /// How it is asked.
    public enum Method: String, Sendable {
        /// Changes nothing.
        case get = "GET"
        /// Does something.
        case post = "POST"
    }

    let method: Method
    let path: String
    let maximumBody: Int
    let waits: Bool
    let answer: @Sendable (AdminRequest) -> AdminAnswer

    /// A route.
    ///
    /// - Parameters:
    ///   - path: without a query, as in "/v1/status".
    ///   - maximumBody: octets of content above which a request is refused.
    ///   - waits: whether an answer may take many seconds because there is nothing to tell yet. Such requests have threads of
    ///     their own, so that they hold up no others.
    ///   - answer: called on a thread that may wait.
    public init(
        _ method: Method, _ path: String, maximumBody: Int = 64 * 1024, waits: Bool = false,
        answer: @escaping @Sendable (AdminRequest) -> AdminAnswer
    ) {
        self.method = method
        self.path = path
        self.maximumBody = maximumBody
        self.waits = waits
        self.answer = answer
    }
}
