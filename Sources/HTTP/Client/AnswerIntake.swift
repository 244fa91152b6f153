/// An answer on its way to whoever wants it.
struct AnswerIntake {
    private var reader: ResponseReader
    private let limit: UInt64
    private let takesAnswersWithoutLength: Bool
    private var head: ResponseHead?
    private var hasRest = false
    private var requestIsWhole = true

    /// Whether the server has asked for the request's content.
    private(set) var isContinued = false
    /// Whether all of it has come.
    private(set) var isComplete = false

    init(_ call: HTTPCall, _ settings: HTTPClient.Settings, limit: UInt64) {
        reader = ResponseReader(to: call.method, settings.limits)
        takesAnswersWithoutLength = settings.takesAnswersWithoutLength
        self.limit = limit
    }

    /// Whether the server has answered, though the content may be to come.
    var hasHead: Bool { head != nil }

    /// The head of an answer that has come whole.
    var completeHead: ResponseHead? { isComplete ? head : nil }

    /// Whether the connection can be used for another call.
    var leavesConnection: Bool { isComplete && !hasRest && requestIsWhole && head?.keepsConnection == true }

    /// The request's content was not sent: the server may still wait for it.
    mutating func sentNothing() { requestIsWhole = false }

    /// Passes on what has come; no octets are the connection's end.
    mutating func take(_ octets: Span<UInt8>, to sink: any HTTPSink) throws {
        var index = 0
        while let event = try reader.next(octets, from: &index) {
            switch event {
            case .head(let head):
                if head.status.isInformational {
                    isContinued = isContinued || head.status == .continue
                    continue
                }
                if reader.endsWithConnection, !takesAnswersWithoutLength {
                    throw HTTPMessageError.malformed("it has no length, so that nobody can tell whether it is whole")
                }
                reader.contentLimit = limit
                self.head = head
                try sink.begin(head)
            case .content(let range): try sink.receive(octets.extracting(range))
            case .end: isComplete = true
            }
        }
        if octets.isEmpty, head != nil, reader.endsWithConnection {
            isComplete = true
            hasRest = true
        }
        if index < octets.count { hasRest = true }
    }
}
