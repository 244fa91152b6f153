/// Reads the answer to one request from the octets that a server sends. A value that does no input or output.
public struct ResponseReader: Sendable {
    /// What was found.
    public enum Event: Sendable, Equatable {
        /// The answer's head; one with a status of 1xx is not the answer yet.
        case head(ResponseHead)
        /// A piece of its content: the octets at these places.
        case content(Range<Int>)
        /// The answer is whole.
        case end
    }

    private enum State {
        case head(HeadReader<StatusLine>)
        case framed(BodyFraming)
        case content(BodyReader)
        case complete
    }

    /// More than any server has reason to send.
    private static let mostInformational = 16

    private let limits: MessageLimits
    private let method: HTTPMethod
    private var state: State
    private var informationalCount = 0
    /// How much content the answer may have; to be set before the reader goes on behind the head.
    public var contentLimit = UInt64.max

    /// A reader for the answer to a request with that method.
    public init(to method: HTTPMethod, _ limits: MessageLimits = MessageLimits()) {
        self.method = method
        self.limits = limits
        state = .head(HeadReader(limits))
    }

    /// Whether nothing of it has come.
    public var isUntouched: Bool {
        if case .head(let head) = state { !head.hasBegun && informationalCount == 0 } else { false }
    }

    /// Whether only the connection's end tells where the content ends, so that nobody can tell whether all of it came.
    public var endsWithConnection: Bool {
        switch state {
        case .framed(let framing): framing == .untilClose
        case .content(let body): body.endsWithConnection
        case .head, .complete: false
        }
    }

    /// Reads on from `index`, and leaves it behind what was read; nil where all octets were read, or the answer is whole.
    ///
    /// - Throws: where the octets are no answer, or more than the limits.
    public mutating func next(_ octets: Span<UInt8>, from index: inout Int) throws(HTTPMessageError) -> Event? {
        while true {
            switch state {
            case .head(var head):
                guard let (line, fields) = try head.next(octets, from: &index) else {
                    state = .head(head)
                    return nil
                }
                return .head(try take(ResponseHead(line, fields)))
            case .framed(let framing):
                state = .content(try BodyReader(framing, limit: contentLimit, limits))
            case .content(var body):
                if body.isComplete {
                    state = .complete
                    return .end
                }
                guard index < octets.count else { return nil }
                let piece = try body.next(octets, from: &index)
                state = .content(body)
                if !piece.isEmpty { return .content(piece) }
            case .complete: return nil
            }
        }
    }

    private mutating func take(_ head: ResponseHead) throws(HTTPMessageError) -> ResponseHead {
        guard head.status.isInformational else {
            state = .framed(try BodyFraming(of: head, to: method))
            return head
        }
        informationalCount += 1
        guard head.status != .switchingProtocols, informationalCount <= Self.mostInformational else {
            throw .malformed("the server changes the protocol, or has no end of answers that are none")
        }
        state = .head(HeadReader(limits))
        return head
    }
}
