import Testing

@testable import HTTP

/// The parts of messages by themselves.
@Suite struct MessagePartsTests {
    private func target(_ text: String) throws -> RequestTarget { try RequestTarget(parsing: Array(text.utf8)[...]) }

    @Test func aTargetIsTakenApartBeforeItIsDecoded() throws {
        #expect(try target("/").segments == [])
        #expect(try target("/a/b%20c").segments == ["a", "b c"])
        #expect(try target("/a/").segments == ["a", ""])
        #expect(try target("/%25%32%65%25%32%65/x").segments == ["%2e%2e", "x"])
        #expect(
            try target("/a?b=c%26d&e=f+g&h&=i").queryItems?.map { "\($0.name)=\($0.value)" } == [
                "b=c&d", "e=f g", "h=", "=i",
            ])
        #expect(try target("/?a=%ff").queryItems == nil)
        #expect(try target("/a").query == nil)
        #expect(try target("/a?").query == "")
        #expect(try target("http://h:1/a?b").authority?.description == "h:1")
    }

    @Test(arguments: [
        ("https://idp.example.edu/a?b=c", "https://idp.example.edu/a?b=c", 443),
        ("HTTPS://IDP.example.edu:443", "https://idp.example.edu/", 443),
        ("http://[::1]:8080/x", "http://[::1]:8080/x", 8080),
        ("http://h?q", "http://h/?q", 80),
    ])
    func readsURL(text: String, written: String, port: UInt16) throws {
        let url = try #require(HTTPURL(text))
        #expect(url.description == written)
        #expect(url.port == port)
    }

    @Test(arguments: [
        "", "h", "/a", "ftp://h/", "https:/h/", "https://", "https:///a", "https://u:p@h/", "https://h/a#b",
        "https://h:0x1/",
        "https://h:65536/", "https://h/a b", "https://h\r\nX: y/", "https://h/%", "https://[::1/", "https://h/../a",
        "https://a_b/ä",
    ])
    func refusesURL(text: String) { #expect(HTTPURL(text) == nil) }

    /// RFC 9110 section 5.6.7: the same moment in its three forms.
    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func readsDate(text: String) { #expect(HTTPDate.seconds(text, now: 1_795_000_000) == 784_111_777) }

    @Test func writesDates() {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        for seconds: Int64 in [951_782_400, 4_107_542_399, 1_795_283_445, -1] {
            #expect(HTTPDate.seconds(HTTPDate.text(seconds), now: 0) == seconds)
        }
    }

    @Test(arguments: [
        "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
    ])
    func refusesDate(text: String) { #expect(HTTPDate.seconds(text, now: 0) == nil) }

    @Test(arguments: [
        ("120", 120), ("0", 0), ("Thu, 01 Jan 1970 00:01:00 GMT", 60), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("99999999999999999999", 86_400), ("-1", nil), ("soon", nil), ("", nil), ("1.5", nil),
    ])
    func readsRetryAfter(value: String, seconds: Int?) {
        #expect(RetryAfter.seconds(in: ["retry-after": value], now: 0) == seconds)
    }

    /// RFC 9110 section 14.1.2, of a representation of 10,000 octets.
    @Test(
        arguments: [
            ("bytes=0-499", 0..<500), ("bytes=500-", 500..<10_000), ("BYTES=-500", 9500..<10_000), ("bytes=0-0", 0..<1),
            ("bytes=9999-20000", 9999..<10_000), ("bytes=-20000", 0..<10_000), ("bytes=10000-", nil), ("bytes=-0", nil),
            ("bytes=0-18446744073709551615", 0..<10_000), ("bytes=18446744073709551615-", nil),
        ] as [(String, Range<UInt64>?)])
    func readsRange(value: String, octets: Range<UInt64>?) throws {
        #expect(try #require(ByteRange(in: ["Range": value])).octets(of: 10_000) == octets)
        #expect(try #require(ByteRange(in: ["Range": value])).octets(of: 0) == nil)
    }

    /// RFC 9110 section 14.2: what is malformed, or asks for more than one part, counts for nothing.
    @Test(arguments: [
        "bytes=1-0", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "bytes 0-1", "bytes=0-1-2",
        "bytes=0 - 1",
        "bytes=18446744073709551616-", "bytes=+1-2",
    ])
    func passesOverRange(value: String) { #expect(ByteRange(in: ["Range": value]) == nil) }

    @Test(arguments: [
        ("bytes 0-499/1234", ContentRange(octets: 0..<500, size: 1234)),
        ("bytes 0-499/*", ContentRange(octets: 0..<500, size: nil)),
        ("bytes */1234", ContentRange(octets: nil, size: 1234)), ("bytes 500-499/1234", nil),
        ("bytes 0-1234/1234", nil),
        ("bytes */*", nil), ("bytes 0-499", nil), ("0-499/1234", nil), ("bytes 0-18446744073709551615/*", nil),
    ])
    func readsContentRange(value: String, range: ContentRange?) {
        #expect(ContentRange(in: ["Content-Range": value]) == range)
        if let range { #expect(range.description == value) }
    }

    @Test func entityTagsAreComparedAsTheySay() throws {
        let strong = try #require(EntityTag(parsing: "\"a\""))
        let weak = try #require(EntityTag(parsing: "W/\"a\""))
        #expect(strong.isStronglyEqual(to: EntityTag("a")))
        #expect(!strong.isStronglyEqual(to: weak) && !weak.isStronglyEqual(to: weak))
        #expect(EntityTag(parsing: "a") == nil)
        #expect(EntityTag(parsing: "\"a") == nil)
        #expect(EntityTag(parsing: "\"a\"b\"") == nil)
        #expect(EntityTag("a\"\r\nb").description == "\"ab\"")
    }

    @Test func fieldsAreFoundWhateverTheirCase() {
        var fields: HTTPFields = ["Accept": "a", "ACCEPT": "b", "Connection": "Keep-Alive, , CLOSE"]
        #expect(fields["accept"] == "a, b")
        #expect(fields.tokens("connection") == ["keep-alive", "close"])
        fields.set("Accept", "c")
        #expect(fields.values("accept") == ["c"])
        fields.set("accept", nil)
        #expect(!fields.contains("Accept"))
    }

    /// CWE-113: nothing that is put into a head can end a line or begin another field.
    @Test func whatIsWrittenStaysInItsLine() {
        let octets = HeadWriter.response(.ok, ["A": "b\r\nSet-Cookie: c\0ä", "D\r\nE": "f"])
        #expect(String(decoding: octets, as: UTF8.self) == "HTTP/1.1 200 OK\r\nA: b??Set-Cookie: c???\r\n\r\n")
    }
}
