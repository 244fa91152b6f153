/// What a request wants done (RFC 9110 section 9). Any token is one; those that are known have a name here.
public struct HTTPMethod: Sendable, Hashable, CustomStringConvertible {
    /// As it is written; the case counts.
    public let name: String

    /// A method of this name.
    public init(_ name: String) { self.name = name }

    /// Gives the resource.
    public static let get = HTTPMethod("GET")
    /// The same without the content.
    public static let head = HTTPMethod("HEAD")
    /// Processes the content as the resource sees fit.
    public static let post = HTTPMethod("POST")
    /// Replaces the resource.
    public static let put = HTTPMethod("PUT")
    /// Removes the resource.
    public static let delete = HTTPMethod("DELETE")
    /// Tells what can be done.
    public static let options = HTTPMethod("OPTIONS")
    /// Changes the resource in part (RFC 5789).
    public static let patch = HTTPMethod("PATCH")
    /// Opens a tunnel.
    public static let connect = HTTPMethod("CONNECT")
    /// Sends the request back.
    public static let trace = HTTPMethod("TRACE")

    /// Whether doing it twice comes to the same as doing it once (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool { self != .post && self != .patch && self != .connect && isKnown }

    /// Whether it is one of those above.
    public var isKnown: Bool { Self.known.contains(self) }

    private static let known: Set<HTTPMethod> = [
        .get, .head, .post, .put, .delete, .options, .patch, .connect, .trace,
    ]

    /// The name.
    public var description: String { name }
}
