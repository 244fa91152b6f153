import Glibc

/// An LDIF file that is read from its beginning, in chunks.
public final class LDIFFile: LDIFInput {
    private let descriptor: Int32

    /// Octets of the file when it was opened.
    public let size: Int
    /// Whether it is a regular file, which can be read twice; a pipe cannot.
    public let isRegular: Bool
    /// When it was last changed, in nanoseconds since 1970.
    public let modificationTime: Int64

    /// Opens the file at `path` for reading.
    public convenience init(path: String) throws(LDIFInputError) {
        // Safe: the path is a NUL-terminated string for the duration of the call.
        try self.init(owning: unsafe open(path, O_RDONLY | O_CLOEXEC))
    }

    /// What the process has as its standard input.
    public static func standardInput() throws(LDIFInputError) -> LDIFFile {
        try LDIFFile(owning: fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0))
    }

    /// Takes over a descriptor; a negative one is a failure that `errno` tells of.
    private init(owning opened: Int32) throws(LDIFInputError) {
        guard opened >= 0 else { throw LDIFInputError.fromErrno() }
        var status = stat()
        // Safe: `status` is a local that outlives the call.
        guard unsafe fstat(opened, &status) == 0 else {
            let error = LDIFInputError.fromErrno()
            close(opened)
            throw error
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw LDIFInputError(reason: "it is a folder")
        }
        descriptor = opened
        size = Int(status.st_size)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        modificationTime = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }

    deinit {
        close(descriptor)
    }

    /// Waits until there is something to read, or the end of the input, for at most so many milliseconds; false where there
    /// is not.
    public func waitUntilReadable(milliseconds: Int) -> Bool {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Safe: one structure, and the count says so. An error is for `read` to tell.
        return unsafe poll(&waited, 1, Int32(clamping: max(0, milliseconds))) != 0
    }

    /// Reads the next octets into `buffer`; an interrupted call is repeated.
    public func read(into buffer: inout [UInt8], at offset: Int) throws(LDIFInputError) -> Int {
        let room = buffer.count - offset
        guard offset >= 0, room > 0 else { return 0 }
        while true {
            // Safe: offset + room == buffer.count, checked above; the pointer does not leave the closure.
            let count = unsafe buffer.withUnsafeMutableBytes { octets in
                guard let start = octets.baseAddress else { return 0 }
                return unsafe Glibc.read(descriptor, start + offset, room)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw LDIFInputError.fromErrno() }
        }
    }
}

extension LDIFInputError {
    static func fromErrno() -> LDIFInputError {
        // Safe: strerror's string is copied at once; messages are static strings in glibc for known numbers.
        unsafe LDIFInputError(reason: String(cString: strerror(errno)))
    }
}
