import Administration
import EventLog
import Foundation
import Glibc
import StorageTesting
import Testing
import Transport

/// A server and a client over a real socket.
@Suite struct AdminSocketTests {
    private struct Sum: Codable, Equatable { var value: Int }

    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private var path: String { folder.path + "/admin.socket" }

    private func server(group: UInt32? = nil, _ routes: [AdminRoute]) throws -> AdminServer {
        try AdminServer(path: path, allowedGroup: group, log: .silent, routes: routes)
    }

    private func mode() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func anAnswerComesBackWithItsQueryBodyAndPeer() throws {
        let route = AdminRoute(.post, "/v1/sum") { request in
            guard request.peer.user == geteuid(), request.peer.process == getpid() else { return .refused(500, "who?") }
            return .json(Sum(value: Int(request.number("a") ?? 0) + request.body.count))
        }
        let server = try server([route])
        defer { server.stop() }
        let client = AdminClient(path: path)
        for length in [0, 3, 40_000] {
            let sum = try client.value(
                Sum.self, .post, "/v1/sum?a=4", body: [UInt8](repeating: 0x61, count: length))
            #expect(sum.value == 4 + length)
        }
        #expect(throws: AdminClientError.self) {
            try client.value(Sum.self, .post, "/v1/sum", body: [UInt8](repeating: 0, count: 70_000))
        }
    }

    @Test func theFileIsTheOwnersAndGoesWithTheServer() throws {
        let server = try server([])
        #expect(try mode() == 0o600)
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func withAGroupTheFileIsTheGroupsToo() throws {
        let server = try server(group: getegid(), [])
        defer { server.stop() }
        #expect(try mode() == 0o660)
    }

    @Test func aRefusalIsToldInTheServersWords() throws {
        let server = try server([AdminRoute(.post, "/v1/no") { _ in .refused(409, "there is nothing to accept") }])
        defer { server.stop() }
        let client = AdminClient(path: path)
        let error = #expect(throws: AdminClientError.self) { try client.value(Sum.self, .post, "/v1/no") }
        #expect(error?.kind == .refused && error?.description == "there is nothing to accept")
        #expect(try client.call(.get, "/v1/no").status == 405)
        #expect(try client.call(.get, "/v1/other").status == 404)
    }

    @Test func whereNobodyListensTheClientSaysSo() throws {
        let error = #expect(throws: AdminClientError.self) { try AdminClient(path: path).call(.get, "/v1/status") }
        #expect(error?.kind == .notRunning)
        #expect(error?.description.contains(path) == true)
    }

    @Test func theSocketOfAServerThatWasKilledIsReplacedAndARunningOnesIsNot() throws {
        // What a killed server leaves: a socket's file that nobody holds.
        let left = try ListeningSocket.bind(to: .file(path: path + ".left"))
        try FileManager.default.moveItem(atPath: path + ".left", toPath: path)
        withExtendedLifetime(left) {}
        let server = try server([])
        defer { server.stop() }
        let error = #expect(throws: TransportError.self) { try self.server([]) }
        #expect(error?.isAddressInUse == true)
    }

    @Test func thoseWhoWaitHoldUpNobody() throws {
        let gate = Gate()
        let server = try server([
            AdminRoute(.get, "/v1/wait", waits: true) { _ in
                gate.wait()
                return .json(Sum(value: 1))
            },
            AdminRoute(.get, "/v1/now") { _ in .json(Sum(value: 2)) },
        ])
        let client = AdminClient(path: path)
        let answered = DispatchSemaphore(value: 0)
        for _ in 0..<8 {
            Thread.detachNewThread { [path] in
                let sum = try? AdminClient(path: path).value(Sum.self, .get, "/v1/wait")
                if sum?.value == 1 { answered.signal() }
            }
        }
        for _ in 0..<50 { #expect(try client.value(Sum.self, .get, "/v1/now").value == 2) }
        gate.open()
        for _ in 0..<8 { answered.wait() }
        server.stop()
    }

    /// Somebody else is refused although the file lets everybody in.
    @Test(.enabled(if: geteuid() == 0)) func anotherUserIsRefusedWhateverTheModeAndAMemberOfTheGroupIsNot() throws {
        try setMode(0o755, of: folder.path)
        for (group, groups, verdict) in [
            (UInt32?.none, "65533", "403"), (65533, "65532", "403"), (65533, "65533", "200"),
        ] {
            let server = try server(group: group, [AdminRoute(.get, "/v1/now") { _ in .json(Sum(value: 2)) }])
            defer { server.stop() }
            try setMode(0o666, of: path)
            #expect(try status(asUser: "65534", groups: groups) == verdict, "\(group as Any) \(groups)")
        }
    }

    private func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func status(asUser user: String, groups: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = [
            "--reuid", user, "--regid", user, "--groups", groups, "curl", "-s", "-o", "/dev/null", "-w",
            "%{http_code}", "--unix-socket", path, "http://localhost/v1/now",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        process.waitUntilExit()
        return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}

/// Lets everybody through once it is open.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    func wait() {
        semaphore.wait()
        semaphore.signal()
    }
}
