import Transport

/// One connection to a server, for one call at a time.
///
/// `@unchecked Sendable` because the client lets one thread at a time have it: whoever takes it out of the idle ones.
final class HTTPClientConnection: @unchecked Sendable {
    private static let pieceSize = 64 * 1024
    private static let continueTimeout: UInt64 = 1000

    private let stream: OutgoingStream
    private let url: HTTPURL
    private let settings: HTTPClient.Settings
    /// Whether the last answer came whole, with nothing behind it, and the server goes on.
    private(set) var isReusable = false
    /// Whether the server has said nothing about the last request.
    private(set) var isAnswerUntouched = true

    init(_ url: HTTPURL, _ settings: HTTPClient.Settings, deadline: UInt64) throws(HTTPClientError) {
        self.url = url
        self.settings = settings
        guard !url.isSecure || settings.tls != nil else {
            throw HTTPClientError(.notConnected, url, "this client speaks no TLS")
        }
        let limit = min(deadline, monotonicMilliseconds() &+ settings.connectTimeout)
        do throws(TransportError) {
            stream =
                if let path = settings.unixSocket { try OutgoingStream(unixSocket: path) } else {
                    try OutgoingStream(host: url.host, port: url.port, deadline: limit)
                }
            if url.isSecure, let tls = settings.tls { try stream.startTLS(tls, serverName: url.host, deadline: limit) }
        } catch { throw HTTPClientError(error, url, otherwise: .notConnected) }
    }

    func isFor(_ other: HTTPURL) -> Bool {
        url.isSecure == other.isSecure && url.host == other.host && url.port == other.port
    }

    /// Whether nothing has come since the last answer, not even the connection's end.
    var isQuiet: Bool { stream.isQuiet }

    /// Sends a request, and passes the answer on as it comes.
    func perform(_ call: HTTPCall, to sink: any HTTPSink, limit: UInt64, deadline: UInt64) throws(HTTPClientError)
        -> ResponseHead
    {
        isReusable = false
        isAnswerUntouched = true
        var answer = AnswerIntake(call, settings, limit: limit)
        do throws(HTTPClientError) { try sendRequest(call, &answer, to: sink, deadline: deadline) } catch
            where error.kind == .interrupted
        {
            // It may have answered before it closed: that it wants no more, and why.
            try? receive(call, &answer, to: sink, deadline: deadline)
            guard let head = answer.completeHead else { throw error }
            return head
        }
        try receive(call, &answer, to: sink, deadline: deadline)
        guard let head = answer.completeHead else { throw failure(.interrupted, "the answer is not whole") }
        isReusable = answer.leavesConnection
        return head
    }

    // MARK: - The request

    private func sendRequest(_ call: HTTPCall, _ answer: inout AnswerIntake, to sink: any HTTPSink, deadline: UInt64)
        throws(HTTPClientError)
    {
        var fields = call.fields
        fields.set("Host", call.url.authority)
        if let count = call.content.count { fields.set("Content-Length", "\(count)") }
        let waits = call.content.count ?? 0 > settings.expectsContinueAbove
        if waits { fields.set("Expect", "100-continue") }
        var head = HeadWriter.request(call.method, call.url.target, fields)
        if case .octets(let octets) = call.content, !waits {
            head += octets
            return try write(head.span, call, deadline)
        }
        try write(head.span, call, deadline)
        if waits {
            try awaitContinue(call, &answer, to: sink, deadline: deadline)
            if answer.hasHead { return answer.sentNothing() }
        }
        try sendContent(call, deadline)
    }

    private func sendContent(_ call: HTTPCall, _ deadline: UInt64) throws(HTTPClientError) {
        switch call.content {
        case .none: break
        case .octets(let octets): try write(octets.span, call, deadline)
        case .file(let file):
            var sending = FileSending(file, 0..<file.size)
            while sending.left > 0 {
                guard let piece = sending.next() else {
                    throw failure(.local, "the file to be sent has become shorter")
                }
                try write(piece.span, call, deadline)
            }
        }
    }

    private func write(_ octets: Span<UInt8>, _ call: HTTPCall, _ deadline: UInt64) throws(HTTPClientError) {
        var start = 0
        while start < octets.count {
            let piece = octets.extracting(start..<min(start + Self.pieceSize, octets.count))
            do throws(TransportError) {
                try stream.write(piece, deadline: min(deadline, monotonicMilliseconds() &+ call.silenceTimeout))
            } catch { throw HTTPClientError(error, url, otherwise: .interrupted) }
            start += piece.count
        }
    }

    /// Waits until the server asks for the content, or answers without it, or has not said anything for long enough (RFC 9110
    /// section 10.1.1).
    private func awaitContinue(_ call: HTTPCall, _ answer: inout AnswerIntake, to sink: any HTTPSink, deadline: UInt64)
        throws(HTTPClientError)
    {
        let limit = min(deadline, monotonicMilliseconds() &+ Self.continueTimeout)
        while !answer.isContinued, !answer.hasHead {
            do throws(HTTPClientError) { try receivePiece(&answer, to: sink, deadline: limit) } catch
                where error.kind == .timeout && monotonicMilliseconds() < deadline
            { return }
        }
    }

    // MARK: - The answer

    private func receive(_ call: HTTPCall, _ answer: inout AnswerIntake, to sink: any HTTPSink, deadline: UInt64)
        throws(HTTPClientError)
    {
        while !answer.isComplete {
            try receivePiece(&answer, to: sink, deadline: min(deadline, monotonicMilliseconds() &+ call.silenceTimeout))
        }
    }

    private func receivePiece(_ answer: inout AnswerIntake, to sink: any HTTPSink, deadline: UInt64)
        throws(HTTPClientError)
    {
        let octets: [UInt8]
        do throws(TransportError) { octets = try stream.read(upTo: Self.pieceSize, deadline: deadline) } catch {
            throw HTTPClientError(error, url, otherwise: .interrupted)
        }
        isAnswerUntouched = isAnswerUntouched && octets.isEmpty
        do { try answer.take(octets.span, to: sink) } catch let error as HTTPMessageError {
            throw HTTPClientError(error, url)
        } catch let error as HTTPClientError { throw error } catch {
            throw failure(.local, "whoever takes the answer could not: \(error)")
        }
        if octets.isEmpty, !answer.isComplete {
            throw failure(.interrupted, "the server closed the connection in the middle of the answer")
        }
    }

    private func failure(_ kind: HTTPClientError.Kind, _ reason: String) -> HTTPClientError {
        HTTPClientError(kind, url, reason)
    }
}
