import HTTP

/// Reads the input as requests and as an answer, whole and octet by octet: the same comes out, and content stays in its limit. What
/// is taken for a target leads nowhere.
func fuzzHTTP(_ input: [UInt8]) throws {
    let requests = readRequests(input, inPiecesOf: .max)
    try demand(readRequests(input, inPiecesOf: 1) == requests, "a request is the same however it is cut")
    for head in requests.heads {
        for segment in head.target.segments {
            try demand(segment != "." && segment != "..", "no segment leads elsewhere")
            try demand(
                !segment.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 0x20 },
                "a segment is one segment")
        }
        try demand(head.authority != nil || head.version == .http10, "it is known for whom the request is")
        let framings = head.fields.values("Content-Length").count + head.fields.values("Transfer-Encoding").count
        try demand(framings <= 1, "the end of a request can be read in one way only")
    }
    for method in [HTTPMethod.get, .head] {
        let response = readResponse(input, to: method, inPiecesOf: .max)
        try demand(
            readResponse(input, to: method, inPiecesOf: 1) == response, "an answer is the same however it is cut")
        try demand(method == .get || response.content.isEmpty, "there is no content to HEAD")
    }
}

private let contentLimit = 64

private struct Requests: Equatable {
    var heads: [RequestHead] = []
    var content: [UInt8] = []
    var ends = 0
    var failure: HTTPMessageError?
}

private func readRequests(_ input: [UInt8], inPiecesOf size: Int) -> Requests {
    var reader = RequestReader()
    var found = Requests()
    var (rest, count) = (input[...], 0)
    do throws(HTTPMessageError) {
        while !rest.isEmpty {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(piece.count)
            var index = 0
            while let event = try reader.next(piece.span, from: &index) {
                switch event {
                case .head(let head):
                    found.heads.append(head)
                    reader.contentLimit = UInt64(contentLimit)
                    count = 0
                case .content(let range):
                    found.content += piece[range]
                    count += range.count
                    precondition(count <= contentLimit)
                case .end: found.ends += 1
                }
            }
        }
    } catch {
        found.failure = error
    }
    return found
}

private struct Response: Equatable {
    var heads: [ResponseHead] = []
    var content: [UInt8] = []
    var ends = 0
    var failure: HTTPMessageError?
}

private func readResponse(_ input: [UInt8], to method: HTTPMethod, inPiecesOf size: Int) -> Response {
    var reader = ResponseReader(to: method)
    var found = Response()
    var rest = input[...]
    do throws(HTTPMessageError) {
        while !rest.isEmpty {
            let piece = Array(rest.prefix(size))
            rest = rest.dropFirst(piece.count)
            var index = 0
            while let event = try reader.next(piece.span, from: &index) {
                switch event {
                case .head(let head):
                    found.heads.append(head)
                    reader.contentLimit = .max
                case .content(let range): found.content += piece[range]
                case .end: found.ends += 1
                }
            }
        }
    } catch {
        found.failure = error
    }
    return found
}

/// Each framing, each form of a target.
let httpSeeds: [[UInt8]] = [
    "GET /a/b%20c?d=e HTTP/1.1\r\nHost: h:8443\r\nRange: bytes=0-4\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "POST http://[::1]/a HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\\\"\";c\r\nhello\r\n0\r\nA: b\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 0-1/5\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    "HTTP/1.0 200\r\nETag: \"a\"\r\n\r\nhello",
].map { Array($0.utf8) }
