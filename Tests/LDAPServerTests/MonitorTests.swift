import LDAP
import LDAPServer
import Testing

/// cn=Monitor over a real socket: names and classes as OpenLDAP's back-monitor has them.
@Suite struct MonitorTests {
    private func entry(
        _ name: String, by client: TestClient
    ) throws -> (code: ResultCode?, values: [String: [String]]) {
        client.send(
            .searchRequest(
                SearchRequest(base: name, scope: .base, filter: .present("objectClass"), attributes: ["*", "+"])))
        var values: [String: [String]] = [:]
        while let message = try client.receive() {
            if case .searchResultEntry(let entry) = message.operation {
                for attribute in entry.attributes {
                    values[attribute.description] = attribute.values.map { String(decoding: $0, as: UTF8.self) }
                }
            } else {
                return (message.result?.code, values)
            }
        }
        return (nil, values)
    }

    private func counter(_ name: String, _ client: TestClient, _ type: String = "monitorCounter") throws -> Int {
        Int(try entry("\(name),cn=Monitor", by: client).values[type]?.first ?? "") ?? -1
    }

    @Test func countsWhatWasDoneOnEveryReactor() throws {
        let server = try TestServer { $0.reactorCount = 3 }
        for _ in 0..<5 {
            let client = server.client()
            #expect(try client.search(.suffix).names.count == 1)
            #expect(try client.bind(TestDirectory.ann, "wrong") == .invalidCredentials)
            #expect(try client.bind(TestDirectory.ann, "secret") == .success)
            client.send(octets: LDAPMessage(client.nextID(), .searchRequest(.suffix)).encoded + [0x31, 0])
            while try client.receive() != nil {}
        }
        let client = server.client()
        #expect(eventually { (try? counter("cn=Malformed,cn=Refusals", client)) == 5 })
        #expect(try counter("cn=Bind,cn=Operations", client, "monitorOpInitiated") == 10)
        #expect(try counter("cn=Bind,cn=Operations", client, "monitorOpCompleted") == 10)
        #expect(try counter("cn=Credentials,cn=Results", client) == 5)
        let credentials = try entry("cn=Credentials,cn=Results,cn=Monitor", by: client)
        #expect(credentials.values["monitoredInfo"] == ["Bind: 5"])
        #expect(try counter("cn=Search,cn=Operations", client, "monitorOpInitiated") >= 10)
        #expect(try counter("cn=Entries,cn=Statistics", client) >= 10)
        #expect(try counter("cn=Bytes,cn=Statistics", client) > 500)
        #expect(try counter("cn=Bytes Received,cn=Statistics", client) > 500)
        #expect(try counter("cn=Total,cn=Connections", client) == 6)
        #expect(eventually { (try? counter("cn=Current,cn=Connections", client)) == 1 })
        #expect(try counter("cn=Reactors,cn=Threads", client) == 3)
        #expect(try entry("cn=Monitor", by: client).values["objectClass"] == ["monitorServer"])
        let database = try entry("cn=Database 1,cn=Databases,cn=Monitor", by: client)
        #expect(database.values["namingContexts"] == [TestDirectory.suffix])
    }

    @Test func showsWherePeopleComeFrom() throws {
        let server = try TestServer { configuration in
            configuration.sourceReports = {
                var well = SourceReport(name: "https://idp.example.edu/idp,a+b", people: 12)
                well.lastSuccess = 1_795_287_540
                well.facts = [("phase", "following"), ("lag", "3")]
                var ill = SourceReport(name: "urn:mace:idp", people: 0)
                ill.problem = "it cannot be reached"
                return [well, ill]
            }
        }
        let client = server.client()
        let well = try entry("cn=https://idp.example.edu/idp\\2Ca\\2Bb,cn=Sources,cn=Monitor", by: client).values
        #expect(well["cn"] == ["https://idp.example.edu/idp,a+b"] && well["monitorCounter"] == ["12"])
        #expect(well["monitorTimestamp"] == ["20261121185900Z"])
        #expect(well["monitoredInfo"] == ["phase: following", "lag: 3"] && well["description"] == nil)
        let ill = try entry("cn=urn:mace:idp,cn=Sources,cn=Monitor", by: client).values
        #expect(ill["description"] == ["it cannot be reached"] && ill["monitorTimestamp"] == nil)
        let none = try entry("cn=Sources,cn=Monitor", by: TestServer().client())
        #expect(none.code == .noSuchObject)
    }

    @Test func countsPipelinedRequestsToo() throws {
        let server = try TestServer()
        let client = server.client()
        var octets: [UInt8] = []
        for _ in 0..<50 { octets += LDAPMessage(client.nextID(), .searchRequest(.suffix)).encoded }
        client.send(octets: octets)
        for _ in 0..<50 { #expect(try client.collectSearch().names.count == 1) }
        #expect(try counter("cn=Search,cn=Operations", client, "monitorOpCompleted") == 50)
        #expect(try counter("cn=Search,cn=Operations", server.client(), "monitorOpInitiated") >= 51)
    }

    @Test func isSearchedLikeAnyDirectory() throws {
        let client = try TestServer().client()
        let request = SearchRequest(
            base: "CN = monitor", scope: .sub, filter: .equality("objectClass", "monitorOperation"),
            attributes: ["1.1"])
        #expect(try client.search(request).names.count == 11)
        var one = request
        one.scope = .one
        one.filter = .present("objectClass")
        #expect(try client.search(one).names.count == 10)
        var missing = request
        missing.base = "cn=Nothing,cn=Monitor"
        #expect(try client.search(missing).result == LDAPResult(.noSuchObject, matchedDN: "cn=Monitor"))
        let comparison = CompareRequest(entry: "cn=Monitor", attribute: "cn", value: Array("MONITOR".utf8))
        #expect(try client.perform(.compareRequest(comparison)).result?.code == .compareTrue)
        // It is no part of the directory.
        #expect(try client.search(.everything).names.count == TestDirectory.entryCount)
        #expect(try client.bind("cn=Monitor", "x") == .invalidCredentials)
    }

    @Test func isReadPageByPageFromOneState() throws {
        let client = try TestServer().client()
        var request = SearchRequest.everything
        request.base = "cn=Monitor"
        let all = try client.search(request).names
        var (names, cookie): ([String], [UInt8]) = ([], [])
        repeat {
            let page = PagedResults(size: 7, cookie: cookie).control(isCritical: true)
            let found = try client.search(request, controls: [page])
            names += found.names
            let value = try #require(found.controls.first?.value)
            cookie = try PagedResults(decoding: value.span, messageID: .unsolicited).cookie
        } while !cookie.isEmpty
        #expect(Set(names) == Set(all) && names.count == all.count)
        #expect(try client.search(.suffix).names.count == 1)
    }

    @Test func isThereForThoseOnlyWhoMayReadIt() throws {
        let client = try TestServer { $0.monitorReaders.local = false }.client()
        let base = SearchRequest(base: "cn=Monitor", scope: .base, filter: .present("objectClass"))
        #expect(try client.search(base).result == LDAPResult(.noSuchObject))
        let comparison = CompareRequest(entry: "cn=Monitor", attribute: "cn", value: Array("Monitor".utf8))
        #expect(try client.perform(.compareRequest(comparison)).result?.code == .noSuchObject)
        #expect(try client.bind(TestDirectory.ann, "secret") == .success)
        #expect(try client.search(base).names == ["cn=Monitor"])
        #expect(try client.bind(TestDirectory.ann, "wrong") == .invalidCredentials)
        #expect(try client.search(base).result == LDAPResult(.noSuchObject))
    }
}
