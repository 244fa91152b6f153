import HTTP
import Testing

/// Requests whose end could be read in two ways (RFC 9112 section 11.2): one of two servers in a row would take content for a
/// request, or a request for content. All are refused; and what is framed well ends where it says.
@Suite struct SmugglingTests {
    static let refused: [RequestCase] = [
        RequestCase(
            "RFC 9112 6.3.3: CL and TE",
            request(fields: ["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"), 400),
        RequestCase(
            "RFC 9112 6.3.3: TE and CL",
            request(fields: ["Transfer-Encoding: chunked", "Content-Length: 0"], "0\r\n\r\n"), 400),
        RequestCase(
            "RFC 9112 6.3.5: two lengths", request(fields: ["Content-Length: 5", "Content-Length: 6"], "hello!"), 400),
        RequestCase(
            "RFC 9110 8.6: the same length twice",
            request(fields: ["Content-Length: 5", "Content-Length: 5"], "hello"), 400),
        RequestCase("RFC 9110 8.6: a list of lengths", request(fields: ["Content-Length: 5, 5"], "hello"), 400),
        RequestCase("RFC 9110 8.6: an empty length", request(fields: ["Content-Length:"]), 400),
        RequestCase("RFC 9110 8.6: a sign", request(fields: ["Content-Length: +5"], "hello"), 400),
        RequestCase("RFC 9110 8.6: a negative length", request(fields: ["Content-Length: -1"]), 400),
        RequestCase("RFC 9110 8.6: a hexadecimal length", request(fields: ["Content-Length: 0x5"], "hello"), 400),
        RequestCase("RFC 9110 8.6: a fraction", request(fields: ["Content-Length: 5.0"], "hello"), 400),
        RequestCase("RFC 9110 8.6: a blank inside", request(fields: ["Content-Length: 1 0"], "0123456789"), 400),
        RequestCase("RFC 9110 8.6: digits that are not ASCII", request(fields: ["Content-Length: ５"], "hello"), 400),
        RequestCase("RFC 9110 8.6: more than 64 bits", request(fields: ["Content-Length: 18446744073709551616"]), 400),
        RequestCase(
            "RFC 9112 6.1: chunked not last", request(fields: ["Transfer-Encoding: chunked, gzip"], "0\r\n\r\n"), 501),
        RequestCase(
            "RFC 9112 6.1: another coding", request(fields: ["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n"), 501),
        RequestCase(
            "RFC 9112 6.1: chunked twice", request(fields: ["Transfer-Encoding: chunked, chunked"], "0\r\n\r\n"), 501),
        RequestCase(
            "RFC 9112 6.1: chunked in two lines",
            request(fields: ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]), 501),
        RequestCase("RFC 9112 6.1: identity", request(fields: ["Transfer-Encoding: identity"]), 501),
        RequestCase(
            "RFC 9112 6.1: identity beside chunked",
            request(fields: ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"]), 501),
        RequestCase("RFC 9112 6.1: an empty coding", request(fields: ["Transfer-Encoding:"]), 501),
        RequestCase("RFC 9112 6.1: a coding in quotes", request(fields: ["Transfer-Encoding: \"chunked\""]), 501),
        RequestCase(
            "RFC 9112 6.1: a vertical tab before chunked", request(fields: ["Transfer-Encoding: \u{b}chunked"]), 400),
        RequestCase("RFC 9112 6.1: a parameter", request(fields: ["Transfer-Encoding: chunked;a=b"]), 501),
        RequestCase(
            "RFC 9112 5.1: TE with a blank before the colon", request(fields: ["Transfer-Encoding : chunked"]), 400),
        RequestCase("RFC 9112 5.2: TE in a folded line", request(fields: ["Transfer-Encoding:", " chunked"]), 400),
        RequestCase("RFC 9112 2.2: TE behind a bare LF", request(fields: ["A: b\nTransfer-Encoding: chunked"]), 400),
        RequestCase(
            "RFC 9112 6.1: TE with HTTP/1.0",
            request("POST / HTTP/1.0", ["Transfer-Encoding: chunked"], content: "0\r\n\r\n"), 400),
    ]

    static let chunks: [(clause: String, content: String, status: Int?)] = [
        ("RFC 9112 7.1: chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", nil),
        ("RFC 9112 7.1: none", "0\r\n\r\n", nil),
        ("RFC 9112 7.1: sizes in either case, with zeros", "00A\r\n0123456789\r\n0a\r\n0123456789\r\n000\r\n\r\n", nil),
        ("RFC 9112 7.1.1: extensions", "5;a;b=c ; d = \"e\\\"f\"\r\nhello\r\n0;x\r\n\r\n", nil),
        ("RFC 9112 7.1.2: trailers", "0\r\nX-Digest: abc\r\n\r\n", nil),
        ("RFC 9112 7.1: no size", "\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a size that is none", "g\r\n", 400),
        ("RFC 9112 7.1: a sign", "+5\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: 0x", "0x5\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a blank before the size", " 5\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a blank behind the size", "5 \r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: 16 digits", "0000000000000005\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: more than 64 bits", "fffffffffffffffff\r\n", 400),
        ("RFC 9112 7.1: a size that wraps", "10000000000000005\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a bare LF behind the size", "5\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a bare CR behind the size", "5\rhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a chunk longer than it says", "5\r\nhello!\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: a bare LF behind the chunk", "5\r\nhello\n0\r\n\r\n", 400),
        ("RFC 9112 7.1: nothing behind the chunk", "5\r\nhello0\r\n\r\n", 400),
        ("RFC 9112 7.1.1: an extension without a name", "5;\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1.1: an extension without a value", "5;a=\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1.1: quotes without end", "5;a=\"b\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1.1: a bare LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n", 400),
        ("RFC 9112 7.1.1: a control character in quotes", "5;a=\"\u{1}\"\r\nhello\r\n0\r\n\r\n", 400),
        (
            "RFC 9112 7.1.1: a line of more than 256 octets",
            "5;a=\(String(repeating: "b", count: 300))\r\nhello\r\n0\r\n\r\n", 400
        ),
        (
            "RFC 9112 7.1.1: extensions of more than 4 KiB in all",
            String(repeating: "1;a=\(String(repeating: "b", count: 200))\r\nx\r\n", count: 30), 400
        ),
        ("RFC 9110 6.5.1: a length in the trailers", "0\r\nContent-Length: 5\r\n\r\n", 400),
        ("RFC 9110 6.5.1: a coding in the trailers", "0\r\ntransfer-encoding: chunked\r\n\r\n", 400),
        ("RFC 9110 6.5.1: a host in the trailers", "0\r\nHost: h\r\n\r\n", 400),
        ("RFC 9112 7.1.2: a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", 400),
        ("RFC 9112 7.1.2: 101 trailers", "0\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n", 431),
        ("RFC 9112 7.1.2: a long trailer", "0\r\nA: " + String(repeating: "b", count: 8200) + "\r\n\r\n", 431),
    ]

    @Test(arguments: refused)
    func refuses(_ one: RequestCase) {
        let whole = readRequests(one.octets)
        #expect(whole.status == one.status, "\(whole)")
        #expect(whole.ends == 0 && whole.content.isEmpty)
        #expect(readRequests(one.octets, inPiecesOf: 1) == whole)
    }

    @Test(
        arguments: chunks.map {
            RequestCase($0.clause, request(fields: ["Transfer-Encoding: Chunked"], $0.content), $0.status)
        })
    func saysToChunks(_ one: RequestCase) {
        let whole = readRequests(one.octets)
        #expect(whole.status == one.status, "\(whole)")
        #expect(whole.ends == (one.status == nil ? 1 : 0))
        for size in [1, 2, 5, 11] {
            #expect(readRequests(one.octets, inPiecesOf: size) == whole, "in pieces of \(size)")
        }
    }

    @Test func contentEndsWhereItSays() {
        let next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"
        let inner = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
        let chunk = String(inner.utf8.count, radix: 16)
        for octets in [
            request(fields: ["Content-Length: \(inner.utf8.count)"], inner + next),
            request(fields: ["Transfer-Encoding: chunked"], "\(chunk)\r\n\(inner)\r\n0\r\n\r\n" + next),
            request(fields: ["Transfer-Encoding: chunked"], "\(chunk);a=\"0\"\r\n\(inner)\r\n0\r\nA: b\r\n\r\n" + next),
        ] {
            for size in [1, 13, .max] {
                let message = readRequests(octets, inPiecesOf: size)
                #expect(message.heads == ["POST /a HTTP/1.1", "GET /next HTTP/1.1"])
                #expect(message.content == Array(inner.utf8))
                #expect(message.ends == 2 && message.failure == nil)
            }
        }
    }

    @Test func contentAboveTheLimitIsRefusedAsSoonAsThatIsKnown() {
        #expect(readRequests(request(fields: ["Content-Length: 11"]), contentLimit: 10).status == 413)
        #expect(readRequests(request(fields: ["Content-Length: 10"], "0123456789"), contentLimit: 10).status == nil)
        let chunked = request(fields: ["Transfer-Encoding: chunked"], "5\r\nhello\r\n6\r\n")
        #expect(readRequests(chunked, contentLimit: 10).status == 413)
        #expect(readRequests(chunked, contentLimit: 11).status == nil)
        #expect(
            readRequests(request(fields: ["Transfer-Encoding: chunked"], "fffffffffffffff\r\n"), contentLimit: 10)
                .status == 413)
    }
}

private func request(fields: [String], _ content: String = "") -> [UInt8] {
    request("POST /a HTTP/1.1", fields, content: content)
}
