import Glibc

/// A file that is sent, or sent from: opened once, and read at any place by any thread. Which file it is, only the program says:
/// no part of a request does.
public final class ServedFile: Sendable {
    /// Why it cannot be opened.
    public struct Failure: Error, CustomStringConvertible {
        /// The `errno`.
        public let code: Int32
        /// For people.
        public let description: String
    }

    private let descriptor: Int32
    /// Its octets when it was opened. It must not shrink, nor what is in it change, while it is served.
    public let size: UInt64
    /// The version: what the caller gave, or made of the file's identity, size and time.
    public let entityTag: EntityTag

    /// Opens a regular file. The corresponding C functions are `open`, `fstat` and `posix_fadvise`.
    public init(path: String, entityTag: EntityTag? = nil) throws(Failure) {
        // Safe: a C string made for the call.
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else { throw Failure(code: errno, description: "cannot open \(path): errno \(errno)") }
        var status = stat()
        // Safe: the output outlives the call.
        guard unsafe fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw Failure(code: EINVAL, description: "cannot serve \(path): it is no regular file")
        }
        _ = posix_fadvise(opened, 0, 0, POSIX_FADV_SEQUENTIAL)
        descriptor = opened
        size = UInt64(max(0, status.st_size))
        let time = "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        self.entityTag = entityTag ?? EntityTag("\(status.st_dev)-\(status.st_ino)-\(status.st_size)-\(time)")
    }

    deinit { close(descriptor) }

    /// Up to `count` octets from `offset` on; fewer, or none, where the file has become shorter or cannot be read. The corresponding
    /// C function is `pread`.
    func read(at offset: UInt64, upTo count: Int) -> [UInt8] {
        // Safe: `pread` fills no more than the buffer's capacity and tells how much of it.
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            unsafe filled = max(0, pread(descriptor, buffer.baseAddress, count, off_t(clamping: offset)))
        }
    }
}

/// Seconds since 1970-01-01T00:00:00Z. The corresponding C function is `time`.
func secondsNow() -> Int64 { Int64(time(nil)) }
