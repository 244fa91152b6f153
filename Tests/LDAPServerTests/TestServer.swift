import Directory
import EventLog
import Glibc
import LDAP
import LDAPServer
import Transport

/// A server on a free port of the loopback, stopped with its owner.
final class TestServer: Sendable {
    let server: LDAPServer
    let directory: TestDirectory
    let port: UInt16

    init(
        directory: TestDirectory? = nil, log: EventLog = .silent,
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        self.directory = try directory ?? TestDirectory.make()
        var configuration = ServerConfiguration()
        configuration.tickInterval = 10
        configure(&configuration)
        server = try LDAPServer(configuration: configuration, directory: self.directory.directory, log: log)
        port = try server.listen(on: ListenAddress(host: "127.0.0.1", port: 0)).first?.port ?? 0
    }

    deinit { server.drain(within: 500) }

    func client(receiveBuffer: Int32? = nil) -> TestClient { TestClient(self, receiveBuffer: receiveBuffer) }
}

extension SearchRequest {
    /// One entry.
    static let suffix = SearchRequest(base: TestDirectory.suffix, scope: .base, filter: .present("objectClass"))
    /// All entries, too many for one step.
    static let everything = SearchRequest(
        base: TestDirectory.suffix, scope: .sub, filter: .present("objectClass"), attributes: ["1.1"])
}

/// Waits for what another thread is about to do.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
