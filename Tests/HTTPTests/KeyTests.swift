import Foundation
import HTTP
import Synchronization
import Testing
import Transport
import TransportTesting

/// TLS between peers that know each other by their keys alone, as Shibboleth's ExplicitKey engine has it.
@Suite struct KeyTests {
    /// A server that lets `clients` in.
    private func server(
        _ identity: KeyIdentity? = nil, clients: [KeyIdentity], file: ServedFile? = nil, seen: Seen = Seen()
    ) throws -> TestServer {
        let fingerprints = clients.map(\.fingerprint)
        let tls = try (identity ?? KeyIdentity.server.get()).serverContext()
        return try TestServer(file: file) {
            $0.tls = tls
            $0.admits = { peer in
                seen.peers.withLock { $0.append(peer) }
                return peer.publicKeyFingerprint.map(fingerprints.contains) ?? false
            }
        }
    }

    private final class Seen: Sendable {
        let peers = Mutex<[HTTPPeer]>([])
    }

    private func get(_ server: TestServer, _ client: HTTPClient) throws -> HTTPAnswer {
        try client.send(HTTPCall(.get, server.url("/hello/a", scheme: "https")), limit: 100)
    }

    @Test func peersThatKnowEachOthersKeysTalk() throws {
        let (own, other) = try (KeyIdentity.client.get(), KeyIdentity.server.get())
        let seen = Seen()
        let server = try server(clients: [KeyIdentity.stranger.get(), own], seen: seen)
        let client = try KeyIdentity.httpClient(own, pins: [KeyIdentity.stranger.get(), other])
        for _ in 0..<3 { #expect(try get(server, client).content == Array("hello".utf8)) }
        let peer = try #require(seen.peers.withLock { $0.first })
        #expect(peer.publicKeyFingerprint == own.fingerprint)
        #expect(peer.security.protocolName == "TLSv1.3")
        #expect(peer.security.peerCertificate == nil, "nobody vouches for it")
        #expect(server.server.connectionCount == 1)
    }

    @Test func aServerWithAnotherKeyIsToldNothing() throws {
        let server = try server(KeyIdentity.stranger.get(), clients: [KeyIdentity.client.get()])
        let client = try KeyIdentity.httpClient(KeyIdentity.client.get(), pins: [KeyIdentity.server.get()])
        let error = try #require(throws: HTTPClientError.self) { try get(server, client) }
        #expect(error.kind == .notConnected && error.description.contains("pinned"), "\(error)")
        #expect(server.record.calls.withLock { $0.isEmpty })
    }

    @Test func aClientWithAnotherKeyOrNoneReachesNoHandler() throws {
        let server = try server(clients: [KeyIdentity.client.get()])
        for identity in [try KeyIdentity.stranger.get(), nil] {
            let client = try KeyIdentity.httpClient(identity, pins: [KeyIdentity.server.get()])
            let answer = try get(server, client)
            #expect(answer.head.status == .forbidden && answer.head.fields["connection"] == "close")
        }
        #expect(server.record.calls.withLock { $0.isEmpty })
    }

    @Test func whoIssuedACertificateAndUntilWhenCountsForNothing() throws {
        let expired = try KeyIdentity.expired.get()
        let server = try server(expired, clients: [expired])
        #expect(try get(server, KeyIdentity.httpClient(expired, pins: [expired])).head.status == .ok)
    }

    @Test func anAuthorityCountsWhereOneIsAskedFor() throws {
        // The other mode is as strict as before: the same certificates, verified, are refused.
        let (expired, own) = try (KeyIdentity.expired.get(), KeyIdentity.server.get())
        let authority = try KeyIdentity.authority.get().certificate
        #expect(throws: TLSConfigurationError.self) { try expired.serverContext { $0.takesAnyCertificate = false } }
        let server = try server(clients: [])
        var settings = TLSClientContext.Settings()
        settings.authorities = authority
        settings.pinnedPublicKeys = [own.fingerprint]
        var client = HTTPClient.Settings()
        client.tls = try TLSClientContext(settings)
        let error = try #require(throws: HTTPClientError.self) { try get(server, HTTPClient(client)) }
        #expect(error.kind == .notConnected && error.description.contains("self-signed"), "\(error)")
    }

    @Test func theNameCountsWhereItIsAskedFor() throws {
        let own = try KeyIdentity.client.get()
        let server = try server(clients: [own])
        let client = try KeyIdentity.httpClient(own, pins: [KeyIdentity.server.get()], .pinnedKeyAndName)
        #expect(try get(server, client).head.status == .ok, "127.0.0.1 is in it")
        let call = HTTPCall(.get, try #require(HTTPURL("https://localhost:\(server.port)/hello/a")))
        let error = try #require(throws: HTTPClientError.self) { try client.send(call, limit: 100) }
        #expect(error.kind == .notConnected && error.description.contains("not for localhost"), "\(error)")
        let anyName = try KeyIdentity.httpClient(own, pins: [KeyIdentity.server.get()])
        #expect(try anyName.send(call, limit: 100).head.status == .ok)
    }

    @Test func contradictionsAreErrors() throws {
        #expect(throws: TLSConfigurationError.self) { try KeyIdentity.clientContext(nil, pins: []) }
        #expect(throws: TLSConfigurationError.self) {
            try KeyIdentity.server.get().serverContext { $0.clientCertificates = .required }
        }
    }

    @Test func contentOfAnySizeGoesBothWays() throws {
        let own = try KeyIdentity.client.get()
        let file = try TestFile(count: 5_000_000)
        let server = try server(clients: [own], file: file.open())
        let client = try KeyIdentity.httpClient(own, pins: [KeyIdentity.server.get()])
        #expect(
            try client.send(HTTPCall(.get, server.url("/file", scheme: "https")), limit: 5_000_000).content
                == file.octets)
        let upload = HTTPCall(.post, try server.url("/pieces", scheme: "https"), content: .file(try file.open()))
        #expect(try client.send(upload, limit: 100).content == Array("5000000\n".utf8))
        #expect(server.record.pieces.withLock { $0.flatMap { $0 } } == file.octets)
        #expect(server.server.connectionCount == 1)
    }

    /// Whoever sits between the two can cut the connection anywhere: nothing is taken for a whole that is none.
    @Test func aConnectionCutAtAnyOctetIsNeverTakenForAWhole() throws {
        let own = try KeyIdentity.client.get()
        let server = try server(clients: [own])
        let port = server.port
        let relayed = Mutex<[Int]>([])
        let relay = ScriptedServer { connection, number in
            // Lets so many octets of the server's through, and then ends it.
            let upstream = RawSocket(port: port)
            let pump = Thread {
                while true {
                    let some = connection.receiveSome()
                    guard !some.isEmpty, upstream.send(some) else { break }
                }
                upstream.finishSending()
            }
            pump.start()
            var left = number == 0 ? Int.max : (number - 1) * 7
            var count = 0
            while left > 0 {
                let some = upstream.receiveSome(min(left, 4096))
                guard !some.isEmpty, connection.send(some) else { break }
                left -= some.count
                count += some.count
            }
            relayed.withLock { $0.append(count) }
            connection.shutDown()
        }
        defer { relay.stop() }
        let url = try #require(HTTPURL("https://127.0.0.1:\(relay.port)/hello/a"))
        func ask() throws -> HTTPAnswer {
            let client = try KeyIdentity.httpClient(own, pins: [KeyIdentity.server.get()])
            defer { client.closeIdleConnections() }
            return try client.send(HTTPCall(.get, url), limit: 100)
        }
        #expect(try ask().content == Array("hello".utf8))
        #expect(eventually { relayed.withLock { $0.count == 1 } })
        let size = try #require(relayed.withLock { $0.first })
        for count in stride(from: 0, to: size, by: 7) {
            if let answer = try? ask() { #expect(answer.content == Array("hello".utf8), "after \(count) of \(size)") }
        }
        #expect(server.record.ends.withLock { $0.isEmpty })
    }

    @Test func oneSideWithoutTLSIsAnError() throws {
        let own = try KeyIdentity.client.get()
        let secure = try server(clients: [own])
        #expect(
            try #require(throws: HTTPClientError.self) {
                try HTTPClient().send(HTTPCall(.get, secure.url("/hello/a")), limit: 100)
            }.kind != .local)
        let plain = try TestServer()
        let client = try KeyIdentity.httpClient(own, pins: [KeyIdentity.server.get()])
        #expect(try #require(throws: HTTPClientError.self) { try get(plain, client) }.kind == .notConnected)
    }
}
