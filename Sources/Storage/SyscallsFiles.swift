import CSystem
import Glibc

/// The one way to the system's file calls: EINTR is tried again, errno is read at once, short writes are continued.
@safe enum FileCalls {
    /// Runs a call until it is not interrupted; -1 becomes an error that says what was being done to which path.
    static func call<Result: FixedWidthInteger>(
        _ action: @autoclosure () -> String, _ path: String, _ body: () -> Result
    ) throws(StorageError) -> Result {
        while true {
            let result = body()
            if result != -1 { return result }
            let number = errno
            if number != EINTR { throw .system(number, while: action(), path) }
        }
    }

    /// Reads up to `count` octets at `offset` and appends them; stops at the end of the file.
    static func read(
        _ descriptor: Int32, _ count: Int, at offset: Int, into buffer: inout [UInt8], _ path: String
    ) throws(StorageError) {
        var done = 0
        var chunk = [UInt8](repeating: 0, count: min(count, 1 << 20))
        while done < count {
            let wanted = min(chunk.count, count - done)
            let got = try call("reading", path) {
                // Safe: pread writes at most `wanted` <= chunk.count octets into the chunk.
                unsafe chunk.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, wanted, offset + done) }
            }
            if got == 0 { return }
            buffer.append(contentsOf: chunk[..<got])
            done += got
        }
    }

    /// Writes all of `bytes` at `offset`.
    static func write(
        _ descriptor: Int32, _ bytes: Span<UInt8>, at offset: Int, _ path: String
    ) throws(StorageError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(done..<min(bytes.count, done + (1 << 30)))
            let wrote = try call("writing", path) {
                // Safe: pwrite reads exactly the span's octets.
                unsafe rest.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, offset + done) }
            }
            // A regular file that takes nothing is full, whatever errno says.
            if wrote == 0 { throw .system(ENOSPC, while: "writing", path) }
            done += wrote
        }
    }

    /// Opens a path; never inherited by a child.
    static func open(_ path: String, _ flags: Int32, while action: String) throws(StorageError) -> Int32 {
        try call(action, path) {
            // Safe: the string is terminated and lives through the call.
            unsafe path.withCString { unsafe csystem_open($0, flags | O_CLOEXEC, 0o600) }
        }
    }

    /// Opens a path for writing, and makes it where it is not there: never through a symbolic link. See `giveToOwner`.
    static func create(_ path: String, _ flags: Int32, while action: String) throws(StorageError) -> Int32 {
        let descriptor = try open(path, flags | O_CREAT | O_NOFOLLOW, while: action)
        if geteuid() == 0 { giveToOwner(of: directory(of: path)) { fchown(descriptor, $0, $1) } }
        return descriptor
    }

    /// What root makes in another user's directory is that user's: the server that reads it there is not root.
    static func giveToOwner(of directory: String, _ give: (uid_t, gid_t) -> Int32) {
        var record = stat()
        // Safe: stat fills the one record it is given; the string is terminated and lives through the call.
        guard unsafe stat(directory, &record) == 0, record.st_uid != 0 else { return }
        _ = give(record.st_uid, record.st_gid)
    }

    /// The directory part of a path.
    static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    /// What is at a path, or nil.
    static func status(_ path: String) throws(StorageError) -> FileStatus? {
        var record = stat()
        do {
            _ = try call("looking at", path) {
                // Safe: stat fills the one record it is given.
                unsafe path.withCString { unsafe stat($0, &record) }
            }
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        return status(record)
    }

    /// The length of an open file.
    static func size(_ descriptor: Int32, _ path: String) throws(StorageError) -> Int {
        var record = stat()
        // Safe: fstat fills the one record it is given.
        _ = try call("looking at", path) { unsafe fstat(descriptor, &record) }
        return Int(record.st_size)
    }

    private static func status(_ record: stat) -> FileStatus {
        FileStatus(
            size: Int(record.st_size),
            modified: Int64(record.st_mtim.tv_sec) * 1_000_000_000 + Int64(record.st_mtim.tv_nsec),
            isDirectory: record.st_mode & S_IFMT == S_IFDIR)
    }

    /// The names in a directory, unsorted.
    static func list(_ path: String) throws(StorageError) -> [String] {
        // Safe: the string is terminated and lives through the call.
        guard let directory = unsafe path.withCString({ unsafe opendir($0) }) else {
            throw .system(errno, while: "listing", path)
        }
        // Safe: the stream is ours and closed once.
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            // Safe: the record stays valid until the next readdir on this stream.
            guard let record = unsafe readdir(directory) else {
                if errno != 0 { throw .system(errno, while: "listing", path) }
                return names
            }
            // Safe: d_name is terminated within the record (readdir(3)).
            let name = unsafe withUnsafeBytes(of: &record.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }
}
