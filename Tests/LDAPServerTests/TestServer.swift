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
    /// The path of its Unix socket, where it has one instead of a port.
    let path: String?

    /// `local`: over a Unix socket, where PLAIN and EXTERNAL are possible.
    init(
        directory: TestDirectory? = nil, local: Bool = false, log: EventLog = .silent,
        _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        self.directory = try directory ?? TestDirectory.make()
        var configuration = ServerConfiguration()
        configuration.tickInterval = 10
        configure(&configuration)
        server = try LDAPServer(configuration: configuration, directory: self.directory.directory, log: log)
        path = local ? "/tmp/peopled-test-\(getpid())-\(UInt64.random(in: 0..<1 << 40)).socket" : nil
        let address = path.map { ListenAddress.file(path: $0) } ?? ListenAddress(host: "127.0.0.1", port: 0)
        port = try server.listen(on: address).first?.port ?? 0
    }

    deinit {
        server.drain(within: 500)
        if let path { unsafe unlink(path) }
    }

    func client(receiveBuffer: Int32? = nil) -> TestClient { TestClient(self, receiveBuffer: receiveBuffer) }
}

extension SearchRequest {
    /// One entry.
    static let suffix = SearchRequest(base: TestDirectory.suffix, scope: .base, filter: .present("objectClass"))
    /// All entries, too many for one step.
    static let everything = SearchRequest(
        base: TestDirectory.suffix, scope: .sub, filter: .present("objectClass"), attributes: ["1.1"])
}

/// The user that the tests run as.
let currentUser = getuid()

/// Waits for what another thread is about to do.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        usleep(10_000)
    }
    return false
}
