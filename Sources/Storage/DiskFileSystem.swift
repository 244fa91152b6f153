import Glibc

/// The real file system.
public struct DiskFileSystem: FileSystem {
    /// There is one; it has no state.
    public init() {}

    /// See `FileSystem`: open(2), closed on exec.
    public func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any File {
        let descriptor: Int32
        switch mode {
        case .read: descriptor = try FileCalls.open(path, O_RDONLY, while: "opening")
        case .update: descriptor = try FileCalls.open(path, O_RDWR, while: "opening")
        case .create: descriptor = try FileCalls.create(path, O_RDWR | O_TRUNC, while: "creating")
        }
        return DiskFile(path: path, descriptor: descriptor)
    }

    /// See `FileSystem`: mmap(2), shared and read-only.
    public func map(_ path: String) throws(StorageError) -> MappedFile {
        let descriptor = try FileCalls.open(path, O_RDONLY, while: "opening")
        defer { close(descriptor) }
        let size = try FileCalls.size(descriptor, path)
        return MappedFile(try MappedMemory.map(descriptor, count: size, path: path), path: path)
    }

    /// See `FileSystem`: rename(2).
    public func rename(_ path: String, to destination: String) throws(StorageError) {
        _ = try FileCalls.call("renaming to \(destination)", path) {
            // Safe: both strings are terminated and live through the call.
            unsafe path.withCString { from in unsafe destination.withCString { unsafe Glibc.rename(from, $0) } }
        }
    }

    /// See `FileSystem`: unlink(2).
    public func remove(_ path: String) throws(StorageError) {
        // Safe: the string is terminated and lives through the call.
        _ = try FileCalls.call("removing", path) { unsafe path.withCString { unsafe unlink($0) } }
    }

    /// See `FileSystem`: fsync(2) of the directory.
    public func synchronizeDirectory(_ path: String) throws(StorageError) {
        let descriptor = try FileCalls.open(path, O_RDONLY | O_DIRECTORY, while: "opening")
        defer { close(descriptor) }
        _ = try FileCalls.call("synchronizing", path) { fsync(descriptor) }
    }

    /// See `FileSystem`: stat(2).
    public func status(of path: String) throws(StorageError) -> FileStatus? { try FileCalls.status(path) }

    /// See `FileSystem`: readdir(3).
    public func list(_ path: String) throws(StorageError) -> [String] { try FileCalls.list(path).sorted() }

    /// See `FileSystem`: mkdir(2).
    public func makeDirectory(_ path: String) throws(StorageError) {
        do {
            // Safe: the string is terminated and lives through the call.
            _ = try FileCalls.call("making", path) { unsafe path.withCString { unsafe mkdir($0, 0o700) } }
            guard geteuid() == 0 else { return }
            // Safe: as above. Nobody but root and the directory's owner could have put another thing in its place.
            FileCalls.giveToOwner(of: directory(of: path)) { user, group in unsafe lchown(path, user, group) }
        } catch {
            guard error.code == .system(EEXIST), try FileCalls.status(path)?.isDirectory == true else { throw error }
        }
    }

    /// See `FileSystem`: statvfs(3), what an unprivileged user may still use.
    public func freeSpace(at path: String) throws(StorageError) -> Int {
        var record = statvfs()
        // Safe: statvfs fills the one record it is given.
        _ = try FileCalls.call("looking at", path) { unsafe path.withCString { unsafe statvfs($0, &record) } }
        return Int(
            clamping: UInt64(record.f_bavail).multipliedReportingOverflow(by: UInt64(record.f_frsize)).partialValue)
    }

    /// See `FileSystem`: flock(2); the file holds the holder's process number.
    public func lock(_ path: String) throws(StorageError) -> DirectoryLock {
        let descriptor = try FileCalls.create(path, O_RDWR, while: "opening")
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            defer { close(descriptor) }
            guard number == EWOULDBLOCK else { throw .system(number, while: "locking", path) }
            throw DirectoryLock.held(path, by: holder(descriptor, path))
        }
        let file = DiskFile(path: path, descriptor: descriptor)
        try file.truncate(to: 0)
        try file.write(Array("\(getpid())\n".utf8).span, at: 0)
        return DirectoryLock(path: path) {
            // The lock ends with the last descriptor of the file: this one.
            withExtendedLifetime(file) { file.unlock() }
        }
    }

    private func holder(_ descriptor: Int32, _ path: String) -> Int32? {
        var text: [UInt8] = []
        try? FileCalls.read(descriptor, 16, at: 0, into: &text, path)
        return Int32(String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self))
    }
}

/// A file of the real file system.
final class DiskFile: File {
    let path: String
    private let descriptor: Int32

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func read(_ count: Int, at offset: Int, into buffer: inout [UInt8]) throws(StorageError) {
        try FileCalls.read(descriptor, count, at: offset, into: &buffer, path)
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        try FileCalls.write(descriptor, bytes, at: offset, path)
    }

    func synchronize() throws(StorageError) {
        _ = try FileCalls.call("synchronizing", path) { fsync(descriptor) }
    }

    func truncate(to count: Int) throws(StorageError) {
        _ = try FileCalls.call("cutting", path) { ftruncate(descriptor, count) }
    }

    func size() throws(StorageError) -> Int { try FileCalls.size(descriptor, path) }

    func unlock() { _ = flock(descriptor, LOCK_UN) }
}
