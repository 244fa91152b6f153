/// Reads one request after the other from the octets that a client sends. A value that does no input or output: the same octets
/// give the same events, however they are cut.
public struct RequestReader: Sendable {
    /// What was found.
    public enum Event: Sendable, Equatable {
        /// A request's head.
        case head(RequestHead)
        /// A piece of its content: the octets at these places.
        case content(Range<Int>)
        /// The request is whole; another may follow.
        case end
    }

    private enum State {
        case head(HeadReader<RequestLine>)
        case framed(BodyFraming)
        case content(BodyReader)
    }

    private let limits: MessageLimits
    private var state: State
    /// How much content the request may have; to be set before the reader goes on behind a head.
    public var contentLimit = UInt64.max

    /// A reader at a connection's first octet.
    public init(_ limits: MessageLimits = MessageLimits()) {
        self.limits = limits
        state = .head(HeadReader(limits))
    }

    /// Whether a head has begun and is not whole.
    public var isInHead: Bool {
        if case .head(let head) = state { head.hasBegun } else { false }
    }

    /// Whether content is still to come, as far as can be told.
    public var expectsContent: Bool {
        switch state {
        case .head: false
        case .framed(let framing): framing != .none && framing != .length(0)
        case .content(let body): !body.isComplete
        }
    }

    /// Reads on from `index`, and leaves it behind what was read; nil where all octets were read.
    ///
    /// - Throws: where the octets are no request, or more than the limits. The connection is of no use then.
    public mutating func next(_ octets: Span<UInt8>, from index: inout Int) throws(HTTPMessageError) -> Event? {
        while true {
            switch state {
            case .head(var head):
                guard let (line, fields) = try head.next(octets, from: &index) else {
                    state = .head(head)
                    return nil
                }
                let request = try RequestHead(line, fields)
                state = .framed(try BodyFraming(of: request))
                return .head(request)
            case .framed(let framing):
                state = .content(try BodyReader(framing, limit: contentLimit, limits))
            case .content(var body):
                if body.isComplete {
                    state = .head(HeadReader(limits))
                    contentLimit = .max
                    return .end
                }
                guard index < octets.count else { return nil }
                let piece = try body.next(octets, from: &index)
                state = .content(body)
                if !piece.isEmpty { return .content(piece) }
            }
        }
    }
}
