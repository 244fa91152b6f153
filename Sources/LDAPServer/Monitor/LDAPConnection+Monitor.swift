import AttributeIndex
import Directory
import Schema

extension LDAPConnection {
    /// The state of the directory that a request for this name is answered from: the directory's, or what the server says of
    /// itself for names under cn=Monitor. Who may not read that finds that there is nothing.
    func view(for name: Span<UInt8>) -> DirectoryView {
        let view = server.view()
        guard mayBeOfMonitor(name), isOfMonitor(name, view),
            server.context.configuration.monitorReaders.include(requester, view)
        else { return view }
        return server.monitorView(beside: view) ?? view
    }

    /// Whether a name ends as those of cn=Monitor do: a look at its last octet settles it for most others.
    func mayBeOfMonitor(_ name: Span<UInt8>) -> Bool {
        let tail = "monitor".utf8.span
        guard name.count > tail.count, name[name.count - 1] | 0x20 == UInt8(ascii: "r") else { return false }
        let start = name.count - tail.count
        for index in tail.indices where name[start + index] | 0x20 != tail[index] { return false }
        return true
    }

    private func isOfMonitor(_ name: Span<UInt8>, _ view: DirectoryView) -> Bool {
        var (base, key): ([UInt8], [UInt8]) = ([], [])
        guard (try? view.schema.appendDNKey(of: MonitorTree.base.utf8.span, to: &base)) != nil,
            (try? view.schema.appendDNKey(of: name, to: &key)) != nil
        else { return false }
        return DITKey.isWithin(key.span, subtreeOf: base.span)
    }
}
