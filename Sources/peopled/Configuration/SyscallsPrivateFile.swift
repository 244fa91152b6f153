import CommandLineTools
import CSystem
import Glibc

/// A file that holds a secret.
enum PrivateFile {
    /// Its octets, where it is the reader's own, or root's, and nobody else may read or write it.
    static func read(_ path: String, limit: Int, _ key: String) throws(CommandFailure) -> [UInt8] {
        func refused(_ why: String) -> CommandFailure { CommandFailure(.refusedInput, "\(key): \(why)") }
        // A pipe or a device would keep the reader waiting. Safe: the string is terminated and lives through the call.
        let descriptor = unsafe csystem_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
        guard descriptor >= 0 else {
            // Safe: the text is copied before another call could change it.
            throw refused("cannot read the secret in \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var record = stat()
        // Safe: fstat fills the one record it is given.
        guard unsafe fstat(descriptor, &record) == 0, record.st_mode & S_IFMT == S_IFREG else {
            throw refused("\(path) is no file")
        }
        guard record.st_mode & 0o077 == 0 else {
            let mode = String(record.st_mode & 0o777, radix: 8)
            throw refused("others may read the secret in \(path) (mode \(mode)); run: chmod 600 \(path)")
        }
        guard record.st_uid == geteuid() || record.st_uid == 0 else {
            throw refused("the secret in \(path) belongs to another user; run: chown \(geteuid()) \(path)")
        }
        guard record.st_size <= limit else { throw refused("\(path) is too large for a secret") }
        // One buffer, filled in place: no copy of the secret is left behind.
        var octets = [UInt8](repeating: 0, count: Int(record.st_size))
        // Safe: the count is the buffer's.
        let count = unsafe octets.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard count == octets.count else { throw refused("cannot read the secret in \(path) whole") }
        return octets
    }
}
