import HTTP
import Testing

/// A request and what is said to it: nil where it is taken.
struct RequestCase: Sendable, CustomTestStringConvertible {
    let clause: String
    let octets: [UInt8]
    let status: Int?

    init(_ clause: String, _ octets: [UInt8], _ status: Int?) {
        self.clause = clause
        self.octets = octets
        self.status = status
    }

    init(_ clause: String, _ text: String, _ status: Int?) { self.init(clause, Array(text.utf8), status) }

    var testDescription: String { clause }
}

/// What the reader says to requests, whole and octet by octet.
@Suite struct RequestVerdictTests {
    static let startLines: [RequestCase] = [
        RequestCase("RFC 9112 3: the plain form", request("GET / HTTP/1.1"), nil),
        RequestCase("RFC 9112 2.2: one empty line before it", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", nil),
        RequestCase("RFC 9112 2.2: no more than one", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        RequestCase("RFC 9112 2.2: bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400),
        RequestCase("RFC 9112 2.2: bare CR in the line", "GET /\r HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        RequestCase("RFC 9112 2.2: whitespace before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400),
        RequestCase("RFC 9112 3: two spaces", request("GET  / HTTP/1.1"), 400),
        RequestCase("RFC 9112 3: a space before", request(" GET / HTTP/1.1"), 400),
        RequestCase("RFC 9112 3: a space behind", request("GET / HTTP/1.1 "), 400),
        RequestCase("RFC 9112 3: tabs", request("GET\t/\tHTTP/1.1"), 400),
        RequestCase("RFC 9112 3: no version, as HTTP/0.9", request("GET /"), 400),
        RequestCase("RFC 9112 3.1: a method that is no token", request("GE(T / HTTP/1.1"), 400),
        RequestCase("RFC 9110 9.1: an unknown method is for the handler", request("BREW / HTTP/1.1"), nil),
        RequestCase(
            "RFC 9112 3: a method of 33 letters", request(String(repeating: "A", count: 33) + " / HTTP/1.1"), 501),
        RequestCase("RFC 9112 2.3: lower case", request("GET / http/1.1"), 400),
        RequestCase("RFC 9112 2.3: HTTP/1.1 with more digits", request("GET / HTTP/1.10"), 400),
        RequestCase("RFC 9112 2.3: HTTP/2.0", request("GET / HTTP/2.0"), 505),
        RequestCase("RFC 9113 3.4: the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        RequestCase("RFC 9110 2.5: a later 1.x is 1.1", request("GET / HTTP/1.7"), nil),
        RequestCase("RFC 9112 2.3: HTTP/1.0 needs no Host", request("GET / HTTP/1.0", host: nil), nil),
        RequestCase("TLS to a port that speaks none", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, 13, 10, 13, 10], 400),
        RequestCase("a NUL in the line", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        RequestCase(
            "RFC 9112 3: 8,000 octets are taken", request("GET /" + String(repeating: "a", count: 7980) + " HTTP/1.1"),
            nil),
        RequestCase(
            "RFC 9112 3: what is too long is 414", request("GET /" + String(repeating: "a", count: 8200) + " HTTP/1.1"),
            414),
    ]

    static let targets: [RequestCase] = [
        RequestCase("RFC 9112 3.2.1: origin form with a query", request("GET /a/b%20c?x=/?&y HTTP/1.1"), nil),
        RequestCase("RFC 9112 3.2.2: absolute form", request("GET http://h/a HTTP/1.1"), nil),
        RequestCase(
            "RFC 9112 3.2.2: absolute form without a path", request("GET HTTPS://h:80?q HTTP/1.1", host: "h:80"), nil),
        RequestCase("RFC 9112 3.2.2: absolute form for another host", request("GET http://i/a HTTP/1.1"), 400),
        RequestCase("RFC 9110 4.2.4: user information", request("GET http://u@h/a HTTP/1.1"), 400),
        RequestCase("RFC 9112 3.2.3: authority form", request("CONNECT h:443 HTTP/1.1"), 501),
        RequestCase("RFC 9112 3.2.3: authority form with GET", request("GET h:443 HTTP/1.1"), 400),
        RequestCase("RFC 9112 3.2.4: OPTIONS *", request("OPTIONS * HTTP/1.1"), nil),
        RequestCase("RFC 9112 3.2.4: GET *", request("GET * HTTP/1.1"), 400),
        RequestCase("RFC 9112 3.2: another scheme", request("GET file:///etc/passwd HTTP/1.1"), 400),
        RequestCase("RFC 9112 3.2: a fragment", request("GET /a#b HTTP/1.1"), 400),
        RequestCase("RFC 3986 2.1: a lone percent", request("GET /a% HTTP/1.1"), 400),
        RequestCase("RFC 3986 2.1: one digit", request("GET /a%2 HTTP/1.1"), 400),
        RequestCase("RFC 3986 2.1: no digits", request("GET /%zz HTTP/1.1"), 400),
        RequestCase("RFC 3986 2.1: a bad escape in the query", request("GET /?a=%f HTTP/1.1"), 400),
        RequestCase("RFC 3986 3.3: a slash in disguise", request("GET /a%2Fb HTTP/1.1"), 400),
        RequestCase("a backslash in disguise", request("GET /a%5cb HTTP/1.1"), 400),
        RequestCase("a backslash", request("GET /a\\b HTTP/1.1"), 400),
        RequestCase("RFC 3986 5.2.4: dot segments", request("GET /a/../b HTTP/1.1"), 400),
        RequestCase("RFC 3986 5.2.4: dot segments in disguise", request("GET /%2e%2E/b HTTP/1.1"), 400),
        RequestCase("RFC 3986 5.2.4: a single dot", request("GET /./b HTTP/1.1"), 400),
        RequestCase("two slashes", request("GET //b HTTP/1.1"), 400),
        RequestCase("a NUL in disguise", request("GET /a%00 HTTP/1.1"), 400),
        RequestCase("a line's end in disguise", request("GET /a%0d%0aX:%20y HTTP/1.1"), 400),
        RequestCase("octets that are no UTF-8", request("GET /%ff HTTP/1.1"), 400),
        RequestCase("an overlong dot", request("GET /%c0%ae%c0%ae/ HTTP/1.1"), 400),
        RequestCase("letters that are not ASCII", request("GET /ä HTTP/1.1"), 400),
        RequestCase("the same encoded", request("GET /%C3%A4 HTTP/1.1"), nil),
        RequestCase("a quote in the query", request("GET /?\" HTTP/1.1"), 400),
    ]

    static let fields: [RequestCase] = [
        RequestCase(
            "RFC 9112 5: no space is needed, blanks are cut", request("GET / HTTP/1.1", ["A:b", "B: \t c \t"]), nil),
        RequestCase("RFC 9112 5: an empty value", request("GET / HTTP/1.1", ["A:"]), nil),
        RequestCase("RFC 9112 5.1: whitespace before the colon", request("GET / HTTP/1.1", ["A : b"]), 400),
        RequestCase("RFC 9112 5.1: a tab before the colon", request("GET / HTTP/1.1", ["A\t: b"]), 400),
        RequestCase("RFC 9112 5.2: obs-fold", request("GET / HTTP/1.1", ["A: b", " c"]), 400),
        RequestCase("RFC 9112 5.2: obs-fold with a tab", request("GET / HTTP/1.1", ["A: b", "\tc"]), 400),
        RequestCase("RFC 9112 5: no colon", request("GET / HTTP/1.1", ["A"]), 400),
        RequestCase("RFC 9112 5: no name", request("GET / HTTP/1.1", [": b"]), 400),
        RequestCase("RFC 9110 5.6.2: a name that is no token", request("GET / HTTP/1.1", ["A(: b"]), 400),
        RequestCase("RFC 9110 5.6.2: a name with an octet above 127", request("GET / HTTP/1.1", ["Ä: b"]), 400),
        RequestCase("RFC 9110 5.5: obs-text is opaque", request("GET / HTTP/1.1", ["A: ä"]), nil),
        RequestCase("RFC 9110 5.5: a NUL", request("GET / HTTP/1.1", ["A: b\0c"]), 400),
        RequestCase("RFC 9110 5.5: a control character", request("GET / HTTP/1.1", ["A: b\u{1b}[2J"]), 400),
        RequestCase("RFC 9110 5.5: DEL", request("GET / HTTP/1.1", ["A: b\u{7f}"]), 400),
        RequestCase("RFC 9112 2.2: a bare CR in a value", request("GET / HTTP/1.1", ["A: b\rX: c"]), 400),
        RequestCase("RFC 9112 2.2: a bare LF in a value", request("GET / HTTP/1.1", ["A: b\nX: c"]), 400),
        RequestCase("RFC 9112 2.2: CR CR LF", request("GET / HTTP/1.1", ["A: b\r"]), 400),
        RequestCase("RFC 9112 3.2: no Host", request("GET / HTTP/1.1", host: nil), 400),
        RequestCase("RFC 9112 3.2: two Hosts", request("GET / HTTP/1.1", ["host: h"]), 400),
        RequestCase("RFC 9112 3.2: two Hosts with HTTP/1.0", request("GET / HTTP/1.0", ["host: h"]), 400),
        RequestCase("RFC 9110 7.2: an empty Host", request("GET / HTTP/1.1", host: ""), 400),
        RequestCase("RFC 9110 7.2: a Host with a path", request("GET / HTTP/1.1", host: "h/a"), 400),
        RequestCase("RFC 9110 7.2: a Host with user information", request("GET / HTTP/1.1", host: "u@h"), 400),
        RequestCase("RFC 9110 7.2: a list of Hosts", request("GET / HTTP/1.1", host: "h, i"), 400),
        RequestCase("RFC 9110 7.2: a port that is none", request("GET / HTTP/1.1", host: "h:65536"), 400),
        RequestCase("RFC 9110 7.2: no port behind the colon", request("GET / HTTP/1.1", host: "h:"), 400),
        RequestCase("RFC 9110 7.2: an IPv6 address", request("GET / HTTP/1.1", host: "[::1]:8443"), nil),
        RequestCase("RFC 6585 5: 100 fields are taken", request("GET / HTTP/1.1", (1...99).map { "A\($0): b" }), nil),
        RequestCase("RFC 6585 5: 101 fields are not", request("GET / HTTP/1.1", (1...100).map { "A\($0): b" }), 431),
        RequestCase(
            "RFC 6585 5: a line of more than 8 KiB",
            request("GET / HTTP/1.1", ["A: " + String(repeating: "b", count: 8200)]), 431),
        RequestCase(
            "RFC 6585 5: a header of more than 32 KiB",
            request("GET / HTTP/1.1", (1...5).map { "A\($0): " + String(repeating: "b", count: 8000) }), 431),
    ]

    @Test(arguments: startLines + targets + fields)
    func saysToHead(_ one: RequestCase) {
        let whole = readRequests(one.octets)
        #expect(whole.status == one.status, "\(whole)")
        #expect(whole.ends == (one.status == nil ? 1 : 0))
        for size in [1, 2, 3, 7] {
            #expect(readRequests(one.octets, inPiecesOf: size) == whole, "in pieces of \(size)")
        }
    }

    @Test(arguments: ["GET", "POST"])
    func aRequestWithoutLengthHasNoContent(method: String) {
        // RFC 9112 section 6.3, rule 7.
        let message = readRequests(request("\(method) / HTTP/1.1", content: "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"))
        #expect(message.heads.count == 2)
        #expect(message.content.isEmpty)
    }
}
