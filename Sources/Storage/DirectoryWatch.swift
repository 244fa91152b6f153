import CSystem
import Glibc

/// Tells when a file is renamed into a directory, or the directory goes: how one process sees another's publication.
public final class DirectoryWatch: Sendable {
    /// The directory watched.
    public let path: String
    /// Readable when something happened: for an event loop of one's own. Call `drain` then.
    public let descriptor: Int32

    /// Starts watching a directory.
    public init(_ path: String) throws(StorageError) {
        self.path = path
        descriptor = try FileCalls.call("watching", path) { csystem_watch_open() }
        do {
            // Safe: the string is terminated and lives through the call.
            _ = try FileCalls.call("watching", path) {
                unsafe path.withCString { unsafe csystem_watch_add(descriptor, $0) }
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Waits at most `milliseconds` (for ever if negative) for something to happen; false when nothing did.
    public func wait(milliseconds: Int32) throws(StorageError) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Safe: poll reads and fills the one record it is given.
        let ready = try FileCalls.call("watching", path) { unsafe poll(&entry, 1, milliseconds) }
        if ready > 0 { drain() }
        return ready > 0
    }

    /// Forgets what happened so far.
    public func drain() {
        var events = [UInt8](repeating: 0, count: 4096)
        // Safe: read writes at most events.count octets; the descriptor does not block.
        while unsafe events.withUnsafeMutableBytes({ unsafe read(descriptor, $0.baseAddress, $0.count) }) > 0 {}
    }
}
