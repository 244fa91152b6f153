/// How much of a message is kept in memory, in octets. What is above is refused.
public struct MessageLimits: Sendable, Hashable {
    /// A line: the request or status line, or a header field. RFC 9112 section 3 wants 8,000 at least.
    public var lineLength = 8192
    /// All lines of a header together; of trailers, too.
    public var headSize = 32 * 1024
    /// Header fields; trailer fields, too.
    public var fieldCount = 100
    /// The line before a chunk.
    public var chunkLineLength = 256
    /// All extensions of a content's chunks together: they are read for nothing.
    public var chunkExtensionSize = 4096

    /// The limits that these lines show.
    public init() {}
}
