import LDAP
import Synchronization
import Testing

@testable import LDAPServer
@testable import Transport

/// Two reactors that give each other their connections when told to.
private struct TwoReactors {
    let server: TestServer
    private let reactors: [Reactor]

    init() throws {
        server = try TestServer { $0.reactorCount = 2 }
        reactors = server.server.reactors.reactors
    }

    /// Which reactor has the one connection.
    var place: Int? { reactors.firstIndex { $0.load.load(ordering: .relaxed) == 1 } }

    func exchange() {
        for (index, reactor) in reactors.enumerated() { reactor.post { $0.share(.gather(to: 1 - index)) } }
    }
}

@Test func keepsTheSessionOnAnotherReactor() throws {
    let reactors = try TwoReactors()
    let client = reactors.server.client()
    #expect(try client.bind(TestDirectory.ann, "secret") == .success)
    var places: Set<Int> = []
    var rounds = 0
    while rounds < 20 || (rounds < 2_000 && places != [0, 1]) {
        rounds += 1
        reactors.exchange()
        #expect(try client.whoAmI() == "dn:" + TestDirectory.ann)
        #expect(try client.search(.everything).names.count == TestDirectory.entryCount)
        if let place = reactors.place { places.insert(place) }
    }
    #expect(places == [0, 1])
    #expect(reactors.server.server.connectionCount == 1)
}

/// A page goes on from a state of the directory that its reactor keeps.
@Test func staysWhereAPageIsKept() throws {
    let reactors = try TwoReactors()
    let client = reactors.server.client()
    var cookie: [UInt8] = []
    var names: [String] = []
    repeat {
        let control = PagedResults(size: 10, cookie: cookie).control(isCritical: true)
        let found = try client.search(.everything, controls: [control])
        #expect(found.result.code == .success)
        names += found.names
        let value = try #require(found.controls.first?.value)
        cookie = try PagedResults(decoding: value.span, messageID: 1).cookie
        reactors.exchange()
    } while !cookie.isEmpty
    #expect(names.count == TestDirectory.entryCount)
    #expect(reactors.place == 0)
}
