public import EventLog
import Glibc
import HTTP
public import Transport

/// Answers commands of this machine over a Unix socket: those of root, of the server's own user, and of one group's members.
///
/// Who is at the other end the kernel tells, with each connection: the file's mode keeps others away already, and is not relied on.
public final class AdminServer: Sendable {
    private let server: HTTPServer
    private let workers: AdminWorkers
    private let log: EventLog

    /// Listens, from the return on. The socket's file has mode 0600, or 0660 and the group; one that a server which is no more has left
    /// is replaced.
    ///
    /// - Parameters:
    ///   - path: of the socket, at most 107 octets.
    ///   - allowedGroup: the number of a group whose members may ask, too.
    /// - Throws: where the socket cannot be had, or the system gives no threads.
    public init(
        path: String, allowedGroup: UInt32? = nil, log: EventLog, routes: [AdminRoute]
    ) throws(TransportError) {
        self.log = log
        workers = try AdminWorkers()
        var settings = HTTPServerSettings()
        settings.maximumConnections = 64
        let handler = AdminHandler(routes: routes, allowedGroup: allowedGroup, workers: workers, log: log)
        server = try HTTPServer(settings, log: log, handler: handler)
        let mode: UInt32 = allowedGroup == nil ? 0o600 : 0o660
        for socket in try ListeningSocket.bind(to: .file(path: path), mode: mode) {
            // Where it is our own group, as a service manager may have it, the file is the group's already.
            if let allowedGroup, allowedGroup != getegid(), !socket.giveFile(to: geteuid(), group: allowedGroup) {
                log.log(
                    .warning, "admin-socket-group",
                    [
                        "path": path, "group": allowedGroup, "uid": geteuid(),
                        "advice":
                            "make the server's user a member of the group: until then its other members cannot connect",
                    ])
            }
            try server.listen(on: socket)
        }
    }

    /// Answers no more, lets what is under way be answered, and takes the socket away. Whoever waits in a route must have been told
    /// to end before.
    public func stop() {
        server.drain(within: 2000)
        workers.stop()
    }
}

/// The threads on which routes are answered.
struct AdminWorkers: Sendable {
    private let prompt: WorkerPool
    private let waiting: WorkerPool

    init() throws(TransportError) {
        prompt = try WorkerPool(threads: 2, maximumQueue: 64)
        waiting = try WorkerPool(threads: 8, maximumQueue: 8)
    }

    func submit(waits: Bool, _ work: @escaping @Sendable () -> Void) -> Bool {
        (waits ? waiting : prompt).submit(work)
    }

    func stop() {
        prompt.stop()
        waiting.stop()
    }
}
