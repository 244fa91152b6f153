import Glibc
import LDAP
import LDAPServer
import Testing

private func page(_ size: Int32, _ cookie: [UInt8] = []) -> [Control] {
    [PagedResults(size: size, cookie: cookie).control(isCritical: true)]
}

private func cookie(_ controls: [Control]) throws -> [UInt8] {
    let control = try #require(controls.first { $0.oid == OID.Control.pagedResults })
    let value = try #require(control.value)
    return try PagedResults(decoding: value.span, messageID: 1).cookie
}

@Test func returnsAllEntriesOnceOverPages_RFC2696() throws {
    let client = try TestServer().client()
    let size = TestDirectory.entryCount / 3
    var names: [String] = []
    var next: [UInt8] = []
    var pages = 0
    repeat {
        let found = try client.search(.everything, controls: page(Int32(size), next))
        #expect(found.result.code == .success)
        names += found.names
        next = try cookie(found.controls)
        #expect(next.count <= 128)
        pages += 1
    } while !next.isEmpty && pages < 10
    #expect(pages == (TestDirectory.entryCount + size - 1) / size)
    #expect(names.count == TestDirectory.entryCount && Set(names).count == names.count)
}

@Test func endsWithoutACookieWhereOnePageHoldsAll_RFC2696() throws {
    let client = try TestServer().client()
    let found = try client.search(.suffix, controls: page(10))
    #expect(found.names.count == 1)
    #expect(try cookie(found.controls) == [])
}

@Test func takesTwoSearchesInTurns() throws {
    let client = try TestServer().client()
    var other = SearchRequest.everything
    other.attributes = ["uid"]
    var (one, two): ([UInt8], [UInt8]) = ([], [])
    for _ in 0..<3 {
        let first = try client.search(.everything, controls: page(5, one))
        let second = try client.search(other, controls: page(7, two))
        #expect(first.names.count == 5 && second.names.count == 7)
        (one, two) = (try cookie(first.controls), try cookie(second.controls))
    }
}

@Test func refusesCookiesThatAreNotItsOwn() throws {
    let server = try TestServer()
    let client = server.client()
    let good = try cookie(try client.search(.everything, controls: page(5)).controls)
    func code(_ cookie: [UInt8], _ request: SearchRequest = .everything) throws -> ResultCode {
        try client.search(request, controls: page(5, cookie)).result.code
    }
    for index in good.indices {
        var forged = good
        forged[index] ^= 1
        #expect(try code(forged) == .protocolError)
    }
    for forged in [[0], Array(good.dropLast()), good + [0], [UInt8](repeating: 0, count: 128), good + good] {
        #expect(try code(forged) == .protocolError)
    }
    // Another connection, another request, and another identity; once more on its own does no harm.
    let elsewhere = try server.client().search(.everything, controls: page(5, good))
    #expect(elsewhere.result.code == .protocolError && elsewhere.names.isEmpty)
    var other = SearchRequest.everything
    other.typesOnly = true
    #expect(try code(good, other) == .protocolError)
    for _ in 0..<2 { #expect(try code(good) == .success) }
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    #expect(try code(good) == .protocolError)
}

@Test func givesASearchUpWithSizeZero_RFC2696() throws {
    let client = try TestServer().client()
    let good = try cookie(try client.search(.everything, controls: page(5)).controls)
    let found = try client.search(.everything, controls: page(0, good))
    #expect(found.names.isEmpty && found.result.code == .success)
    #expect(try client.search(.everything, controls: page(0)).result.code == .success)
}

@Test(
    arguments: [
        nil, [], [0x30], [0x30, 0x00], [0x30, 0x03, 0x02, 0x01, 0x05], [0x30, 0x05, 0x02, 0x01, 0xFF, 0x04, 0x00],
        [0x30, 0x05, 0x02, 0x01, 0x05, 0x04, 0x00, 0x00], Array("garbage".utf8),
    ] as [[UInt8]?])
func refusesControlValuesThatAreNone(value: [UInt8]?) throws {
    let client = try TestServer().client()
    let control = Control(OID.Control.pagedResults, value: value)
    #expect(try client.search(.everything, controls: [control]).result.code == .protocolError)
    #expect(try client.search(.everything, controls: page(5) + page(5)).result.code == .protocolError)
}

@Test func ignoresPagesNotSmallerThanTheSizeLimit_RFC2696_section3() throws {
    let client = try TestServer().client()
    var request = SearchRequest.everything
    request.sizeLimit = 5
    let found = try client.search(request, controls: page(5))
    #expect(found.names.count == 5 && found.result.code == .sizeLimitExceeded && found.controls.isEmpty)
    #expect(try client.search(request, controls: page(4)).result.code == .success)
}

@Test func limitsAPagedSearchAsAWhole() throws {
    let client = try TestServer { $0.limits.anonymous.size = SteppedLimit(12) }.client()
    var found = try client.search(.everything, controls: page(5))
    #expect(found.names.count == 5 && found.result.code == .success)
    found = try client.search(.everything, controls: page(5, try cookie(found.controls)))
    #expect(found.names.count == 5 && found.result.code == .success)
    found = try client.search(.everything, controls: page(5, try cookie(found.controls)))
    #expect(found.names.count == 2 && found.result.code == .sizeLimitExceeded)
}

@Test func seesOneStateOfTheDirectoryOnAllPages_whileItChanges() throws {
    let directory = try TestDirectory.make(people: 20)
    let client = try TestServer(directory: directory).client()
    var found = try client.search(.everything, controls: page(5))
    var names = found.names
    var sequence: UInt64 = 2
    while true {
        let next = try cookie(found.controls)
        if next.isEmpty { break }
        // Everything else changes between two pages: fewer people, more people, none.
        try directory.replace(sequence: sequence, people: [3, 100, 0][Int(sequence % 3)])
        sequence += 1
        found = try client.search(.everything, controls: page(5, next))
        #expect(found.result.code == .success)
        names += found.names
    }
    #expect(names.count == 24 && Set(names).count == 24)
    #expect(try client.search(.everything).names.count != 24)
}

@Test func refusesACookieWhoseStateIsNoLongerKept() throws {
    let directory = try TestDirectory.make(people: 20)
    let server = try TestServer(directory: directory) { $0.pageStateLifetime = 50 }
    let client = server.client()
    let next = try cookie(try client.search(.everything, controls: page(5)).controls)
    // While the state is the current one, the cookie is good for as long as one likes.
    #expect(try client.search(.everything, controls: page(5, next)).result.code == .success)
    let kept = try cookie(try client.search(.everything, controls: page(5)).controls)
    try directory.replace(sequence: 2, people: 10)
    #expect(try client.search(.everything, controls: page(5, kept)).result.code == .success)
    usleep(300_000)
    let code = try client.search(.everything, controls: page(5, kept)).result.code
    #expect(code == .unwillingToPerform)
}

@Test(arguments: [0, 1])
func keepsPagesOfSoManyStatesAConnection(beyond: Int) throws {
    let directory = try TestDirectory.make(people: 20)
    let client = try TestServer(directory: directory) { $0.pageStatesPerConnection = 3 }.client()
    let first = try cookie(try client.search(.everything, controls: page(5)).controls)
    for number in 0..<2 + beyond {
        try directory.replace(sequence: UInt64(number) + 2, people: 20)
        #expect(try client.search(.everything, controls: page(5)).result.code == .success)
    }
    try directory.replace(sequence: 99, people: 20)
    let code = try client.search(.everything, controls: page(5, first)).result.code
    #expect(code == (beyond == 0 ? .success : .unwillingToPerform))
}
