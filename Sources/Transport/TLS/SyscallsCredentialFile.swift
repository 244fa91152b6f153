import CSystem
import Glibc

/// Reads the files that TLS is made of, and says for people why one cannot be read.
enum CredentialFile {
    private static let maximumSize = 4 << 20

    /// The octets of the file at `path`. `what` names it: "certificate". A secret must be out of others' reach.
    static func read(_ path: String, what: String, isSecret: Bool = false) throws(TLSConfigurationError) -> [UInt8] {
        // Safe: a C string made for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TLSConfigurationError("cannot read the \(what) \(path): \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        // Safe: the output outlives the call.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TLSConfigurationError("the \(what) \(path) is not a file")
        }
        // A group may read it, as Debian's ssl-cert does; who may write it could replace it.
        guard !isSecret || status.st_mode & (S_IRWXO | S_IWGRP) == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw TLSConfigurationError(
                "the \(what) \(path) is open to others (mode \(mode)); chmod 640 or 600 it, and replace the key if it was read"
            )
        }
        guard status.st_size <= maximumSize else {
            throw TLSConfigurationError("the \(what) \(path) is too large for one")
        }
        var octets = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < octets.count {
            // Safe: no more is asked for than is left of the buffer.
            let count = unsafe octets.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress.map { unsafe $0 + filled }, $0.count - filled)
            }
            guard count > 0 else { break }
            filled += count
        }
        octets.removeLast(octets.count - filled)
        return octets
    }

    /// Writes a file that must not be there yet, with this mode from its first moment, and makes it durable.
    static func create(_ path: String, _ octets: [UInt8], mode: mode_t) throws(TLSConfigurationError) {
        // Safe: a C string made for the call; csystem_open is open(2) with a mode.
        let descriptor = unsafe csystem_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw TLSConfigurationError(
                errno == EEXIST
                    ? "\(path) is there already and is not overwritten; name another directory, or move it away"
                    : "cannot make \(path): \(systemMessage(errno))")
        }
        defer { close(descriptor) }
        // Whatever the umask says.
        var isWritten = fchmod(descriptor, mode) == 0
        var done = 0
        while isWritten, done < octets.count {
            // Safe: no more is written than is left of the buffer.
            let count = unsafe octets.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress.map { unsafe $0 + done }, $0.count - done)
            }
            isWritten = count > 0
            done += max(0, count)
        }
        guard isWritten, fsync(descriptor) == 0 else {
            let reason = systemMessage(errno)
            remove(path)
            throw TLSConfigurationError("cannot write \(path): \(reason)")
        }
    }

    /// Removes a file that was made just now.
    static func remove(_ path: String) {
        // Safe: a C string made for the call.
        _ = unsafe unlink(path)
    }

    /// Makes a directory for its owner alone, where there is none of the name.
    static func makeDirectory(_ path: String) throws(TLSConfigurationError) {
        // Safe: a C string made for the call.
        guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw TLSConfigurationError("cannot make the directory \(path): \(systemMessage(errno))")
    }
}
