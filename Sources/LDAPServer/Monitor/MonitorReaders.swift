import Addresses
public import Directory

/// Who may read cn=Monitor, beside what access rules say of the directory: at first whoever has bound, and this machine.
public struct MonitorReaders: Sendable {
    /// Clients on this machine, at a Unix socket or a loopback address, whoever they are.
    public var local = true
    /// Any of these, wherever they are.
    public var subjects = [AccessSubject(.authenticated)]

    /// The readers said above.
    public init() {}

    func include(_ requester: Requester, _ view: DirectoryView) -> Bool {
        if local, requester.address?.isLoopback ?? true { return true }
        return subjects.contains { view.isMeant(requester, by: $0) }
    }
}
