/// What answers requests. One for all connections, called on their reactors: it must not wait for anything there.
public protocol HTTPHandler: Sendable {
    /// A request's head has come. What is returned says what becomes of its content, and may be the answer.
    func react(to request: HTTPRequest, _ exchange: HTTPExchange) -> HTTPReaction
}

/// What a handler does about a request.
public enum HTTPReaction: Sendable {
    /// Answers at once. Content that comes nevertheless is not read, and the connection ends.
    case answer(HTTPResponse)
    /// Answers by `HTTPExchange.answer`, and has no use for content.
    case answerLater
    /// Wants the content whole, if it has no more octets than that (413), and then goes on, still on the reactor.
    case collect(upTo: Int, then: @Sendable ([UInt8], HTTPExchange) -> Void)
    /// Wants the content piece by piece, if it has no more octets than that (413).
    case stream(upTo: UInt64, to: any HTTPContentReceiver)
}

/// What takes a request's content piece by piece. Called on the reactor: it hands the pieces to a thread that may wait.
public protocol HTTPContentReceiver: AnyObject, Sendable {
    /// A piece, of some ten thousand octets at most. No more is read before `HTTPExchange.proceed` is called, from any thread; who
    /// drops the exchange instead gives the request up (500).
    func received(_ piece: [UInt8], _ exchange: HTTPExchange)
    /// All of it has come, and every piece was proceeded from. An answer is due now, from any thread.
    func completed(_ exchange: HTTPExchange)
    /// The rest will never come: what was received is of no use. There is nobody left to answer.
    func failed(_ reason: String)
}
