/// A request to be sent.
public struct HTTPCall: Sendable {
    /// The content.
    public enum Content: Sendable {
        /// None, not even of no octets.
        case none
        /// These octets.
        case octets([UInt8])
        /// A file, read in steps as the server takes them.
        case file(ServedFile)

        var count: UInt64? {
            switch self {
            case .none: nil
            case .octets(let octets): UInt64(octets.count)
            case .file(let file): file.size
            }
        }
    }

    /// What is wanted.
    public var method: HTTPMethod
    /// Of what.
    public var url: HTTPURL
    /// Fields beside Host, Content-Length and Connection, which are added.
    public var fields: HTTPFields
    /// The content.
    public var content: Content
    /// For the whole call, in milliseconds.
    public var timeout: UInt64 = 60_000
    /// Without an octet from the server, or one taken by it, in milliseconds.
    public var silenceTimeout: UInt64 = 20_000

    /// A request with that method to that URL.
    public init(_ method: HTTPMethod, _ url: HTTPURL, _ fields: HTTPFields = [:], content: Content = .none) {
        self.method = method
        self.url = url
        self.fields = fields
        self.content = content
    }
}

/// An answer with all its content.
public struct HTTPAnswer: Sendable {
    /// Status and fields.
    public let head: ResponseHead
    /// The content.
    public let content: [UInt8]
}

/// What takes an answer as it comes.
public protocol HTTPSink: AnyObject {
    /// The answer's head, once. What is thrown ends the call.
    func begin(_ head: ResponseHead) throws
    /// A piece of its content. What is thrown ends the call.
    func receive(_ octets: Span<UInt8>) throws
}
