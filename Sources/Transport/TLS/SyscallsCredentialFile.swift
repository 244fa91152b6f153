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
}
