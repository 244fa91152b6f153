import HTTP
import Testing

/// What the reader says to answers.
@Suite struct ResponseVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let clause: String
        let text: String
        let method: HTTPMethod
        let isTaken: Bool
        let content: String
        let ends: Int

        init(_ clause: String, _ text: String, method: HTTPMethod = .get, _ content: String?, ends: Int = 1) {
            self.clause = clause
            self.text = text.replacing("\n", with: "\r\n")
            self.method = method
            self.isTaken = content != nil
            self.content = content ?? ""
            self.ends = ends
        }

        var testDescription: String { clause }
    }

    static let cases: [Case] = [
        Case("RFC 9112 6.3.6: a length", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "hi"),
        Case("RFC 9112 6.3.4: chunks", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n", "hi"),
        Case("RFC 9112 6.3.8: until the connection ends", "HTTP/1.1 200 OK\n\nhi", "hi", ends: 0),
        Case("RFC 9112 6.3.1: to HEAD", "HTTP/1.1 200 OK\nContent-Length: 2\n\n", method: .head, ""),
        Case("RFC 9112 6.3.1: to HEAD, chunked", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", method: .head, ""),
        Case("RFC 9112 6.3.1: 204", "HTTP/1.1 204 No Content\n\n", ""),
        Case("RFC 9112 6.3.1: 304 with a length", "HTTP/1.1 304 Not Modified\nContent-Length: 2\n\n", ""),
        Case("RFC 9112 4: no words", "HTTP/1.1 200 \nContent-Length: 0\n\n", ""),
        Case("RFC 9112 4: no words and no space", "HTTP/1.1 200\nContent-Length: 0\n\n", ""),
        Case(
            "RFC 9110 15.2: 100 and 103 before it",
            "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: a\n\nHTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
            "hi"),
        Case(
            "RFC 9112 9.2: what follows is not read", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhiHTTP/1.1 500 X\n\n", "hi"
        ),
        Case("RFC 9110 15.2.2: 101 was not asked for", "HTTP/1.1 101 Switching Protocols\n\n", nil),
        Case("no end of answers that are none", String(repeating: "HTTP/1.1 100 Continue\n\n", count: 17), nil),
        Case("RFC 9112 4: two digits", "HTTP/1.1 20 OK\n\n", nil),
        Case("RFC 9110 15: 600", "HTTP/1.1 600 OK\n\n", nil),
        Case("RFC 9110 15: 099", "HTTP/1.1 099 OK\n\n", nil),
        Case("RFC 9112 2.3: HTTP/2", "HTTP/2 200\n\n", nil),
        Case("RFC 9112 2.3: ICY", "ICY 200 OK\n\n", nil),
        Case(
            "RFC 9112 6.3.3: a length and chunks", "HTTP/1.1 200 OK\nContent-Length: 2\nTransfer-Encoding: chunked\n\n",
            nil),
        Case("RFC 9112 6.3.5: two lengths", "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3\n\nhi!", nil),
        Case(
            "RFC 9112 6.3.5: two lengths to HEAD", "HTTP/1.1 200 OK\nContent-Length: 2\nContent-Length: 3\n\n",
            method: .head, nil),
        Case("RFC 9112 5.1: a blank before the colon", "HTTP/1.1 200 OK\nContent-Length : 2\n\nhi", nil),
        Case("RFC 9112 5.2: obs-fold", "HTTP/1.1 200 OK\nA: b\n c\n\n", nil),
        Case("RFC 9112 7.1: a chunk that lies", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2!\nhi\n0\n\n", nil),
    ]

    @Test(arguments: cases)
    func saysToResponse(_ one: Case) {
        let octets = Array(one.text.utf8)
        let whole = readResponse(octets, to: one.method)
        #expect((whole.failure == nil) == one.isTaken, "\(whole)")
        #expect(String(decoding: whole.content, as: UTF8.self) == one.content)
        #expect(whole.ends == (one.isTaken ? one.ends : 0))
        #expect(readResponse(octets, to: one.method, inPiecesOf: 1) == whole)
    }

    @Test func contentAboveTheLimitIsRefused() {
        let endless = Array("HTTP/1.1 200 OK\r\n\r\n0123456789a".utf8)
        #expect(readResponse(endless, contentLimit: 10).status == 413)
        #expect(readResponse(endless, contentLimit: 11).status == nil)
        #expect(readResponse(endless, inPiecesOf: 1, contentLimit: 10).content.count == 10)
    }
}
